package acd_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

func TestUnknownAgents(t *testing.T) {
	f := open(t, labour)
	for name, do := range map[string]func(acd.AgentID) error{
		"ready":       f.Ready,
		"sign out":    f.SignOut,
		"break":       func(id acd.AgentID) error { return f.Break(id, "") },
		"end wrap-up": f.EndWrap,
		"extend":      func(id acd.AgentID) error { return f.ExtendWrap(id, time.Minute) },
		"reserve":     func(id acd.AgentID) error { _, err := f.Reserve(id, acd.Direct{}); return err },
		"engage":      func(id acd.AgentID) error { _, err := f.Engage(id, ""); return err },
	} {
		if err := do("eve"); !errors.Is(err, acd.ErrUnknownAgent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.Ticket(7); !errors.Is(err, acd.ErrUnknownTicket) {
		t.Errorf("ticket: %v", err)
	}
	if _, err := f.Today("none", false); !errors.Is(err, acd.ErrUnknownQueue) {
		t.Errorf("today: %v", err)
	}
}

// Every wish of an agent in every state leads where the table of transitions says.
func TestWishesInEveryState(t *testing.T) {
	type wish struct {
		name string
		do   func(*floor) error
		want map[acd.State]acd.State
	}
	same := map[acd.State]acd.State{}
	for _, s := range []acd.State{acd.Offline, acd.Ready, acd.Reserved, acd.Busy, acd.WrapUp, acd.Break} {
		same[s] = s
	}
	with := func(changes map[acd.State]acd.State) map[acd.State]acd.State {
		all := map[acd.State]acd.State{}
		for from, to := range same {
			all[from] = to
		}
		for from, to := range changes {
			all[from] = to
		}
		return all
	}
	wishes := []wish{
		{"ready", func(f *floor) error { return f.Ready("ann") }, with(map[acd.State]acd.State{acd.WrapUp: acd.Ready, acd.Break: acd.Ready})},
		{
			"break", func(f *floor) error { return f.Break("ann", "why") },
			with(map[acd.State]acd.State{acd.Ready: acd.Break, acd.Reserved: acd.Break, acd.WrapUp: acd.Break}),
		},
		{
			"sign out", func(f *floor) error { return f.SignOut("ann") },
			with(map[acd.State]acd.State{acd.Ready: acd.Offline, acd.Reserved: acd.Offline, acd.WrapUp: acd.Offline, acd.Break: acd.Offline}),
		},
		{"end wrap-up", func(f *floor) error { return f.EndWrap("ann") }, with(map[acd.State]acd.State{acd.WrapUp: acd.Ready})},
		{"extend wrap-up", func(f *floor) error { return f.ExtendWrap("ann", time.Minute) }, same},
		{
			"own call", func(f *floor) error { _, err := f.Engage("ann", "out"); return ignore(err, acd.ErrUnavailable) },
			with(map[acd.State]acd.State{acd.Ready: acd.Busy, acd.WrapUp: acd.Busy, acd.Break: acd.Busy}),
		},
		{
			"direct call", func(f *floor) error { _, err := f.Reserve("ann", acd.Direct{}); return ignore(err, acd.ErrUnavailable) },
			with(map[acd.State]acd.State{acd.Ready: acd.Reserved}),
		},
	}
	for _, w := range wishes {
		for from, to := range w.want {
			t.Run(w.name+" when "+from.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := open(t, labour)
					f.bring("ann", from)
					f.agentIs("ann", from, "")
					if err := w.do(f); err != nil {
						t.Fatal(err)
					}
					f.agentIs("ann", to, "")
				})
			})
		}
	}
}

func ignore(err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return err
}

// bring takes a new agent into a state.
func (f *floor) bring(id acd.AgentID, s acd.State) {
	f.t.Helper()
	f.seat(id, "labour")
	var err error
	switch s {
	case acd.Offline:
		err = f.SignOut(id)
	case acd.Break:
		err = f.Break(id, "lunch")
	case acd.Ready:
	default:
		o := f.rings(f.call(acd.Request{Queue: "labour"}), id)
		if s != acd.Reserved {
			f.accept(o)
		}
		if s == acd.WrapUp {
			o.Finish()
		}
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func TestSignInIsOneOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, minors)
		child := f.call2(acd.Request{Queue: "minors"})
		a := agent("kim", "minors")
		a.Break = "preparing"
		f.signIn(a)
		f.waits(child)
		f.agentIs("kim", acd.Break, "preparing")
		if err := f.SignIn(a); !errors.Is(err, acd.ErrSignedIn) {
			t.Fatalf("twice: %v", err)
		}
		if err := f.Ready("kim"); err != nil {
			t.Fatal(err)
		}
		f.rings(child, "kim")
	})
}

// call2 is call for a protected caller with nobody at work, who is asked for a message once and waits on.
func (f *floor) call2(req acd.Request) *acd.Ticket {
	f.t.Helper()
	t := f.join(req)
	if err := t.Present(); !errors.Is(err, acd.ErrAskMessage) {
		f.t.Fatalf("with nobody at work: %v", err)
	}
	f.present(t)
	return t
}

func TestCallerOfAnAgentWhoGoesKeepsThePlace(t *testing.T) {
	for name, leave := range map[string]func(*floor) error{
		"sign out": func(f *floor) error { return f.SignOut("ann") },
		"break":    func(f *floor) error { return f.Break("ann", "ill") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := open(t, labour)
				f.seat("ann", "labour")
				f.seat("bob", "labour")
				ticket := f.call(acd.Request{Queue: "labour"})
				o := f.rings(ticket, "ann")
				if err := leave(f); err != nil {
					t.Fatal(err)
				}
				<-o.Done()
				if o.Why() != acd.AgentGone {
					t.Fatalf("ended by %q", o.Why())
				}
				f.present(ticket)
				f.rings(ticket, "bob")
			})
		})
	}
}

func TestOwnCallReturnsToTheBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		if err := f.Break("ann", "casework"); err != nil {
			t.Fatal(err)
		}
		o, err := f.Engage("ann", "out")
		if err != nil {
			t.Fatal(err)
		}
		f.agentIs("ann", acd.Busy, "out")
		o.Finish()
		f.agentIs("ann", acd.WrapUp, "")
		after(time.Minute)
		f.agentIs("ann", acd.Break, "casework")
	})
}

func TestDirectCallReservesOneAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		o, err := f.Reserve("ann", acd.Direct{Contact: "x", Ring: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		waiting := f.call(acd.Request{Queue: "labour"})
		f.waits(waiting)
		after(10 * time.Second)
		<-o.Done()
		if o.Why() != acd.NoAnswer || o.Ticket != nil {
			t.Fatalf("ended by %q", o.Why())
		}
		after(5 * time.Second)
		f.rings(waiting, "ann")
		if _, err := f.Reserve("ann", acd.Direct{}); !errors.Is(err, acd.ErrUnavailable) {
			t.Fatalf("a reserved agent: %v", err)
		}
	})
}

func TestLongWrapUpAndRestAfterDanger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		for i := range 2 {
			f.serve(f.call(acd.Request{Queue: "labour", Claims: acd.Danger}), "ann", time.Minute)
			after(3*time.Minute - time.Second)
			f.agentIs("ann", acd.WrapUp, "")
			after(time.Second)
			if i == 0 {
				f.agentIs("ann", acd.Ready, "")
			}
		}
		f.agentIs("ann", acd.Break, acd.ReasonRest)
		if got := f.alarms(acd.AlarmRest); !slices.Equal(got, []string{"ann"}) {
			t.Fatalf("alarms %v", got)
		}
	})
}

func TestRestWaitsForCallersInDanger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		var tickets []*acd.Ticket
		for range 3 {
			tickets = append(tickets, f.call(acd.Request{Queue: "labour", Claims: acd.Danger}))
		}
		ordinary := f.call(acd.Request{Queue: "labour"})
		for _, ticket := range tickets {
			f.serve(ticket, "ann", time.Minute)
			after(3 * time.Minute)
		}
		f.waits(ordinary)
		f.agentIs("ann", acd.Break, acd.ReasonRest)
	})
}
