package main

import (
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/store"
	"hotline/switchboard"
)

// What fails in the machine stands until it works again, with the time it began; what the office alarms about stands
// beside it.
func TestSirens(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	gauges := map[string]prometheus.Gauge{}
	for _, about := range machineAlarms {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: about.gauge, Help: "x"})
		g.Set(1 - about.bad)
		reg.MustRegister(g)
		gauges[about.gauge] = g
	}
	o := &office{log: slog.New(slog.DiscardHandler)}
	o.now.Store(&snapshot{alarms: []store.Alarm{{Kind: "query_code_locked", Object: "query_code:1", Raised: time.Unix(1, 0)}}})
	s := &sirens{office: o, gatherer: reg, dangers: func() []switchboard.Danger { return nil }}
	kinds := func(at time.Time) (all []string) {
		t.Helper()
		s.look(at)
		for _, a := range s.Alarms() {
			all = append(all, a.Kind)
		}
		return all
	}
	if got := kinds(time.Unix(10, 0)); len(got) != 1 || got[0] != "query-code-locked" {
		t.Errorf("with nothing wrong: %v", got)
	}
	for i, about := range machineAlarms {
		gauges[about.gauge].Set(about.bad)
		if got := kinds(time.Unix(int64(20+i), 0)); len(got) != i+2 || got[i] != about.kind {
			t.Errorf("%s: %v", about.gauge, got)
		}
	}
	if a := s.Alarms()[0]; !a.Since.Equal(time.Unix(20, 0)) {
		t.Errorf("the first began at %s", a.Since)
	}
	for _, about := range machineAlarms {
		gauges[about.gauge].Set(1 - about.bad)
	}
	if got := kinds(time.Unix(30, 0)); len(got) != 1 {
		t.Errorf("over: %v", got)
	}
}
