package load

import (
	"context"
	"encoding/json"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
)

// plan of a few calls to a number of an exchange.
func (x *exchange) plan(number string, calls int) Plan {
	steady, err := ParseArrivals("steady 50")
	must(x.t, err)
	return Plan{
		Name: "test", Server: x.ua.Addr(), Number: number, Calls: calls, Arrivals: steady,
		Callers: Callers{Prefix: "1380000", Addresses: []netip.Addr{netip.MustParseAddr("127.0.7.1"), netip.MustParseAddr("127.0.7.2")}},
		Times:   Lengths{Settle: 10 * time.Second, Warm: 200 * time.Millisecond, Measure: time.Second},
	}
}

func (x *exchange) staffed(p Plan, n int) Plan {
	for i := range n {
		p.Staff.Accounts = append(p.Staff.Accounts, Account{User: "700" + string(rune('0'+i)), Password: secret})
	}
	p.Marks = 5
	return p
}

func script(t testing.TB, text string) Script {
	t.Helper()
	s, err := ParseScript(text)
	must(t, err)
	return s
}

func run(t testing.TB, p Plan) Report {
	t.Helper()
	r, err := Run(t.Context(), p)
	must(t, err)
	return r
}

// Callers who only listen hear what the server plays, and cost and memory of the server's process are known.
func TestListeners(t *testing.T) {
	x := openExchange(t, 0)
	p := x.plan("echo", 6)
	p.Process = os.Getpid()
	r := run(t, p)
	if r.SetUp.Answered != 6 || r.SetUp.Failed != 0 || r.SetUp.Ends[endOfRun] != 6 {
		t.Errorf("calls: %+v", r.SetUp)
	}
	if a := r.Audio; a.Sent < 250 || a.Received < a.Sent*9/10 || a.Lost != 0 || a.Jitter.Count == 0 {
		t.Errorf("audio: %+v", a)
	}
	if r.SetUp.FirstAudio.Count != 6 || r.SetUp.Answer.Count != 6 || r.SetUp.Answer.P50 <= 0 || r.SetUp.Answer.P50 > 5000 {
		t.Errorf("latencies: %+v", r.SetUp)
	}
	if r.Process == nil || r.Process.CPU <= 0 || r.Process.Memory < 1 || r.Process.Threads == 0 {
		t.Errorf("process: %+v", r.Process)
	}
	if r.SetUp.Up < 5.5 || r.SetUp.Up > 6.01 {
		t.Errorf("%.2f calls up on average, 6 wanted", r.SetUp.Up)
	}
}

// Pairs hear each other's marks, so that the delay between them is known.
func TestPairs(t *testing.T) {
	x := openExchange(t, 4)
	p := x.staffed(x.plan("queue", 4), 4)
	p.Times.Measure = 2 * time.Second
	r := run(t, p)
	if r.SetUp.Answered != 4 || r.SetUp.Failed != 0 {
		t.Fatalf("calls: %+v", r.SetUp)
	}
	if a := r.Audio; a.Delay.Count < 40 || a.Delay.P50 <= 0 || a.Delay.P50 > 1000 || a.MarksLost > 0 || a.Crossed > 0 {
		t.Errorf("marks: %+v", a)
	}
	if a := r.Audio; a.Lost != 0 || a.Received < a.Sent*9/10 || a.Streams.Count != 8 {
		t.Errorf("audio: %+v", a)
	}
}

// Packets that the server loses are counted, and so are the marks in them.
func TestLoss(t *testing.T) {
	x := openExchange(t, 2)
	x.lose.Store(7)
	r := run(t, x.staffed(x.plan("queue", 2), 2))
	if share := ratio(float64(r.Audio.Lost), float64(r.Audio.Lost+r.Audio.Received)); share < 0.1 || share > 0.2 {
		t.Errorf("%.2f of the packets lost, 1/7 wanted: %+v", share, r.Audio)
	}
	if r.Audio.MarksLost == 0 {
		t.Error("no mark was missed")
	}
}

// Few counselors take many callers one after the other, and the time until the next ring is measured.
func TestFewCounselors(t *testing.T) {
	x := openExchange(t, 2)
	p := x.staffed(x.plan("queue", 6), 2)
	p.Staff.Talk, p.Again, p.Script = 100*time.Millisecond, true, script(t, "stay")
	r := run(t, p)
	if r.SetUp.NextRing.Count < 4 || r.SetUp.NextRing.P50 <= 0 {
		t.Errorf("next ring: %+v", r.SetUp.NextRing)
	}
	if r.SetUp.Ends[byServer] == 0 || r.SetUp.Failed != 0 {
		t.Errorf("ends: %v", r.SetUp.Ends)
	}
}

// Calls that come and go are all hung up by us, and each is counted.
func TestFlow(t *testing.T) {
	x := openExchange(t, 0)
	p := x.plan("echo", 30)
	p.Times.Hold = 100 * time.Millisecond
	r := run(t, p)
	if n := r.SetUp.Ends[completed]; n < 30 || r.SetUp.Failed != 0 || r.SetUp.HangUp.Count < 30 {
		t.Errorf("%d calls: %+v", n, r.SetUp)
	}
	if r.SetUp.Rate < 40 || r.SetUp.Rate > 60 {
		t.Errorf("%.1f a second, 50 wanted", r.SetUp.Rate)
	}
	if r.SetUp.Finished < 30 {
		t.Errorf("%d finished while measuring", r.SetUp.Finished)
	}
}

// Keys of a script reach the server, which ends the call; the script says that this is no fault.
func TestKeysAreHeard(t *testing.T) {
	x := openExchange(t, 0)
	p := x.plan("keys", 3)
	p.Script = script(t, "wait 50ms, press 25, stay")
	r := run(t, p)
	if r.SetUp.Ends[byServer] != 3 {
		t.Errorf("ends: %v", r.SetUp.Ends)
	}
}

// A burst begins all its calls at once.
func TestBurst(t *testing.T) {
	x := openExchange(t, 0)
	p := x.plan("echo", 20)
	p.Arrivals, p.Script = Arrivals{Burst: 10, Every: 500 * time.Millisecond}, script(t, "audio, wait 100ms")
	r := run(t, p)
	if r.SetUp.Begun%10 != 0 || r.SetUp.Begun < 30 || r.SetUp.Failed != 0 || r.SetUp.Ends[completed] < 20 { // the last burst may still be talking
		t.Errorf("%d calls: %+v", r.SetUp.Begun, r.SetUp)
	}
}

// Every failure is counted by its cause.
func TestFailures(t *testing.T) {
	t.Parallel()
	x := openExchange(t, 0)
	for _, c := range []struct {
		number, cause string
		change        func(*Plan)
	}{
		{"busy", "486 Busy Here", nil},
		{"brief", dropped, nil},
		{"forever", unanswered, func(p *Plan) { p.Times.Answer = 300 * time.Millisecond }},
		{"echo", "403 Forbidden", func(p *Plan) { p.Callers.Addresses = nil }},
	} {
		t.Run(c.number+" "+c.cause, func(t *testing.T) {
			t.Parallel()
			p := x.plan(c.number, 2)
			p.Script = script(t, "wait 300ms")
			if c.change != nil {
				c.change(&p)
			}
			r := run(t, p)
			if r.SetUp.Ends[c.cause] == 0 || r.SetUp.Failed != r.SetUp.Ends[c.cause] {
				t.Errorf("ends: %v", r.SetUp.Ends)
			}
		})
	}
}

// A caller with an account proves it to a server that asks, and gives up when the password is refused.
func TestCallersWithAccounts(t *testing.T) {
	for password, cause := range map[string]string{secret: "486 Busy Here", "wrong": cannotProve} {
		x := openExchange(t, 0)
		p := x.plan("any", 2)
		p.Server = doubter(t)
		p.Callers.Account, p.Script = Account{"7000", password}, script(t, "wait 1ms")
		if r := run(t, p); r.SetUp.Ends[cause] < 2 || r.SetUp.Failed != r.SetUp.Ends[cause] {
			t.Errorf("password %s: ends %v", password, r.SetUp.Ends)
		}
	}
}

// A counselor whose password is wrong stops the run: nothing it measured would be worth having.
func TestWrongPassword(t *testing.T) {
	x := openExchange(t, 1)
	p := x.staffed(x.plan("queue", 1), 1)
	p.Staff.Accounts[0].Password = "wrong"
	if _, err := Run(t.Context(), p); err == nil || !strings.Contains(err.Error(), "register 7000") {
		t.Errorf("error %v", err)
	}
}

// A run that is interrupted hangs up, and reports what it measured until then.
func TestInterrupted(t *testing.T) {
	x := openExchange(t, 0)
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	p := x.plan("echo", 2)
	p.Times.Measure = time.Hour
	r, err := Run(ctx, p)
	must(t, err)
	if r.Seconds <= 0 || r.Seconds > 30 || r.SetUp.Ends[endOfRun] != 2 {
		t.Errorf("%.1f s, %+v", r.Seconds, r.SetUp)
	}
}

// What is printed can be read by people and by programs.
func TestReportShapes(t *testing.T) {
	x := openExchange(t, 1)
	p := x.staffed(x.plan("queue", 1), 1)
	p.Process = os.Getpid()
	r := run(t, p)
	var table strings.Builder
	r.Print(&table)
	for _, want := range []string{"test: 1 calls to queue", "INVITE to 200", "mouth to ear", "jitter, all packets", "kB a call", "end of the run"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
	text, err := json.Marshal(r)
	must(t, err)
	var back Report
	must(t, json.Unmarshal(text, &back))
	if back.Audio.Delay != r.Audio.Delay || back.Process.CPU != r.Process.CPU {
		t.Errorf("%s", text)
	}
}

func TestPlanIsChecked(t *testing.T) {
	_, err := Run(t.Context(), Plan{Marks: -1, Callers: Callers{Addresses: []netip.Addr{netip.IPv6Loopback()}}})
	if err == nil {
		t.Fatal("an empty plan ran")
	}
	for _, want := range []string{"server", "number", "calls", "arrivals", "measure", "marks", "IPv4 only"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %s: %v", want, err)
		}
	}
}
