package sip_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// Many calls at once, over both transports, end well and leave nothing: no
// goroutine, no descriptor, no dialog, no transaction.
func TestManyCallsLeaveNothing(t *testing.T) {
	var open sync.WaitGroup
	center := start(t, handler(func(ctx context.Context, d *sip.Dialog) {
		open.Add(1)
		defer open.Done()
		if _, err := d.Answer(ctx, []byte(siptest.Answer)); err == nil {
			<-ctx.Done()
		}
	}), func(c *sip.Config) { c.Timers.Silence = 10 * time.Second })
	fleet := softphone(t, nil)
	calls := func(n int) {
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() {
				uri := fmt.Sprintf("sip:%d@%s", i, center.ua.Addr())
				if i%2 == 0 {
					uri += ";transport=tcp"
				}
				d, err := fleet.ua.Invite(context.Background(), sip.Invite{To: sip.URI(uri), Offer: []byte(siptest.Offer), Silence: 10 * time.Second})
				if err != nil {
					t.Error(err)
					return
				}
				if err := d.Hangup(context.Background(), sip.NormalClearing()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	settle := func() (goroutines, files int) {
		for _, r := range []*rig{center, fleet} {
			eventually(t, "all forgotten", func() bool {
				return r.count("dialogs") == 0 && r.count("transactions_pending") == 0 && r.count("transactions_parked") == 0
			})
		}
		open.Wait()
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no /proc here")
		}
		return runtime.NumGoroutine(), len(list)
	}
	calls(20)
	goroutines, files := settle()
	for range 5 {
		calls(100)
	}
	eventually(t, "goroutines back", func() bool { g, _ := settle(); return g <= goroutines })
	if _, f := settle(); f > files {
		t.Errorf("%d descriptors, %d before", f, files)
	}
	if center.count("panics_total")+fleet.count("panics_total") != 0 {
		t.Error("panics")
	}
}

// A call costs no goroutine once its handler has returned, although its
// transactions wait 32 s for repetitions (sipgo holds one for each).
func TestTrapSipgoNoGoroutineForFinishedCalls(t *testing.T) {
	slow := func(c *sip.Config) { c.Timers = sip.Timers{Qualify: -1} }
	center := start(t, busy, slow)
	fleet := start(t, nil, slow, func(c *sip.Config) { c.Accounts, c.Trunks = nil, nil })
	call := func() {
		_, err := fleet.ua.Invite(context.Background(), sip.Invite{To: sip.URI("sip:1@" + center.ua.Addr().String()), Offer: []byte(siptest.Offer)})
		var e *sip.StatusError
		if !errors.As(err, &e) || e.Status != 486 {
			t.Error(err)
		}
	}
	call()
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(call)
	}
	wg.Wait()
	eventually(t, "goroutines back", func() bool { return runtime.NumGoroutine() <= before+2 })
	eventually(t, "transactions wait for repetitions", func() bool { return center.count("transactions_parked") > 200 })
}
