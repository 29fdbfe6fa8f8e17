package main

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/console"
	"hotline/switchboard"
)

// sirens are what people must look at besides the floor: who called for help in which call, what the office
// alarms about, and the machine. It implements
// console.Alarms.
type sirens struct {
	office   *office
	dangers  func() []switchboard.Danger
	gatherer prometheus.Gatherer
	machine  atomic.Pointer[[]console.Alarm]
}

// machineAlarms are the gauges by which the machine's parts say that they fail, and when they do. What pages somebody
// (deploy/prometheus) stands on the wall, too.
var machineAlarms = []struct { // table
	gauge string
	bad   float64
	kind  string
}{
	{"hotline_db_up", 0, "database-away"},
	{"hotline_journal_failing", 1, "disk-refuses"},
	{"hotline_journal_ballast_bytes", 0, "disk-full"},
	{"hotline_flows_refused", 1, "flows-refused"},
}

// Alarms implements console.Alarms.
func (s *sirens) Alarms() []console.Alarm {
	var all []console.Alarm
	if machine := s.machine.Load(); machine != nil {
		all = append(all, *machine...)
	}
	for _, d := range s.dangers() {
		all = append(all, console.Alarm{Kind: "danger", Since: d.Since, Agent: d.By, Call: d.Contact})
	}
	for _, a := range s.office.now.Load().alarms {
		all = append(all, console.Alarm{Kind: strings.ReplaceAll(a.Kind, "_", "-"), Since: a.Raised, Object: a.Object})
	}
	return all
}

// run looks at the machine until ctx ends.
func (s *sirens) run(ctx context.Context) error {
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	for {
		s.look(time.Now())
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// look finds the alarms of the machine that stand now; one that stood before keeps its time.
func (s *sirens) look(now time.Time) {
	families, err := s.gatherer.Gather()
	if err != nil && len(families) == 0 {
		return
	}
	values := map[string]float64{}
	for _, f := range families {
		if all := f.GetMetric(); len(all) == 1 && all[0].GetGauge() != nil {
			values[f.GetName()] = all[0].GetGauge().GetValue()
		}
	}
	stood := map[string]time.Time{}
	if before := s.machine.Load(); before != nil {
		for _, a := range *before {
			stood[a.Kind] = a.Since
		}
	}
	var standing []console.Alarm
	for _, about := range machineAlarms {
		if value, known := values[about.gauge]; !known || value != about.bad {
			continue
		}
		since, old := stood[about.kind]
		if !old {
			since = now
		}
		standing = append(standing, console.Alarm{Kind: about.kind, Since: since})
	}
	s.machine.Store(&standing)
}
