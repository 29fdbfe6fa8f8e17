package switchboard_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"hotline/acd"
	"hotline/switchboard"
)

// The figures of the floor are there before anything has happened, so that the first change is seen as one.
func TestMetricsOfTheFloor(t *testing.T) {
	reg := prometheus.NewRegistry()
	s, err := switchboard.New(switchboard.Config{
		Lines: 1, Queues: switchboard.Queues{Rules: []acd.Queue{{Name: "labour"}}, Agents: acd.AgentRules{Misses: 1}},
	}, switchboard.Parts{Journal: forgetful{}, Log: slog.New(slog.DiscardHandler), Metrics: reg})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := testutil.GatherAndCount(reg, "hotline_switchboard_calls_refused_total"); err != nil || n < 3 {
		t.Errorf("%d reasons of refusals before the first: %v", n, err)
	}
	if err := s.Router.SignIn(acd.Agent{ID: "8001", Device: acd.DeviceIdle}); err != nil {
		t.Fatal(err)
	}
	ticket, err := s.Router.Join(acd.Request{Queue: "labour"})
	if err != nil {
		t.Fatal(err)
	}
	offer, err := s.Router.Wait(t.Context(), ticket)
	if err != nil {
		t.Fatal(err)
	}
	staff := `# HELP hotline_switchboard_queue_staff Counselors at work for a queue, at any step of its ladder.
# TYPE hotline_switchboard_queue_staff gauge
hotline_switchboard_queue_staff{queue="labour"} 1
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(staff), "hotline_switchboard_queue_staff"); err != nil {
		t.Error(err)
	}
	offer.Decline(acd.NoAnswer)
	alarms := `# HELP hotline_switchboard_alarms What somebody has to look at, by kind.
# TYPE hotline_switchboard_alarms gauge
hotline_switchboard_alarms{kind="long-wait"} 0
hotline_switchboard_alarms{kind="missed-calls"} 1
hotline_switchboard_alarms{kind="no-show"} 0
hotline_switchboard_alarms{kind="rest"} 0
hotline_switchboard_alarms{kind="unfit"} 0
hotline_switchboard_alarms{kind="unstaffed"} 0
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(alarms), "hotline_switchboard_alarms"); err != nil {
		t.Error(err)
	}
}
