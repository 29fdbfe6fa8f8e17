package switchboard_test

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/acd"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/switchboard"
)

type forgetful struct{}

func (forgetful) Append(...event.Event) (journal.Seq, error) { return 0, nil }

func TestWatchersHearTheFloorInOrder(t *testing.T) {
	s, err := switchboard.New(switchboard.Config{
		Lines: 1, Queues: switchboard.Queues{Rules: []acd.Queue{{Name: "labour", Times: acd.Times{Wrap: -1}}}},
	}, switchboard.Parts{Journal: forgetful{}, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	var first, second []acd.EventKind
	s.Watch(func(e acd.Event) {
		first = append(first, e.Kind)
		if s.Router.Snapshot().At.Before(e.At) { // a watcher may ask the router
			t.Error("the floor is older than its news")
		}
	})
	if err := s.Router.SignIn(acd.Agent{ID: "8001", Device: acd.DeviceIdle}); err != nil {
		t.Fatal(err)
	}
	s.Watch(func(e acd.Event) { second = append(second, e.Kind) })
	if _, err := s.Router.Join(acd.Request{Queue: "labour"}); err != nil {
		t.Fatal(err)
	}
	if want := []acd.EventKind{acd.AgentState, acd.QueueOpened, acd.Joined}; !slices.Equal(first, want) {
		t.Errorf("the first heard %v, want %v", first, want)
	}
	if want := []acd.EventKind{acd.Joined}; !slices.Equal(second, want) {
		t.Errorf("the second heard %v, want %v", second, want)
	}
}
