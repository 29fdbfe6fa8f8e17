package switchboard

import (
	"errors"
	"log/slog"
	"slices"
	"testing"

	"hotline/store/event"
	"hotline/store/journal"
)

// picky is a journal that takes no holds.
type picky struct {
	writes int
	kept   []event.Kind
}

// Append keeps all or, when a hold is among them, nothing.
func (p *picky) Append(events ...event.Event) (journal.Seq, error) {
	p.writes++
	var kinds []event.Kind
	for _, e := range events {
		if kinds = append(kinds, e.Body.Kind()); e.Body.Kind() == (&event.Held{}).Kind() {
			return 0, errors.New("no holds")
		}
	}
	p.kept = append(p.kept, kinds...)
	return 0, nil
}

// TestFactsAreKeptTogether files facts in one write, and loses the one that cannot be kept, not its neighbours.
func TestFactsAreKeptTogether(t *testing.T) {
	var log picky
	lost := 0
	f := &file{journal: &log, log: slog.New(slog.DiscardHandler), lost: func() { lost++ }}
	f.note()
	if log.writes != 0 {
		t.Error("wrote nothing at all to the journal")
	}
	f.note(&event.Noted{}, &event.Resumed{})
	want := []event.Kind{(&event.Noted{}).Kind(), (&event.Resumed{}).Kind()}
	if log.writes != 1 || !slices.Equal(log.kept, want) || lost != 0 {
		t.Errorf("%d writes kept %v, %d lost", log.writes, log.kept, lost)
	}
	log.kept = nil
	f.note(&event.Noted{}, &event.Held{}, &event.Resumed{})
	if !slices.Equal(log.kept, want) || lost != 1 {
		t.Errorf("kept %v, %d lost", log.kept, lost)
	}
}
