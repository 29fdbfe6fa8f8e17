package rehearse_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hotline/callflows"
	"hotline/ivr"
	"hotline/ivr/ivrtest"
	"hotline/ivr/rehearse"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func shipped(t *testing.T) *ivr.Edition {
	t.Helper()
	e, err := ivr.Load(callflows.Files, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// walk rehearses a flow with lines typed.
func walk(t *testing.T, name, typed string, given ...string) string {
	t.Helper()
	e := shipped(t)
	f, ok := e.Flow(name)
	if !ok {
		t.Fatalf("no flow %s", name)
	}
	world := ivrtest.NewWorld(ivrtest.NewClock(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)), e.Calendars())
	for _, g := range given {
		if err := world.Given(strings.Fields(g)...); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	err := rehearse.Run(t.Context(), rehearse.Rehearsal{
		Flow: f, Call: ivr.Call{Line: name, Caller: ivr.Caller{Number: "+8613800000000"}}, World: world, In: strings.NewReader(typed), Out: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// inOrder wants lines to stand in a text one after the other.
func inOrder(t *testing.T, text string, wanted ...string) {
	t.Helper()
	rest := text
	for _, w := range wanted {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Fatalf("%q is not there, or not in its place:\n%s", w, text)
		}
		rest = after
	}
}

func TestWalkAtOnce(t *testing.T) {
	out := walk(t, "12348", "2\n1\na\n1\n1\n", "queue labour ahead 2 wait 3m ready 2")
	inOrder(t, out,
		"12348: The main line, legal aid", "-- greet: say", "[P-GREET P-NOTICE] 您好",
		"-- language: language", "keys: 1 2 3", "(filed) language yue", "-- menu: menu", "[P-MENU] 人工", "keys: 1 2 3 4 5 0 * 8",
		"in the queue labour", "a: a counselor answers", "[P-POS] 你前面有2位", "(music)",
		"[P-SV-1]", "(filed) survey score 1", "[P-BYE]", "the call is over: hangup")
}

func TestWalkSilenceWrongKeysAndHangUp(t *testing.T) {
	out := walk(t, "12348", "\n7\n?\n\n\nh\n", "caller known language en")
	inOrder(t, out, "[P-MENU] Pay", "[P-MENU] Pay", "[P-WRONG]", "keys 0-9 * #; Enter is silence", "[P-AGAIN]", "in the queue general", "you hung up")
}

func TestWalkEndsWithItsInput(t *testing.T) {
	inOrder(t, walk(t, "12355", ""), "in the queue minors minor", "[P12355-SECRET P12355-NOTALK]", "you hung up")
}

func TestWalkPlaysTheOffice(t *testing.T) {
	out := walk(t, "12340", "given facility 4401 pin 123456\n4401123456\n1\n2\nn\nc\n")
	inOrder(t, out, "a number, such as 1111111111", "[P-DET-NOREC]", "the duty roster facility is rung private", "a: a lawyer accepts",
		"in the queue duty-desk private", "[P-NOBODY]", "the call is over: hangup")
	out = walk(t, "12348", "9\nwages not paid\n1\n2\n", "caller known language zh-CN", "queue general closed")
	inOrder(t, out, "(recording) type what is said", "[P-VM-KEEP]", "[P-VM-SAFE]", "(filed) message message neutral by 2026-11-24 12:00", "the call is over")
	out = walk(t, "12348", "given queue sideways\n1\nd\n", "caller known language zh-CN")
	inOrder(t, out, "it is written: given queue NAME", "in the queue labour", "(filed) marked danger", "[P-BYE]")
	out = walk(t, "12348", "5\n1\n123456#\n1111\n0\n", "caller known language zh-CN", "files slow once")
	inOrder(t, out, "(filed) source caller files: context deadline exceeded", "[P-MOMENT]", "a number, such as 111111#", "[P-CODE]", "[P-RETRY]")
	out = walk(t, "12348", "1\n0\nt\n\n", "caller known language zh-CN", "queue labour full", "queue general ahead 1 wait 1m ready 1")
	inOrder(t, out, "in the queue labour", "[P-NOBODY]")
}

func TestWalkOfALeg(t *testing.T) {
	e := shipped(t)
	f, _ := e.Flow("outcome")
	var out bytes.Buffer
	err := rehearse.Run(t.Context(), rehearse.Rehearsal{
		Flow: f, Call: ivr.Call{Vars: map[string]ivr.Value{"sum": ivr.Cents(1200000)}}, In: strings.NewReader("1\n"), Out: &out,
	})
	if err != nil {
		t.Fatal(err)
	}
	inOrder(t, out.String(), "[P-OUTCOME] 结案金额12000.00元", "the call is over: right")
}

// notes is an Out that can be read while it is written.
type notes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

func TestWalkInRealTime(t *testing.T) {
	e := shipped(t)
	f, _ := e.Flow("outcome")
	synctest.Test(t, func(t *testing.T) {
		in, typed := io.Pipe()
		out := &notes{}
		done := make(chan error)
		began := time.Now()
		go func() {
			done <- rehearse.Run(t.Context(), rehearse.Rehearsal{
				Flow: f, Call: ivr.Call{Vars: map[string]ivr.Value{"sum": ivr.Cents(100)}}, In: in, Out: out, Real: true,
			})
		}()
		time.Sleep(time.Second)
		synctest.Wait()
		if s := out.String(); !strings.Contains(s, "P-OUTCOME") || strings.Contains(s, "keys: 1 2") {
			t.Errorf("after a second the words are still being said:\n%s", s)
		}
		_, _ = io.WriteString(typed, "?\n1\n") // a question, then a key in the middle of the words
		if err := <-done; err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("the key was heard only after %v", took)
		}
		_ = typed.Close()
		inOrder(t, out.String(), "keys 0-9 * #", "the call is over: right")
	})
}

func TestSilenceInRealTime(t *testing.T) {
	e := shipped(t)
	f, _ := e.Flow("outcome")
	synctest.Test(t, func(t *testing.T) {
		in, typed := io.Pipe()
		var out bytes.Buffer
		began := time.Now()
		err := rehearse.Run(t.Context(), rehearse.Rehearsal{
			Flow: f, Call: ivr.Call{Vars: map[string]ivr.Value{"sum": ivr.Cents(100)}}, In: in, Out: &out, Real: true,
		})
		if err != nil || time.Since(began) < 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		_ = typed.Close()
		inOrder(t, out.String(), "P-OUTCOME", "P-OUTCOME", "the call is over: silent")
	})
}

func TestHangUpInRealTime(t *testing.T) {
	e := shipped(t)
	f, _ := e.Flow("12355")
	synctest.Test(t, func(t *testing.T) {
		in, typed := io.Pipe()
		out := &notes{}
		done := make(chan error)
		go func() {
			done <- rehearse.Run(t.Context(), rehearse.Rehearsal{Flow: f, In: in, Out: out, Real: true})
		}()
		time.Sleep(40 * time.Second)
		_ = typed.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
		inOrder(t, out.String(), "P12355-WAIT", "you hung up")
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	f, _ := shipped(t).Flow("12348")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := rehearse.Run(ctx, rehearse.Rehearsal{Flow: f, In: strings.NewReader(""), Out: io.Discard}); err == nil {
		t.Error("a cancelled rehearsal ended well")
	}
}
