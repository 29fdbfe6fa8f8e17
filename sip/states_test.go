package sip

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hotline/sip/internal/memnet"
	"hotline/sip/internal/wire"
)

// stage is one state of a dialog seen from the peer: how to get there, and what each
// request then gets. "-" is no answer.
type stage struct {
	name  string
	reach func(t *testing.T, s *stand)
	want  map[string]string
}

// stand is a call between a user agent and an actor.
type stand struct {
	a    *actor
	to   string // with the agent's tag
	seq  uint32
	call chan *Dialog
	hold chan struct{}
}

// slow is a negotiator that answers when told to.
type slow struct {
	agreeing
	hold chan struct{}
}

func (s slow) AnswerOffer(offer []byte) ([]byte, error) {
	<-s.hold
	return s.agreeing.AnswerOffer(offer)
}

func (s *stand) ring(t *testing.T) {
	s.seq = 1
	s.a.send("INVITE", 1, to, offer)
	s.to = s.a.last(t, "180 INVITE").Header("To")
}

func (s *stand) answered(t *testing.T) {
	s.ring(t)
	s.hold <- struct{}{}
	s.a.last(t, "200 INVITE")
}

func (s *stand) confirmed(t *testing.T) {
	s.answered(t)
	s.a.send("ACK", 1, s.to, "")
	synctest.Wait()
}

// All requests in all states: each gets the answer the RFCs ask for, and nothing
// is left undecided.
func TestEveryRequestInEveryState(t *testing.T) {
	stages := []stage{
		{
			"ringing", func(t *testing.T, s *stand) { s.ring(t) },
			map[string]string{
				"INVITE offer": "500", "INVITE": "500", "ACK": "-", "BYE": "200", "CANCEL": "200", "UPDATE offer": "500", "UPDATE": "200", "PRACK": "481", "INFO": "415", "OPTIONS": "200", "REFER": "405", "NEWMETHOD": "501",
			},
		},
		{
			"answered, no ACK yet", func(t *testing.T, s *stand) { s.answered(t) },
			map[string]string{
				"INVITE offer": "491", "INVITE": "491", "BYE": "200", "CANCEL": "200", "UPDATE offer": "491", "UPDATE": "200", "PRACK": "481", "INFO": "415", "OPTIONS": "200", "REFER": "405",
			},
		},
		{
			"talking", func(t *testing.T, s *stand) { s.confirmed(t) },
			map[string]string{
				"INVITE offer": "200", "INVITE": "200", "ACK": "-", "BYE": "200", "CANCEL": "200", "UPDATE offer": "200", "UPDATE": "200", "PRACK": "481", "INFO": "415", "OPTIONS": "200", "REFER": "405", "MESSAGE": "405",
			},
		},
		{
			"their re-INVITE being answered", func(t *testing.T, s *stand) {
				s.confirmed(t)
				(<-s.call).Serve(slow{hold: s.hold})
				s.seq = 2
				s.a.send("INVITE", 2, s.to, offer)
				synctest.Wait()
			},
			map[string]string{
				"INVITE offer": "500", "INVITE": "500", "BYE": "200", "UPDATE offer": "500", "UPDATE": "200", "INFO": "415", "OPTIONS": "200",
			},
		},
		{
			"their re-INVITE answered, no ACK yet", func(t *testing.T, s *stand) {
				s.confirmed(t)
				s.seq = 2
				s.a.send("INVITE", 2, s.to, offer)
				synctest.Wait()
			},
			map[string]string{"INVITE offer": "500", "INVITE": "500", "BYE": "200", "UPDATE offer": "500", "UPDATE": "200", "OPTIONS": "200"},
		},
		{
			"our re-INVITE open", func(t *testing.T, s *stand) {
				s.confirmed(t)
				d := <-s.call
				go func() { _, _ = d.Reoffer(t.Context(), []byte(offer)) }()
				s.a.last(t, "INVITE")
			},
			map[string]string{"INVITE offer": "491", "INVITE": "491", "BYE": "200", "UPDATE offer": "491", "UPDATE": "200", "INFO": "415", "OPTIONS": "200"},
		},
		{
			"our BYE on its way", func(t *testing.T, s *stand) {
				s.confirmed(t)
				(<-s.call).terminate(&EndError{Cause: ErrLocal})
				s.a.last(t, "BYE")
			},
			map[string]string{"INVITE offer": "481", "BYE": "200", "UPDATE": "481", "INFO": "481", "OPTIONS": "481", "PRACK": "481"},
		},
		{
			"hung up by the peer", func(t *testing.T, s *stand) {
				s.confirmed(t)
				s.seq = 2
				s.a.send("BYE", 2, s.to, "")
				s.a.last(t, "200 BYE")
			},
			map[string]string{"INVITE offer": "481", "BYE": "481", "UPDATE": "481", "INFO": "481", "OPTIONS": "481", "ACK": "-"},
		},
		{
			"cancelled", func(t *testing.T, s *stand) {
				s.ring(t)
				s.cancel()
				s.a.last(t, "487 INVITE")
			},
			map[string]string{"BYE": "481", "UPDATE": "481", "OPTIONS": "481", "CANCEL": "200", "PRACK": "481"},
		},
	}
	for _, st := range stages {
		for request, want := range st.want {
			t.Run(st.name+"/"+request, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { attemptRequest(t, st, request, want) })
			})
		}
	}
}

// cancel sends the CANCEL of the first INVITE.
func (s *stand) cancel() {
	r := wire.Request{
		Method: "CANCEL", URI: "sip:12348@" + s.a.flow.Remote().String(), Via: "SIP/2.0/UDP " + s.a.flow.Local().String(), Branch: "z9hG4bKINVITE1",
		From: "<sip:actor@h>;tag=f", To: to, CallID: "c", Seq: 1,
	}
	_ = s.a.flow.Send(r.Bytes())
}

func attemptRequest(t *testing.T, st stage, request, want string) {
	var n memnet.Net
	s := &stand{call: make(chan *Dialog, 1), hold: make(chan struct{}, 9)}
	ua, stop := agent(t, &n, "192.0.2.1:5060", serve(func(ctx context.Context, d *Dialog) {
		d.Serve(agreeing{})
		_ = d.Ring()
		select {
		case <-s.hold:
		case <-ctx.Done():
			return
		}
		if _, err := d.Answer(ctx, []byte(answer)); err != nil {
			return
		}
		s.call <- d
		<-ctx.Done()
	}))
	s.a = newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
	st.reach(t, s)
	s.a.mu.Lock()
	s.a.got, s.a.when = nil, nil
	s.a.mu.Unlock()
	var method, with string
	_, _ = fmt.Sscan(request, &method, &with)
	seq := s.seq + 100
	switch {
	case method == "CANCEL":
		s.cancel()
	case with == "offer":
		s.a.send(method, seq, s.to, offer)
	case method == "INFO":
		s.a.send(method, seq, s.to, "digits")
	case method == "PRACK":
		s.a.send(method, seq, s.to, "", wire.Field{Name: "RAck", Value: "1 1 INVITE"})
	default:
		s.a.send(method, seq, s.to, "")
	}
	synctest.Wait()
	got := "-"
	for _, m := range s.a.got {
		if m.Verb == method && m.Status >= 200 {
			got = fmt.Sprint(m.Status)
		}
	}
	if got != want {
		t.Errorf("answered %s, want %s", got, want)
	}
	close(s.hold)
	s.quiet(t, ua)
	stop()
	s.a.stop()
}

// quiet plays a peer that answers every BYE and acknowledges every 2xx until the
// agent has nothing more to say, and checks that it forgets the call.
func (s *stand) quiet(t *testing.T, ua *UA) {
	t.Helper()
	for range 40 {
		s.a.mu.Lock()
		got := s.a.got
		s.a.got, s.a.when = nil, nil
		s.a.mu.Unlock()
		for _, m := range got {
			switch {
			case m.Status == 200 && m.Verb == "INVITE":
				s.a.send("ACK", m.Seq, s.to, "")
			case m.Method == "BYE":
				s.a.reply(m, 200, "")
			case m.Method == "INVITE":
				s.a.reply(m, 488, "")
			}
		}
		time.Sleep(time.Second)
	}
	s.a.send("BYE", 1<<20, s.to, "")
	time.Sleep(2 * time.Minute)
	synctest.Wait()
	if n := ua.dialogs.len(); n != 0 {
		t.Errorf("%d dialogs left", n)
	}
	if pending, parked := ua.tx.Len(); pending+parked != 0 {
		t.Errorf("%d pending and %d parked transactions left", pending, parked)
	}
}

// The same on the calling side, before the called side has answered.
func TestEveryRequestWhileWeAreCalling(t *testing.T) {
	for request, want := range map[string]string{
		"UPDATE": "200", "UPDATE offer": "491", "INVITE offer": "491", "OPTIONS": "200", "INFO": "415", "PRACK": "481", "REFER": "405", "BYE": "200",
	} {
		t.Run(request, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n memnet.Net
				b, stop := agent(t, &n, "192.0.2.1:5060", nil)
				a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				done := make(chan struct{})
				go func() {
					defer close(done)
					_, _ = b.Invite(ctx, Invite{To: URI("sip:1@192.0.2.2"), Offer: []byte(offer)})
				}()
				m := a.last(t, "INVITE")
				a.reply(m, 180, "t")
				synctest.Wait()
				var method, with string
				_, _ = fmt.Sscan(request, &method, &with)
				r := wire.Request{
					Method: method, URI: "sip:x@192.0.2.1", Via: "SIP/2.0/UDP 192.0.2.2:5060", Branch: "z9hG4bKq", From: m.Header("To") + ";tag=t", To: m.Header("From"), CallID: m.CallID, Seq: 5,
				}
				if with == "offer" || method == "INFO" {
					r.Body = []byte(offer)
				}
				_ = a.flow.Send(r.Bytes())
				synctest.Wait()
				if got := fmt.Sprint(a.last(t, want+" "+method).Status); got != want {
					t.Errorf("answered %s", got)
				}
				<-done
				a.reply(m, 487, "t")
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				if n := b.dialogs.len(); n != 0 {
					t.Errorf("%d dialogs left", n)
				}
				stop()
				a.stop()
			})
		})
	}
}
