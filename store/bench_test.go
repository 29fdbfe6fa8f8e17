package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"hotline/store/event"
	"hotline/store/journal"
)

// ordinary is what an ordinary short call writes: set-up, hang-up and what a flow does
// between.
func ordinary(r *rig, n int) []event.Body {
	rec := event.NewID(time.Now())
	bodies := []event.Body{
		r.opened("12348", fmt.Sprintf("138%08d", n)),
		&event.LegAdded{Leg: 1, Role: event.RoleCaller, Direction: event.DirectionIn, CallID: "7a1d9e0c4b2f4f5e@203.0.113.7", Trunk: "carrier"},
		&event.LegAnswered{Leg: 1, Codec: "PCMA", LocalTag: "a1b2c3d4", RemoteTag: "e5f60718"},
	}
	for _, node := range []string{"greet", "menu", "queue"} {
		bodies = append(bodies,
			&event.NodeEntered{Flow: "12348", Node: node, Type: "say"},
			&event.Prompted{Prompt: "P-" + node, Language: "yue", Version: "1", Played: 3200 * time.Millisecond, Complete: true},
			&event.NodeLeft{Flow: "12348", Node: node, Outcome: "next", Took: 3300 * time.Millisecond})
	}
	return append(bodies,
		&event.Enqueued{Queue: "labour", Place: 1},
		&event.Offered{Offer: 1, Queue: "labour", Extension: "8001", Leg: 2},
		&event.LegAdded{Leg: 2, Role: event.RoleStaff, Direction: event.DirectionOut, Extension: "8001"},
		&event.LegAnswered{Leg: 2, Codec: "PCMA"},
		&event.OfferEnded{Offer: 1, Extension: "8001", Why: event.OfferAccepted, Rang: 4 * time.Second},
		&event.Connected{Queue: "labour", Extension: "8001", Leg: 2, Waited: 21 * time.Second},
		&event.RecordingStarted{Recording: rec, Class: event.RecordingAdvice, Path: rec.String() + ".wav", Channels: 2},
		&event.TalkEnded{Extension: "8001", Leg: 2, By: event.PartyCaller, Talked: 435 * time.Second},
		&event.RecordingClosed{Recording: rec, Bytes: 6_960_000, Duration: 435 * time.Second, SHA256: make([]byte, 32)},
		&event.LegEnded{Leg: 2, By: event.PartyStaff, Quality: event.Quality{MOS: 4.3, Sent: 21750, Received: 21748, Lost: 2}},
		&event.LegEnded{Leg: 1, By: event.PartyCaller, Quality: event.Quality{MOS: 4.3, Sent: 21750, Received: 21748, Lost: 2}},
		&event.Closed{Outcome: event.OutcomeAnswered, Stage: event.StageTalk, By: event.PartyCaller})
}

// BenchmarkCall is a whole call's way from its facts to the database: sealing the
// number, journal, projector. cpu-µs/call is what this process spends on it, without
// Postgres' own share.
func BenchmarkCall(b *testing.B) {
	for _, size := range []int{1, 20, 200} {
		b.Run(fmt.Sprintf("%d-at-once", size), func(b *testing.B) {
			r := newRig(b)
			n := 0
			b.ReportAllocs()
			began := spent(b)
			for b.Loop() {
				for range size {
					n++
					r.write(event.NewID(time.Now()), ordinary(r, n)...)
				}
				r.applied()
			}
			calls := float64(b.N * size)
			b.ReportMetric(float64((spent(b)-began).Microseconds())/calls, "cpu-µs/call")
			b.ReportMetric(calls/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// spent is the CPU time this process has used.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPaced is facts that come evenly, as in service, so many a second, with the journal's own pace of syncing.
// cpu-µs/event is what this process spends on one, without Postgres' own share; the delay is from the fact to the
// database.
func BenchmarkPaced(b *testing.B) {
	for _, rate := range []int{10, 100, 1_000, 10_000} {
		b.Run(fmt.Sprint("events=", rate), func(b *testing.B) {
			r := pacedRig(b)
			gap := time.Second / time.Duration(min(rate, 200))
			tick := time.NewTicker(gap)
			defer tick.Stop()
			var facts []func() journal.Seq
			var delays []time.Duration
			written, began, start := 0, spent(b), time.Now()
			for b.Loop() {
				<-tick.C
				for due := int(time.Since(start).Seconds() * float64(rate)); written < due; written++ {
					if len(facts) == 0 {
						facts = r.facts(written)
					}
					from, seq := time.Now(), facts[0]()
					facts = facts[1:]
					if written%max(rate/4, 1) == 0 {
						delays = append(delays, r.delay(from, seq))
					}
				}
			}
			r.applied()
			slices.Sort(delays)
			b.ReportMetric(float64((spent(b)-began).Microseconds())/float64(max(written, 1)), "cpu-µs/event")
			if len(delays) > 0 {
				b.ReportMetric(float64(delays[len(delays)/2].Microseconds())/1000, "delay-p50-ms")
				b.ReportMetric(float64(delays[len(delays)-1].Microseconds())/1000, "delay-max-ms")
			}
			b.ReportMetric(r.metric("hotline_store_batches_total"), "transactions")
		})
	}
}

// pacedRig is a rig whose journal syncs at its own pace.
func pacedRig(b *testing.B) *rig {
	b.Helper()
	url := pg.URL(b)
	r := rigOn(b, url, url)
	if err := r.journal.Close(); err != nil {
		b.Fatal(err)
	}
	j, err := journal.Open(filepath.Join(r.dir, "paced"), journal.Options{Ballast: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = j.Close() })
	r.journal = j
	r.start()
	return r
}

// facts are the writing of one call's facts, one after the other.
func (r *rig) facts(n int) (all []func() journal.Seq) {
	contact := event.NewID(time.Now())
	for _, body := range ordinary(r, n) {
		all = append(all, func() journal.Seq { return r.write(contact, body) })
	}
	return all
}

// delay waits until a fact is in the database.
func (r *rig) delay(from time.Time, seq journal.Seq) time.Duration {
	r.t.Helper()
	if err := r.projector.Applied(r.t.Context(), seq); err != nil {
		r.t.Fatal(err)
	}
	return time.Since(from)
}
