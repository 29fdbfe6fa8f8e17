package transaction_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// Answers, repetitions, ACKs and cancels from many goroutines at once: every request
// has one final answer, and in the end nothing is left.
func TestEverythingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:5080")
		l := transaction.New(transaction.Options{User: u})
		var wg sync.WaitGroup
		finals := make([]int, 50)
		for i := range finals {
			m := request(t, "INVITE", transaction.NewBranch(), func(r *wire.Request) { r.Seq = uint32(i) })
			ack := request(t, "ACK", m.Via.Branch, func(r *wire.Request) { r.Seq = uint32(i) })
			s, err := l.Open(m, f, "call")
			if err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			for _, status := range []int{180, 200, 486, 487, 500} {
				wg.Go(func() {
					if s.Respond(status, m.Reply(wire.Reply{Status: status}, f.remote)) && status >= 200 {
						mu.Lock()
						finals[i]++
						mu.Unlock()
					}
				})
				wg.Go(func() { l.Receive(m, f) })
				wg.Go(func() { l.Receive(ack, f) })
				wg.Go(func() { l.Cancelled(request(t, "CANCEL", m.Via.Branch), f) })
			}
			r := outgoing("INVITE")
			r.Seq = uint32(i)
			c, err := l.Start(r, f, &sink{})
			if err != nil {
				t.Fatal(err)
			}
			for _, status := range []int{100, 180, 200, 200, 486} {
				a := answer(t, r, status)
				wg.Go(func() { l.Receive(a, f) })
				wg.Go(func() { _ = c.Cancel(nil) })
				wg.Go(c.Abandon)
			}
		}
		wg.Wait()
		for i, n := range finals {
			if n != 1 {
				t.Errorf("request %d has %d final answers", i, n)
			}
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if pending, parked := l.Len(); pending+parked != 0 {
			t.Errorf("%d pending and %d parked left", pending, parked)
		}
		l.Close()
	})
}

// After Close nothing is taken, sent or told, whatever still arrives or was armed.
func TestClosedLayerIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, f, s := &user{}, newFlow(transport.UDP, "192.0.2.7:5080"), &sink{}
		l := transaction.New(transaction.Options{User: u})
		m := request(t, "INVITE", "z9hG4bKx")
		server, err := l.Open(m, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := outgoing("INVITE")
		if _, err := l.Start(r, f, s); err != nil {
			t.Fatal(err)
		}
		sent := len(f.log())
		l.Close()
		server.Respond(200, nil)
		l.Receive(answer(t, r, 200), f)
		time.Sleep(time.Minute)
		if _, err := l.Open(request(t, "BYE", "z9hG4bKy"), f, nil); err == nil {
			t.Error("a closed layer opens transactions")
		}
		if _, err := l.Start(outgoing("BYE"), f, s); err == nil {
			t.Error("a closed layer sends requests")
		}
		if status, err := s.told(); len(f.log()) != sent || len(status) != 0 || err != nil {
			t.Errorf("sent %d more, told %v and %v", len(f.log())-sent, status, err)
		}
	})
}

// Over TCP a refusal needs no repetition and is over with its ACK.
func TestReliableTransport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, f := &user{}, newFlow(transport.TCP, "192.0.2.7:40000")
		l := transaction.New(transaction.Options{User: u})
		defer l.Close()
		m := request(t, "INVITE", "z9hG4bKx")
		s, err := l.Open(m, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Respond(486, m.Reply(wire.Reply{Status: 486}, f.remote))
		time.Sleep(10 * time.Second)
		l.Receive(request(t, "ACK", "z9hG4bKx"), f)
		if got := f.log(); len(got) != 1 {
			t.Errorf("sent %q", got)
		}
		if pending, parked := l.Len(); pending+parked != 0 {
			t.Error("not over with the ACK")
		}
		bye := request(t, "BYE", "z9hG4bKy")
		s, err = l.Open(bye, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		s.Respond(200, bye.Reply(wire.Reply{Status: 200}, f.remote))
		if pending, parked := l.Len(); pending+parked != 0 {
			t.Error("a request over TCP is kept after its answer")
		}
	})
}

// The answer goes where the Via says: to its port, or to the source with rport.
func TestAnswersGoWhereTheViaSays(t *testing.T) {
	u, f := &user{}, newFlow(transport.UDP, "192.0.2.7:33333")
	l := transaction.New(transaction.Options{User: u})
	defer l.Close()
	asked := request(t, "OPTIONS", "z9hG4bKrport")
	s, err := l.Open(asked, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Flow().Remote().Port(); got != 33333 {
		t.Errorf("with rport to port %d", got)
	}
	plain, err := wire.Parse([]byte("OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5099;branch=z9hG4bKplain\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: d\r\nCSeq: 1 OPTIONS\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err = l.Open(plain, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Flow().Remote().String(); got != "192.0.2.7:5099" {
		t.Errorf("without rport to %s", got)
	}
}

// crossing is a flow on which a final answer is given while the 100 is on its way.
type crossing struct {
	flow
	answer func()
}

func (c crossing) Send(b []byte) error {
	if strings.HasPrefix(string(b), "SIP/2.0 100") {
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			c.answer()
		}()
		select {
		case <-answered: // it overtook the 100
		case <-time.After(100 * time.Millisecond): // it waits for the 100, as it should
		}
	}
	return c.flow.Send(b)
}

func (c crossing) To(uint16) transport.Flow { return c }

// A 100 that is just being sent is never overtaken by the final answer, nor a 180.
func TestNothingFollowsTheFinalAnswer(t *testing.T) {
	l := transaction.New(transaction.Options{User: &user{}})
	defer l.Close()
	m := request(t, "INVITE", "z9hG4bKx")
	opened, answered := make(chan *transaction.Server, 1), make(chan struct{})
	f := crossing{flow: newFlow(transport.UDP, "192.0.2.7:5080")}
	f.answer = func() {
		defer close(answered)
		s := <-opened
		s.Respond(200, m.Reply(wire.Reply{Status: 200}, f.remote))
		s.Respond(180, m.Reply(wire.Reply{Status: 180}, f.remote))
	}
	s, err := l.Open(m, f, nil)
	if err != nil {
		t.Fatal(err)
	}
	opened <- s
	<-answered
	if got := f.log(); !slices.Equal(got, []string{"SIP/2.0 100 Trying", "SIP/2.0 200 OK"}) {
		t.Errorf("sent %q", got)
	}
}
