package acd_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

func TestCallersAreListedInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour, minors)
		f.seat("ann", "labour")
		f.seat("mia", "minors")
		f.accept(f.rings(f.call(acd.Request{Queue: "minors"}), "mia"))
		rung := f.call(acd.Request{Queue: "labour"})
		f.rings(rung, "ann")
		after(3 * time.Second)
		first := f.call(acd.Request{Queue: "labour"})
		kept := f.join(acd.Request{Queue: "labour"})
		if _, err := kept.Callback(acd.Promise{Windows: []acd.Window{{To: 24 * time.Hour}}}); err != nil {
			t.Fatal(err)
		}
		second := f.call(acd.Request{Queue: "labour"})
		danger := f.call(acd.Request{Queue: "labour", Claims: acd.Danger})
		child := f.call(acd.Request{Queue: "minors"})
		now := time.Now()
		at := func(ticket *acd.Ticket, position int, since time.Time) acd.CallerView {
			v := acd.CallerView{
				Ticket: ticket.ID(), Contact: ticket.Contact(), Queue: ticket.Queue(), Position: position, Since: since, Claims: ticket.Claims(),
			}
			v.Protected = v.Queue == "minors" || v.Claims.Protected()
			return v
		}
		want := []acd.CallerView{
			at(rung, 0, now.Add(-3*time.Second)),
			at(danger, 1, now), at(first, 2, now), at(second, 4, now), // the third place is the callback's
			at(child, 1, now),
		}
		if got := f.Callers(9); !slices.Equal(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
		if got := f.Callers(2); !slices.Equal(got, slices.Concat(want[:3], want[4:])) {
			t.Errorf("two of each queue: %+v", got)
		}
		if got := f.Callers(0); !slices.Equal(got, want[:1]) {
			t.Errorf("nobody of any queue: %+v", got)
		}
	})
}

// A caller for whom several phones ring is listed once, and one who lost the counselor is marked.
func TestCallersOnceEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := labour
		q.Several = 2
		f := open(t, q)
		f.seat("ann", "labour")
		f.seat("bob", "labour")
		ticket := f.call(acd.Request{Queue: "labour"})
		if got := f.Callers(9); len(got) != 1 || got[0].Ticket != ticket.ID() || got[0].Position != 0 {
			t.Fatalf("two phones ring: %+v", got)
		}
		offer := ticket.Ringing()
		f.accept(offer)
		if got := f.Callers(9); len(got) != 0 {
			t.Fatalf("a talk is no wait: %+v", got)
		}
		for _, other := range []acd.AgentID{"ann", "bob"} {
			if err := f.Break(other, "lunch"); err != nil {
				t.Fatal(err)
			}
		}
		offer.Lost()
		if got := f.Callers(9); len(got) != 1 || !got[0].Lost || got[0].Position != 1 {
			t.Fatalf("the counselor was lost: %+v", got)
		}
	})
}
