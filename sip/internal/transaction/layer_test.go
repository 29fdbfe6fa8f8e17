package transaction_test

import (
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// flow is a way to a peer that only notes what is sent and when.
type flow struct {
	network transport.Network
	remote  netip.AddrPort
	err     error

	mu   *sync.Mutex
	sent *[]string
	when *[]time.Duration
	from time.Time
}

func newFlow(n transport.Network, remote string) flow {
	return flow{network: n, remote: netip.MustParseAddrPort(remote), mu: new(sync.Mutex), sent: new([]string), when: new([]time.Duration), from: time.Now()}
}

func (f flow) Send(b []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	first, _, _ := strings.Cut(string(b), "\r\n")
	*f.sent = append(*f.sent, first)
	*f.when = append(*f.when, time.Since(f.from))
	return nil
}

func (f flow) Remote() netip.AddrPort     { return f.remote }
func (f flow) Local() netip.AddrPort      { return netip.MustParseAddrPort("192.0.2.1:5060") }
func (f flow) Network() transport.Network { return f.network }
func (f flow) To(port uint16) transport.Flow {
	if f.network == transport.UDP {
		f.remote = netip.AddrPortFrom(f.remote.Addr(), port)
	}
	return f
}

func (f flow) log() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), *f.sent...)
}

// user notes what reaches it.
type user struct {
	mu   sync.Mutex
	reqs []*wire.Message
	acks int
}

func (u *user) Request(m *wire.Message, _ transport.Flow) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.reqs = append(u.reqs, m)
}

func (u *user) Ack(*wire.Message, transport.Flow) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.acks++
}

// sink notes answers.
type sink struct {
	mu     sync.Mutex
	status []int
	err    error
}

func (s *sink) Answered(_ *transaction.Client, m *wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = append(s.status, m.Status)
}

func (s *sink) Failed(_ *transaction.Client, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *sink) told() ([]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.status, s.err
}

func request(t *testing.T, method, branch string, edit ...func(*wire.Request)) *wire.Message {
	t.Helper()
	r := &wire.Request{
		Method: method, URI: "sip:12348@192.0.2.1", Via: "SIP/2.0/UDP 192.0.2.7:5080", Branch: branch,
		From: "<sip:a@b>;tag=f", To: "<sip:12348@b>", CallID: "c", Seq: 1,
	}
	for _, e := range edit {
		e(r)
	}
	m, err := wire.Parse(r.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func answer(t *testing.T, r *wire.Request, status int) *wire.Message {
	t.Helper()
	m, err := wire.Parse(r.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	out, err := wire.Parse(m.Reply(wire.Reply{Status: status, Tag: "t"}, netip.MustParseAddrPort("192.0.2.1:5060")))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func outgoing(method string) *wire.Request {
	return &wire.Request{
		Method: method, URI: "sip:8001@192.0.2.7", Via: "SIP/2.0/UDP 192.0.2.1:5060", Branch: transaction.NewBranch(),
		From: "<sip:12348@b>;tag=f", To: "<sip:8001@b>", CallID: "c", Seq: 1,
	}
}

func TestServerAbsorbsRepetitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
		l := transaction.New(transaction.Options{User: u})
		defer l.Close()
		m := request(t, "BYE", "z9hG4bKx")
		l.Receive(m, f)
		s, err := l.Open(m, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		l.Receive(m, f) // before the answer: nothing
		s.Respond(200, m.Reply(wire.Reply{Status: 200}, f.remote))
		l.Receive(m, f)
		l.Receive(m, f)
		if s.Respond(500, nil) {
			t.Error("a second final answer was taken")
		}
		if got := f.log(); len(got) != 3 || len(u.reqs) != 1 {
			t.Errorf("sent %q, handed up %d; want the answer three times, the request once", got, len(u.reqs))
		}
		time.Sleep(32*time.Second + time.Millisecond)
		if pending, parked := l.Len(); pending+parked != 0 {
			t.Errorf("%d pending and %d parked after 64*T1", pending, parked)
		}
		l.Receive(m, f)
		if len(u.reqs) != 2 {
			t.Error("the transaction is not forgotten")
		}
	})
}

// The first INVITE is answered by 100 after 200 ms, not at once, and never after
// another answer.
func TestTrying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
		l := transaction.New(transaction.Options{User: u})
		defer l.Close()
		slow, quick := request(t, "INVITE", "z9hG4bKslow"), request(t, "INVITE", "z9hG4bKquick", func(r *wire.Request) { r.CallID = "d" })
		if _, err := l.Open(slow, f, nil); err != nil {
			t.Fatal(err)
		}
		s, err := l.Open(quick, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Respond(180, quick.Reply(wire.Reply{Status: 180}, f.remote))
		time.Sleep(199 * time.Millisecond)
		if got := f.log(); len(got) != 1 {
			t.Errorf("sent %q before 200 ms", got)
		}
		time.Sleep(time.Second)
		if got := f.log(); len(got) != 2 || got[1] != "SIP/2.0 100 Trying" {
			t.Errorf("sent %q, want one 100", got)
		}
	})
}

func TestRefusalIsRepeatedUntilAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
		l := transaction.New(transaction.Options{User: u})
		defer l.Close()
		m := request(t, "INVITE", "z9hG4bKx")
		s, err := l.Open(m, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Respond(486, m.Reply(wire.Reply{Status: 486}, f.remote))
		time.Sleep(1600 * time.Millisecond)
		l.Receive(request(t, "ACK", "z9hG4bKx"), f)
		time.Sleep(time.Minute)
		if got := f.log(); len(got) != 3 {
			t.Errorf("sent %d times, want at 0, 0.5 and 1.5 s", len(got))
		}
		if u.acks != 0 {
			t.Error("the ACK of a refusal was handed up")
		}
	})
}

// A 2xx is not repeated here, its ACK goes up, and INVITE repetitions meet silence.
func TestAcceptedLeavesTheRestToTheUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, f := &user{}, newFlow(transport.TCP, "192.0.2.7:40000")
		l := transaction.New(transaction.Options{User: u})
		defer l.Close()
		m := request(t, "INVITE", "z9hG4bKx")
		s, err := l.Open(m, f, "call")
		if err != nil {
			t.Fatal(err)
		}
		s.Respond(200, m.Reply(wire.Reply{Status: 200}, f.remote))
		l.Receive(m, f)
		time.Sleep(10 * time.Second)
		l.Receive(request(t, "ACK", "z9hG4bKother"), f)
		if got := f.log(); len(got) != 1 || u.acks != 1 || s.Owner() != nil {
			t.Errorf("sent %q, %d ACKs up, owner %v", got, u.acks, s.Owner())
		}
	})
}

func TestCancelFindsItsInvite(t *testing.T) {
	u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
	l := transaction.New(transaction.Options{User: u})
	defer l.Close()
	m := request(t, "INVITE", "z9hG4bKx")
	if _, err := l.Open(m, f, "call"); err != nil {
		t.Fatal(err)
	}
	cancel := request(t, "CANCEL", "z9hG4bKx")
	l.Receive(cancel, f)
	if len(u.reqs) != 1 {
		t.Fatal("CANCEL was taken for a repetition")
	}
	if s := l.Cancelled(cancel, f); s == nil || s.Owner() != "call" {
		t.Error("CANCEL does not find its INVITE")
	}
	if l.Cancelled(cancel, newFlow(transport.UDP, "192.0.2.66:5080")) != nil {
		t.Error("a stranger's CANCEL with the right branch finds the call")
	}
	if l.Cancelled(request(t, "CANCEL", "z9hG4bKy"), f) != nil {
		t.Error("CANCEL finds an INVITE of another branch")
	}
}

func TestMergedRequests(t *testing.T) {
	u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
	l := transaction.New(transaction.Options{User: u})
	defer l.Close()
	first, second := request(t, "INVITE", "z9hG4bKa"), request(t, "INVITE", "z9hG4bKb")
	s, err := l.Open(first, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Open(second, f, nil); !errors.Is(err, transaction.ErrMerged) {
		t.Errorf("second way: %v, want ErrMerged", err)
	}
	s.Respond(487, nil)
	if _, err := l.Open(second, f, nil); err != nil {
		t.Errorf("a new try after a refusal: %v", err)
	}
}

func TestPendingIsBounded(t *testing.T) {
	u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
	l := transaction.New(transaction.Options{User: u, Pending: 1})
	defer l.Close()
	m := request(t, "INVITE", "z9hG4bKa")
	s, err := l.Open(m, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	other := request(t, "BYE", "z9hG4bKb")
	if _, err := l.Open(other, f, nil); !errors.Is(err, transaction.ErrBusy) {
		t.Errorf("over the limit: %v, want ErrBusy", err)
	}
	s.Respond(200, nil)
	if _, err := l.Open(other, f, nil); err != nil {
		t.Errorf("after the first is answered: %v", err)
	}
}

// Parked transactions are bounded: a flood forgets the oldest, it does not grow.
func TestParkedIsBounded(t *testing.T) {
	u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
	l := transaction.New(transaction.Options{User: u, Parked: 100})
	defer l.Close()
	for i := range 1000 {
		m := request(t, "OPTIONS", "z9hG4bK"+time.Duration(i).String(), func(r *wire.Request) { r.Seq = uint32(i) })
		s, err := l.Open(m, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Respond(200, nil)
	}
	if pending, parked := l.Len(); pending != 0 || parked != 100 {
		t.Errorf("%d pending, %d parked; want 0 and 100", pending, parked)
	}
}

func TestOldCallersWithoutBranch(t *testing.T) {
	u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
	l := transaction.New(transaction.Options{User: u})
	defer l.Close()
	old := func(seq uint32) *wire.Message {
		return request(t, "INVITE", "1", func(r *wire.Request) { r.From, r.Seq = "<sip:a@b>", seq })
	}
	if _, err := l.Open(old(1), f, nil); err != nil {
		t.Fatal(err)
	}
	l.Receive(old(1), f)
	l.Receive(old(2), f)
	if len(u.reqs) != 1 || u.reqs[0].Seq != 2 {
		t.Error("a repetition without branch or From tag is not recognised")
	}
}

func TestClientRepeatsAndTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newFlow(transport.UDP, "192.0.2.7:5080"), &sink{}
		l := transaction.New(transaction.Options{User: &user{}})
		defer l.Close()
		if _, err := l.Start(outgoing("INVITE"), f, s); err != nil {
			t.Fatal(err)
		}
		time.Sleep(33 * time.Second)
		if got := len(f.log()); got != 7 {
			t.Errorf("INVITE sent %d times, want 7", got)
		}
		if _, err := s.told(); !errors.Is(err, transaction.ErrTimeout) {
			t.Errorf("told %v, want ErrTimeout", err)
		}
		if pending, parked := l.Len(); pending+parked != 0 {
			t.Error("not forgotten")
		}
	})
}

// Each user agent has timers of its own; nothing in the process is shared.
func TestTrapSipgo14TimersAreNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick := transaction.New(transaction.Options{User: &user{}, Timers: transaction.Timers{T1: 10 * time.Millisecond, T2: 40 * time.Millisecond, T4: 50 * time.Millisecond}})
		usual := transaction.New(transaction.Options{User: &user{}})
		defer quick.Close()
		defer usual.Close()
		f, g, s := newFlow(transport.UDP, "192.0.2.7:5080"), newFlow(transport.UDP, "192.0.2.8:5080"), &sink{}
		if _, err := quick.Start(outgoing("OPTIONS"), f, s); err != nil {
			t.Fatal(err)
		}
		if _, err := usual.Start(outgoing("OPTIONS"), g, &sink{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(700 * time.Millisecond)
		if _, err := s.told(); !errors.Is(err, transaction.ErrTimeout) || len(g.log()) != 2 {
			t.Errorf("quick layer: %v after 700 ms; usual layer sent %d times, want 2", err, len(g.log()))
		}
	})
}

func TestClientAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newFlow(transport.UDP, "192.0.2.7:5080"), &sink{}
		l := transaction.New(transaction.Options{User: &user{}})
		defer l.Close()
		r := outgoing("INVITE")
		c, err := l.Start(r, f, s)
		if err != nil {
			t.Fatal(err)
		}
		for range 15 { // a trunk that repeats 183 kills no call
			l.Receive(answer(t, r, 183), f)
		}
		time.Sleep(time.Minute)
		if err := c.Cancel(nil); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			l.Receive(answer(t, r, 487), f)
		}
		l.Receive(answer(t, r, 200), f) // too late, and not possible
		if got, _ := s.told(); len(got) != 16 || got[15] != 487 {
			t.Errorf("answers %v, want fifteen 183 and one 487", got)
		}
		log := f.log()
		if len(log) != 5 || !strings.HasPrefix(log[1], "CANCEL") || !strings.HasPrefix(log[4], "ACK") {
			t.Errorf("sent %q, want INVITE, CANCEL and an ACK for each 487 at once", log)
		}
	})
}

func TestClientHandsUpEvery2xx(t *testing.T) {
	f, s := newFlow(transport.UDP, "192.0.2.7:5080"), &sink{}
	l := transaction.New(transaction.Options{User: &user{}})
	defer l.Close()
	r := outgoing("INVITE")
	if _, err := l.Start(r, f, s); err != nil {
		t.Fatal(err)
	}
	l.Receive(answer(t, r, 200), f)
	l.Receive(answer(t, r, 200), f)
	if len(s.status) != 2 {
		t.Errorf("handed up %v, want both 2xx so that each can be acknowledged", s.status)
	}
}

func TestClientCancelWithoutFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newFlow(transport.UDP, "192.0.2.7:5080"), &sink{}
		l := transaction.New(transaction.Options{User: &user{}})
		defer l.Close()
		r := outgoing("INVITE")
		c, err := l.Start(r, f, s)
		if err != nil {
			t.Fatal(err)
		}
		l.Receive(answer(t, r, 180), f)
		if err := c.Cancel(nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(70 * time.Second)
		if _, err := s.told(); !errors.Is(err, transaction.ErrTimeout) {
			t.Errorf("a cancelled INVITE without answer ends with %v", err)
		}
	})
}

func TestClientAbandon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := newFlow(transport.UDP, "192.0.2.7:5080"), &sink{}
		l := transaction.New(transaction.Options{User: &user{}})
		defer l.Close()
		r := outgoing("INVITE")
		c, err := l.Start(r, f, s)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		sent := len(f.log())
		c.Abandon()
		time.Sleep(20 * time.Second)
		if len(f.log()) != sent {
			t.Error("still repeated")
		}
		l.Receive(answer(t, r, 200), f)
		if len(s.status) != 1 {
			t.Error("a late answer is not handed up")
		}
	})
}

func TestStartOnDeadConnection(t *testing.T) {
	f := newFlow(transport.TCP, "192.0.2.7:5080")
	f.err = transport.ErrClosed
	l := transaction.New(transaction.Options{User: &user{}})
	defer l.Close()
	if _, err := l.Start(outgoing("BYE"), f, &sink{}); !errors.Is(err, transport.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	if pending, _ := l.Len(); pending != 0 {
		t.Error("not forgotten")
	}
}

func TestStrayAnswers(t *testing.T) {
	strays := 0
	l := transaction.New(transaction.Options{User: &user{}, Meter: transaction.Meter{Stray: func() { strays++ }}})
	defer l.Close()
	l.Receive(answer(t, outgoing("INVITE"), 200), newFlow(transport.UDP, "192.0.2.7:5080"))
	if strays != 1 {
		t.Error("a stray answer is not counted")
	}
}

// A finished call costs no goroutine (sipgo holds one for 32 s).
func TestTrapSipgoGoroutineHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
		l := transaction.New(transaction.Options{User: u})
		for i := range 2000 {
			m := request(t, "INVITE", transaction.NewBranch(), func(r *wire.Request) { r.Seq = uint32(i) })
			s, err := l.Open(m, f, nil)
			if err != nil {
				t.Fatal(err)
			}
			s.Respond(200, m.Reply(wire.Reply{Status: 200}, f.remote))
		}
		l.Close() // a goroutine left in the bubble would fail the test
	})
}

func BenchmarkServerTransaction(b *testing.B) {
	f := newFlow(transport.UDP, "192.0.2.7:5080")
	l := transaction.New(transaction.Options{User: &user{}, Parked: 1000})
	defer l.Close()
	r := &wire.Request{Method: "BYE", URI: "sip:a@b", Via: "SIP/2.0/UDP h", From: "<sip:a@b>;tag=f", To: "<sip:a@b>;tag=t", CallID: "c", Seq: 1}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		r.Branch = transaction.NewBranch()
		m, err := wire.Parse(r.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		*f.sent, *f.when = (*f.sent)[:0], (*f.when)[:0]
		b.StartTimer()
		s, err := l.Open(m, f, nil)
		if err != nil {
			b.Fatal(err)
		}
		s.Respond(200, nil)
	}
}
