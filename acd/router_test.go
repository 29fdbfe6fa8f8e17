package acd_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hotline/acd"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// floor is a Router with what it told its observer.
type floor struct {
	*acd.Router
	t  *testing.T
	mu sync.Mutex

	events []acd.Event
	calls  int
}

// open makes a floor with the given queues.
func open(t *testing.T, queues ...acd.Queue) *floor { return openWith(t, acd.Config{Queues: queues}) }

func openWith(t *testing.T, c acd.Config) *floor {
	t.Helper()
	f := &floor{t: t}
	c.Observer = func(e acd.Event) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.events = append(f.events, e)
	}
	r, err := acd.New(c)
	if err != nil {
		t.Fatal(err)
	}
	f.Router = r
	return f
}

// seat signs an agent in whose phone is idle.
func (f *floor) seat(id acd.AgentID, skills ...acd.Qualification) {
	f.t.Helper()
	f.signIn(agent(id, skills...))
}

func (f *floor) signIn(a acd.Agent) {
	f.t.Helper()
	if err := f.SignIn(a); err != nil {
		f.t.Fatal(err)
	}
}

func agent(id acd.AgentID, skills ...acd.Qualification) acd.Agent {
	a := acd.Agent{ID: id, Device: acd.DeviceIdle}
	for _, s := range skills {
		a.Skills = append(a.Skills, acd.Skill{Name: s})
	}
	return a
}

// join lets a caller join.
func (f *floor) join(req acd.Request) *acd.Ticket {
	f.t.Helper()
	f.calls++
	if req.Contact == "" {
		req.Contact = acd.ContactID(fmt.Sprintf("c%d", f.calls))
	}
	t, err := f.Join(req)
	if err != nil {
		f.t.Fatal(err)
	}
	return t
}

// call joins a queue and presents the caller.
func (f *floor) call(req acd.Request) *acd.Ticket {
	f.t.Helper()
	t := f.join(req)
	f.present(t)
	return t
}

func (f *floor) present(t *acd.Ticket) {
	f.t.Helper()
	if err := t.Present(); err != nil {
		f.t.Fatal(err)
	}
}

// rings returns the offer of a ticket, which must ring at the given agent.
func (f *floor) rings(t *acd.Ticket, want acd.AgentID) *acd.Offer {
	f.t.Helper()
	o := t.Ringing()
	switch {
	case o == nil:
		f.t.Fatalf("ticket %d rings nobody, want %s", t.ID(), want)
	case o.Agent != want:
		f.t.Fatalf("ticket %d rings %s, want %s", t.ID(), o.Agent, want)
	}
	return o
}

// waits fails when the ticket has an offer.
func (f *floor) waits(t *acd.Ticket) {
	f.t.Helper()
	if o := t.Ringing(); o != nil {
		f.t.Fatalf("ticket %d rings %s, want nobody", t.ID(), o.Agent)
	}
}

// serve takes a caller through a talk.
func (f *floor) serve(t *acd.Ticket, want acd.AgentID, talk time.Duration) {
	f.t.Helper()
	o := f.rings(t, want)
	f.accept(o)
	time.Sleep(talk)
	o.Finish()
}

func (f *floor) accept(o *acd.Offer) {
	f.t.Helper()
	if err := o.Accept(); err != nil {
		f.t.Fatal(err)
	}
}

// agentIs checks an agent's state and reason in the snapshot.
func (f *floor) agentIs(id acd.AgentID, want acd.State, reason string) {
	f.t.Helper()
	got := f.view(id)
	if got.State != want || reason != "" && got.Reason != reason {
		f.t.Fatalf("agent %s is %s (%s), want %s (%s)", id, got.State, got.Reason, want, reason)
	}
}

func (f *floor) view(id acd.AgentID) acd.AgentView {
	for _, a := range f.Snapshot().Agents {
		if a.ID == id {
			return a
		}
	}
	return acd.AgentView{ID: id}
}

// count is how many events of a kind were told so far.
func (f *floor) count(kind acd.EventKind) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, e := range f.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func (f *floor) alarms(kind acd.AlarmKind) []string {
	var subjects []string
	for _, a := range f.Snapshot().Alarms {
		if a.Kind == kind {
			subjects = append(subjects, a.Subject)
		}
	}
	return subjects
}

// after lets time pass, then waits until all other goroutines of the bubble are blocked, and timers that are due have fired.
func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

var (
	labour  = acd.Queue{Name: "labour", Skills: []acd.Qualification{"labour"}}
	general = acd.Queue{Name: "general"}
	minors  = acd.Queue{Name: "minors", Must: acd.Qualified("minors"), Protected: true}
)

func TestWaitReturnsTheAgentWhoComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.serve(f.call(acd.Request{Queue: "labour"}), "ann", time.Minute)
		ticket := f.join(acd.Request{Queue: "labour"})
		got := make(chan *acd.Offer)
		go func() {
			o, err := f.Wait(t.Context(), ticket)
			if err != nil {
				t.Error(err)
			}
			got <- o
		}()
		synctest.Wait()
		f.agentIs("ann", acd.WrapUp, "")
		o := <-got
		f.accept(o)
		f.agentIs("ann", acd.Busy, "")
		o.Finish()
		if _, err := f.Wait(t.Context(), ticket); !errors.Is(err, acd.ErrOver) {
			t.Fatalf("after the talk: %v", err)
		}
	})
}

func TestContextEndGivesTheAgentBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		ticket := f.join(acd.Request{Queue: "labour"})
		hungUp := errors.New("hung up")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(hungUp)
		if _, err := f.Wait(ctx, ticket); !errors.Is(err, hungUp) {
			t.Fatalf("got %v, want the cause", err)
		}
		f.agentIs("ann", acd.Ready, "")
		ticket.Leave(acd.Ending{Outcome: acd.Abandoned})
		f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
	})
}

func TestDeclinedCallerKeepsThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		first := f.call(acd.Request{Queue: "labour"})
		second := f.call(acd.Request{Queue: "labour"})
		f.rings(first, "ann").Decline(acd.Declined)
		f.present(first)
		f.seat("bob", "labour")
		f.accept(f.rings(first, "bob"))
		f.waits(second)
		after(30 * time.Second)
		f.rings(second, "ann")
	})
}

func TestRingLimitBlamesAndTwoMissesBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		ticket := f.call(acd.Request{Queue: "labour"})
		o := f.rings(ticket, "ann")
		after(20 * time.Second)
		select {
		case <-o.Done():
		default:
			t.Fatal("the ring limit did not end the ring")
		}
		if o.Why() != acd.NoAnswer {
			t.Fatalf("ended by %s", o.Why())
		}
		var ended *acd.EndedError
		if err := o.Accept(); !errors.As(err, &ended) || ended.Why != acd.NoAnswer {
			t.Fatalf("accept after the end: %v", err)
		}
		f.present(ticket)
		f.waits(ticket)
		after(5 * time.Second)
		f.rings(ticket, "ann").Decline(acd.Unreachable)
		f.agentIs("ann", acd.Break, acd.ReasonMissed)
		if got := f.alarms(acd.AlarmMissed); !slices.Equal(got, []string{"ann"}) {
			t.Fatalf("alarms %v", got)
		}
		if err := f.Ready("ann"); err != nil {
			t.Fatal(err)
		}
		if got := f.alarms(acd.AlarmMissed); got != nil {
			t.Fatalf("alarms %v after the agent is back", got)
		}
	})
}

func TestPauseDependsOnWhy(t *testing.T) {
	tests := []struct {
		why    acd.Why
		pause  time.Duration
		missed bool
	}{
		{acd.NoAnswer, 5 * time.Second, true},
		{acd.DeviceBusy, 20 * time.Second, false},
		{acd.Declined, 30 * time.Second, true},
		{acd.Unreachable, time.Minute, true},
		{acd.CallerGone, 0, false},
		{acd.Elsewhere, 0, false},
		{acd.Unfit, 0, false},
	}
	for _, test := range tests {
		t.Run(test.why.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := open(t, labour)
				f.seat("ann", "labour")
				first := f.call(acd.Request{Queue: "labour"})
				f.rings(first, "ann").Decline(test.why)
				next := f.call(acd.Request{Queue: "labour"})
				if test.pause > 0 {
					after(test.pause - time.Millisecond)
					f.waits(next)
					after(time.Millisecond)
				}
				f.rings(next, "ann").Decline(test.why)
				want := acd.Ready
				if test.missed {
					want = acd.Break
				}
				f.agentIs("ann", want, "")
			})
		})
	}
}

func TestLongestIdleFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		for _, id := range []acd.AgentID{"ann", "bob", "cid"} {
			f.seat(id, "labour")
			after(time.Second)
		}
		for _, want := range []acd.AgentID{"ann", "bob", "cid"} {
			f.rings(f.call(acd.Request{Queue: "labour"}), want)
		}
	})
}

func TestWrapUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.serve(f.call(acd.Request{Queue: "labour"}), "ann", time.Minute)
		next := f.call(acd.Request{Queue: "labour"})
		after(59 * time.Second)
		f.waits(next)
		after(time.Second)
		f.serve(next, "ann", time.Minute)

		next = f.call(acd.Request{Queue: "labour"})
		if err := f.ExtendWrap("ann", 2*time.Minute); err != nil {
			t.Fatal(err)
		}
		after(2 * time.Minute)
		f.waits(next)
		if err := f.EndWrap("ann"); err != nil {
			t.Fatal(err)
		}
		f.serve(next, "ann", time.Minute)

		if err := f.ExtendWrap("ann", 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		after(15*time.Minute - time.Second)
		f.agentIs("ann", acd.WrapUp, "")
		after(time.Second)
		f.agentIs("ann", acd.Ready, "")
	})
}

func TestAskedForDuringTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.seat("bob", "labour")
		ann := f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
		bob := f.rings(f.call(acd.Request{Queue: "labour"}), "bob")
		f.accept(ann)
		f.accept(bob)
		if err := errors.Join(f.Break("ann", "lunch"), f.SignOut("bob")); err != nil {
			t.Fatal(err)
		}
		f.agentIs("ann", acd.Busy, "")
		f.agentIs("bob", acd.Busy, "")
		ann.Finish()
		bob.Finish()
		f.agentIs("ann", acd.WrapUp, "")
		f.agentIs("bob", acd.Offline, "")
		after(time.Minute)
		f.agentIs("ann", acd.Break, "lunch")
	})
}

func TestDeviceConfirms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("zoe", "labour") // keeps the queue open
		f.rings(f.call(acd.Request{Queue: "labour"}), "zoe")
		f.signIn(acd.Agent{ID: "ann", Skills: []acd.Skill{{Name: "labour"}}})
		ticket := f.call(acd.Request{Queue: "labour"})
		for _, d := range []acd.Device{acd.DeviceUnknown, acd.DeviceInUse, acd.DeviceGone} {
			f.SetDevice("ann", d)
			f.waits(ticket)
		}
		f.SetDevice("ann", acd.DeviceIdle)
		o := f.rings(ticket, "ann")
		f.SetDevice("ann", acd.DeviceGone)
		if o.Why() != acd.Unreachable {
			t.Fatalf("a dead phone ends its ring by %q", o.Why())
		}
	})
}

func TestMinorNeverReachesTheUnqualified(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, minors, general)
		f.seat("ann", "labour")
		f.seat("kim", "minors")
		child := f.call(acd.Request{Queue: "minors"})
		f.rings(child, "kim").Decline(acd.Declined)
		f.present(child)
		after(29 * time.Second)
		f.waits(child)
		adultLine := f.call(acd.Request{Queue: "general", Claims: acd.Minor})
		f.waits(adultLine)
		adultLine.Leave(acd.Ending{Outcome: acd.Abandoned})
		if _, err := f.Reserve("ann", acd.Direct{Claims: acd.Minor}); !errors.Is(err, acd.ErrUnfit) {
			t.Fatalf("a transfer of a minor to an unqualified agent: %v", err)
		}
		after(time.Second)
		f.rings(child, "kim")
	})
}

func TestQualificationEndsAtItsDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, minors, general)
		f.signIn(acd.Agent{ID: "kim", Device: acd.DeviceIdle, Skills: []acd.Skill{{Name: "minors", Expires: time.Now().Add(time.Hour)}}})
		f.seat("pat", "minors")
		f.rings(f.call(acd.Request{Queue: "minors"}), "kim").Decline(acd.CallerGone)
		after(time.Hour - time.Second)
		o := f.rings(f.call(acd.Request{Queue: "minors"}), "kim")
		busy := f.rings(f.call(acd.Request{Queue: "minors"}), "pat")
		f.accept(busy)
		after(time.Second)
		var ended *acd.EndedError
		if err := o.Accept(); !errors.As(err, &ended) || ended.Why != acd.Unfit {
			t.Fatalf("accepted a minor in the second the qualification ended: %v", err)
		}
		f.waits(f.call(acd.Request{Queue: "minors"}))
		f.rings(f.call(acd.Request{Queue: "general"}), "kim")
	})
}

func TestClosedIsNotEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour, minors)
		if _, err := f.Join(acd.Request{Queue: "labour"}); !errors.Is(err, acd.ErrClosed) {
			t.Fatalf("nobody signed in: %v", err)
		}
		f.signIn(acd.Agent{ID: "ann", Device: acd.DeviceIdle, Skills: []acd.Skill{{Name: "labour"}}, Break: "lunch"})
		if _, err := f.Join(acd.Request{Queue: "labour"}); !errors.Is(err, acd.ErrClosed) {
			t.Fatalf("people on break are staff: %v", err)
		}
		if err := f.Ready("ann"); err != nil {
			t.Fatal(err)
		}
		f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
		waiting := f.join(acd.Request{Queue: "labour"})
		news := make(chan error)
		go func() {
			_, err := f.Wait(t.Context(), waiting)
			news <- err
		}()
		synctest.Wait()
		if err := f.Break("ann", "again"); err != nil {
			t.Fatal(err)
		}
		after(29 * time.Second)
		select {
		case err := <-news:
			t.Fatalf("closed at once: %v", err)
		default:
		}
		if err := <-news; !errors.Is(err, acd.ErrClosed) {
			t.Fatalf("everybody on break: %v", err)
		}
		child := f.join(acd.Request{Queue: "minors"})
		if _, err := f.Wait(t.Context(), child); !errors.Is(err, acd.ErrAskMessage) {
			t.Fatalf("a child with nobody at work: %v", err)
		}
		f.present(child)
		f.seat("kim", "minors")
		f.rings(child, "kim")
	})
}

func TestFullForOrdinaryCallersOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := labour
		q.Limits.Waiting = 1
		f := open(t, q)
		f.seat("ann", "labour")
		f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
		f.call(acd.Request{Queue: "labour"})
		if _, err := f.Join(acd.Request{Queue: "labour"}); !errors.Is(err, acd.ErrFull) {
			t.Fatalf("beyond the limit: %v", err)
		}
		f.call(acd.Request{Queue: "labour", Claims: acd.Danger})
	})
}

func TestObserverMayCallTheRouterAndHearsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kinds []acd.EventKind
		var r *acd.Router
		r, err := acd.New(acd.Config{Queues: []acd.Queue{labour}, Observer: func(e acd.Event) {
			kinds = append(kinds, e.Kind)
			if e.Kind == acd.Offered {
				ticket, err := r.Ticket(e.Ticket)
				if err != nil {
					t.Error(err)
				}
				if err := ticket.Ringing().Accept(); err != nil {
					t.Error(err)
				}
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.SignIn(agent("ann", "labour")); err != nil {
			t.Fatal(err)
		}
		ticket, err := r.Join(acd.Request{Queue: "labour"})
		if err != nil {
			t.Fatal(err)
		}
		if err := ticket.Present(); err != nil {
			t.Fatal(err)
		}
		want := []acd.EventKind{
			acd.RulesChanged, acd.AgentState, acd.QueueOpened, acd.Joined, acd.AgentState, acd.Offered, acd.Answered, acd.AgentState,
		}
		if !slices.Equal(kinds, want) {
			t.Fatalf("heard %v, want %v", kinds, want)
		}
	})
}

func TestQueuesInForce(t *testing.T) {
	f := open(t, labour, general)
	if err := f.SetQueues("next", []acd.Queue{minors, general}); err != nil {
		t.Fatal(err)
	}
	if got := f.Queues(); !slices.Equal(got, []acd.QueueID{"general", "minors"}) {
		t.Fatalf("queues %v", got)
	}
}

// A program that drives tickets without a goroutine each learns by events and News what Wait would return.
func TestNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "ann"))
		ticket := f.call(acd.Request{Queue: "labour"})
		if err := ticket.News(); err != nil {
			t.Fatalf("while waiting: %v", err)
		}
		if err := ticket.Present(); !errors.Is(err, acd.ErrInUse) {
			t.Fatalf("presented twice: %v", err)
		}
		after(30 * time.Minute)
		if err := ticket.News(); !errors.Is(err, acd.ErrTimeout) {
			t.Fatalf("after the longest wait: %v", err)
		}
		if n := f.count(acd.Unserved); n != 1 {
			t.Fatalf("told %d times", n)
		}
		if err := ticket.Present(); !errors.Is(err, acd.ErrTimeout) {
			t.Fatalf("presented again: %v", err)
		}
		ticket.Leave(acd.Ending{Outcome: acd.Dismissed})
		if err := ticket.Present(); !errors.Is(err, acd.ErrOver) {
			t.Fatalf("after leaving: %v", err)
		}
	})
}

// Leave ends a Wait that is going on elsewhere: a supervisor or another leg of the call may give up the place.
func TestLeaveEndsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		f.accept(f.rings(f.call(acd.Request{Queue: "labour"}), "ann"))
		ticket := f.join(acd.Request{Queue: "labour"})
		news := make(chan error)
		go func() {
			_, err := f.Wait(t.Context(), ticket)
			news <- err
		}()
		synctest.Wait()
		ticket.Leave(acd.Ending{Outcome: acd.Message})
		if err := <-news; !errors.Is(err, acd.ErrOver) {
			t.Fatalf("got %v", err)
		}
	})
}
