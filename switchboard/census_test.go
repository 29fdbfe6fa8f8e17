package switchboard_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/store/event"
)

// told are the metrics by name and labels; of histograms the number of observations.
func (r *rig) told() map[string]float64 {
	r.t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			name := fmt.Sprintf("%s{%s}", strings.TrimPrefix(f.GetName(), "hotline_switchboard_"), strings.Join(labels, ","))
			all[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return all
}

// What managers and alerts need to know of queues moves with what happens: depth, oldest wait, offered, answered and abandoned
// by stage and class, service level at each threshold, counselors by state, reservations that ran out, the lag of the
// dispatcher.
func TestMetricsMove(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{}, counselor("8001", "labour"), counselor("8002", "minors"))
	r.seat("8001", phone.Answering{After: time.Hour})
	r.seat("8002", phone.Answering{Script: script(t, "wait 300ms")})
	report := r.call("12348", "wait 600ms, press 1, wait 4s") // rings out, and once more
	await(r, func(e *event.Enqueued) bool { return e.Queue == "labour" })
	await(r, func(e *event.OfferEnded) bool { return e.Why == event.OfferTimeout })
	waiting := r.told()
	r.call("12355", "stay")
	await(r, func(e *event.Connected) bool { return e.Queue == "minors" })
	<-report
	eventually(t, "both are closed", func() bool { return len(all[*event.Closed](r)) == 2 })
	got := r.told()
	for name, want := range map[string]float64{
		"queue_offered_total{class=ordinary,queue=labour}":                         1,
		"queue_offered_total{class=minor,queue=minors}":                            1,
		"queue_visits_total{class=minor,outcome=answered,queue=minors,stage=talk}": 1,
		"reservations_expired_total{queue=labour}":                                 1,
		"dispatch_lag_seconds{queue=minors}":                                       1,
		"service_level_ratio{queue=minors,seconds=15}":                             1,
		"service_level_ratio{queue=minors,seconds=30}":                             1,
		"service_level_ratio{queue=minors,seconds=60}":                             1,
		"wait_seconds{queue=minors}":                                               1,
		"talk_seconds{queue=minors}":                                               1,
		"contacts_closed_total{line=12355,outcome=answered,stage=after}":           1,
		"queue_callers{queue=labour}":                                              0,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	gave := 0.0
	for name, n := range got {
		if strings.HasPrefix(name, "queue_visits_total{class=ordinary,outcome=abandoned,queue=labour,stage=") {
			gave += n
		}
	}
	if gave != 1 {
		t.Errorf("%v gave up, in %v", gave, slices.Sorted(maps.Keys(got)))
	}
	if waiting["queue_callers{queue=labour}"] != 1 || waiting["queue_longest_wait_seconds{queue=labour}"] < 1 || waiting["queue_staff{queue=labour}"] != 1 {
		t.Errorf("while one waited: %v", waiting)
	}
	if n := waiting["agents{state=ready}"] + waiting["agents{state=reserved}"]; n != 2 {
		t.Errorf("%v at work", n)
	}
}
