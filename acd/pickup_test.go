package acd_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

// A colleague of the same queue takes a ring at another phone; the phone that rang hears that it was answered elsewhere.
func TestPickUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour, minors)
		f.seat("ann", "labour")
		caller := f.call(acd.Request{Queue: "labour"})
		ring := f.rings(caller, "ann")
		f.seat("bob", "labour")
		f.seat("eve", "family")
		if _, err := ring.PickUp("eve"); !errors.Is(err, acd.ErrUnfit) {
			t.Errorf("somebody of another queue: %v", err)
		}
		if _, err := ring.PickUp("nobody"); !errors.Is(err, acd.ErrUnknownAgent) {
			t.Errorf("nobody: %v", err)
		}
		won, err := ring.PickUp("bob")
		if err != nil || won.Agent != "bob" || won.Ticket != caller {
			t.Fatalf("%+v, %v", won, err)
		}
		if ring.Why() != acd.Elsewhere {
			t.Errorf("the ring ended as %s", ring.Why())
		}
		f.agentIs("bob", acd.Busy, string(won.Contact))
		f.agentIs("ann", acd.Ready, "")
		var ended *acd.EndedError
		if _, err := ring.PickUp("bob"); !errors.As(err, &ended) || ended.Why != acd.Elsewhere {
			t.Errorf("a second time: %v", err)
		}
		after(time.Minute)
		won.Finish()
		if got := f.today("labour"); got.Answered != 1 || got.Waiting() != 0 || got.Times.Talk != time.Minute {
			t.Errorf("figures %+v", got)
		}
	})
}

// A child is for those who are qualified for children, by whatever phone; a qualification that has ended is none.
func TestPickUpOfAChild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, minors, general)
		f.seat("kim", "minors")
		ring := f.rings(f.call(acd.Request{Queue: "general", Claims: acd.Minor}), "kim")
		f.seat("ann", "labour")
		late := agent("late", "minors")
		late.Skills[0].Expires = time.Now().Add(time.Second)
		f.signIn(late)
		after(2 * time.Second)
		for _, id := range []acd.AgentID{"ann", "late"} {
			if _, err := ring.PickUp(id); !errors.Is(err, acd.ErrUnfit) {
				t.Errorf("%s: %v", id, err)
			}
		}
		f.seat("joy", "minors")
		if _, err := ring.PickUp("joy"); err != nil {
			t.Error(err)
		}
	})
}

// Who writes notes or is on break may take a call, and is on break again after it; who is in a call may not.
func TestPickUpInEveryState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("ann", "labour")
		ring := f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
		f.seat("bob", "labour")
		busy, err := f.Engage("bob", "own")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ring.PickUp("bob"); !errors.Is(err, acd.ErrUnavailable) {
			t.Errorf("busy: %v", err)
		}
		busy.Finish()
		f.agentIs("bob", acd.WrapUp, "")
		won, err := ring.PickUp("bob")
		if err != nil {
			t.Fatal(err)
		}
		won.Finish()
		if err := f.Break("bob", "meal"); err != nil {
			t.Fatal(err)
		}
		ring = f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
		if won, err = ring.PickUp("bob"); err != nil {
			t.Fatal(err)
		}
		won.Finish()
		after(2 * time.Minute)
		f.agentIs("bob", acd.Break, "meal")
		ring = f.rings(f.call(acd.Request{Queue: "labour"}), "ann")
		f.SetDevice("bob", acd.DeviceGone)
		if _, err := ring.PickUp("bob"); !errors.Is(err, acd.ErrUnavailable) {
			t.Errorf("without a phone: %v", err)
		}
		if _, err := ring.PickUp("ann"); err != nil {
			t.Errorf("at another phone of the same person: %v", err)
		}
		f.agentIs("ann", acd.Busy, string(ring.Contact))
	})
}

// Of several phones that ring, a pick-up by a colleague ends all.
func TestPickUpOfSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, several(2))
		f.seat("ann", "labour")
		f.seat("bob", "labour")
		caller := f.call(acd.Request{Queue: "labour"})
		one := f.rings(caller, "ann")
		two := one.Others()[0]
		f.seat("cat", "labour")
		if _, err := one.PickUp("cat"); err != nil {
			t.Fatal(err)
		}
		if one.Why() != acd.Elsewhere || two.Why() != acd.Elsewhere {
			t.Errorf("they ended as %s and %s", one.Why(), two.Why())
		}
		if err := two.Accept(); err == nil {
			t.Error("two winners")
		}
	})
}

// A direct call, such as a transfer, is for who holds what its caller must have.
func TestPickUpOfATransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour, minors)
		f.seat("kim", "minors")
		f.seat("joy", "minors")
		f.seat("ann", "labour")
		ring, err := f.Reserve("kim", acd.Direct{Contact: "child", Claims: acd.Minor | acd.Danger})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ring.PickUp("ann"); !errors.Is(err, acd.ErrUnfit) {
			t.Errorf("the unqualified: %v", err)
		}
		won, err := ring.PickUp("joy")
		if err != nil || won.Contact != "child" || ring.Why() != acd.Elsewhere {
			t.Fatalf("%+v, %v; the ring ended as %s", won, err, ring.Why())
		}
		f.agentIs("kim", acd.Ready, "")
		won.Finish()
		f.agentIs("joy", acd.WrapUp, "")
	})
}

// A callback is for whom it was offered to, who may say no as often as there is reason to: that misses nothing.
func TestACallbackMayBeDeclined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, busy := dayFloor(t, labour)
		busy.Finish()
		after(time.Minute)
		back := f.callback(f.join(acd.Request{Queue: "labour"}), acd.Promise{})
		f.seat("bob", "labour")
		if err := f.Break("bob", "meal"); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			ring := f.rings(back, "ann")
			if _, err := ring.PickUp("bob"); !errors.Is(err, acd.ErrUnfit) {
				t.Errorf("by a colleague: %v", err)
			}
			ring.Decline(acd.Declined)
			f.agentIs("ann", acd.Ready, "")
			f.present(back)
			after(29 * time.Second)
			f.waits(back)
			after(time.Second)
		}
		if got := f.alarms(acd.AlarmMissed); len(got) != 0 {
			t.Errorf("alarms %v", got)
		}
	})
}
