package ivrtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/ivr"
	"hotline/ivr/calendar"
)

// World is an office in memory: what the services behind a flow know and do.
// The zero value knows nothing and answers everything.
type World struct {
	Clock     *Clock
	Calendars calendar.Calendars
	File      ivr.File
	Cases     map[string]Case     // by kind and reference: "case 2026001"
	PINs      map[string]Facility // by the facility's code
	Stations  map[string]ivr.Station
	Slots     []Slot
	Clips     map[string]string // a clip's id by topic
	Refused   []string          // kinds of requests the rules refuse
	Sources   map[string]Source // how well each service answers
	Queues    map[string]Queue  // how each queue stands; others are open and empty
	Filed     Filed             // what came out
}

// Slot is a free appointment; one that is Taken goes to another caller first.
type Slot struct {
	ivr.Slot
	Taken bool
}

// Case is something a caller can look up.
type Case struct {
	Code   string
	Answer ivr.CaseAnswer
	misses int
}

// Facility is a detention house or procuratorate.
type Facility struct {
	PIN    string
	ID     string
	misses int
}

// Filed is what callers asked of the office.
type Filed struct {
	Requests  []ivr.Request
	Callbacks []ivr.Callback
	Bookings  []string
}

// Queue is how a queue stands, for everybody who asks.
type Queue struct {
	Closed, Full bool
	Place        ivr.Place
}

// NewWorld is an office that knows the calendars and nothing else.
func NewWorld(clock *Clock, calendars calendar.Calendars) *World {
	return &World{
		Clock: clock, Calendars: calendars, Cases: map[string]Case{}, PINs: map[string]Facility{},
		Stations: map[string]ivr.Station{}, Clips: map[string]string{}, Sources: map[string]Source{}, Queues: map[string]Queue{},
	}
}

// Source says how a service answers: not at all, or slowly for the first few
// times.
type Source struct {
	Broken bool
	Slow   int
}

// errBroken is what a broken source answers.
var errBroken = errors.New("broken")

// wrongCodes locks a thing in the office's own count.
const wrongCodes = 3

// Desk is the office as a flow sees it. Duty is the phone's business.
func (w *World) Desk() ivr.Desk {
	return ivr.Desk{
		Files: files{w}, Hours: hours{w}, Cases: cases{w}, Facilities: facilities{w},
		Stations: stations{w}, Slots: slots{w}, Requests: requests{w}, Callbacks: callbacks{w}, Clips: clips{w},
	}
}

// source lets a service be slow or broken before it answers.
func (w *World) source(ctx context.Context, name string) error {
	s := w.Sources[name]
	if s.Broken {
		return fmt.Errorf("%s: %w", name, errBroken)
	}
	if s.Slow > 0 {
		s.Slow--
		w.Sources[name] = s
		if until, ok := ctx.Deadline(); ok {
			w.Clock.Pass(time.Until(until))
		}
		return fmt.Errorf("%s: %w", name, context.DeadlineExceeded)
	}
	return nil
}

type files struct{ *World }

func (f files) File(ctx context.Context, c ivr.Caller, _ string) (ivr.File, error) {
	if err := f.source(ctx, "files"); err != nil || c.Anonymous {
		return ivr.File{}, err
	}
	return f.World.File, nil
}

type hours struct{ *World }

func (h hours) Moment(ctx context.Context, name string, at time.Time) (calendar.Moment, error) {
	if err := h.source(ctx, "calendar"); err != nil {
		return calendar.Moment{}, err
	}
	c := h.Calendars[name]
	if c == nil {
		return calendar.Moment{}, fmt.Errorf("no calendar %s", name)
	}
	return c.Moment(at)
}

type cases struct{ *World }

func (c cases) Case(ctx context.Context, kind, reference, code string) (ivr.CaseAnswer, error) {
	if err := c.source(ctx, "cases"); err != nil {
		return ivr.CaseAnswer{}, err
	}
	k := kind + " " + reference
	found, ok := c.Cases[k]
	switch {
	case !ok:
		return ivr.CaseAnswer{Finding: ivr.Missing}, nil
	case found.misses >= wrongCodes:
		return ivr.CaseAnswer{Finding: ivr.Locked}, nil
	case found.Code != code:
		found.misses++
		c.Cases[k] = found
		return ivr.CaseAnswer{Finding: ivr.Missing}, nil
	}
	found.Answer.Finding = ivr.Found
	return found.Answer, nil
}

type facilities struct{ *World }

func (f facilities) Facility(ctx context.Context, code, pin string) (ivr.FacilityAnswer, error) {
	if err := f.source(ctx, "facilities"); err != nil {
		return ivr.FacilityAnswer{}, err
	}
	found, ok := f.PINs[code]
	switch {
	case !ok:
		return ivr.FacilityAnswer{Finding: ivr.Missing}, nil
	case found.misses >= wrongCodes:
		return ivr.FacilityAnswer{Finding: ivr.Locked}, nil
	case found.PIN != pin:
		found.misses++
		f.PINs[code] = found
		return ivr.FacilityAnswer{Finding: ivr.Missing}, nil
	}
	return ivr.FacilityAnswer{Finding: ivr.Found, ID: found.ID}, nil
}

type stations struct{ *World }

func (s stations) Station(ctx context.Context, district string) (ivr.Station, error) {
	return s.Stations[district], s.source(ctx, "stations")
}

type slots struct{ *World }

func (s slots) Free(ctx context.Context, _, _ string, after time.Time, limit int) ([]ivr.Slot, error) {
	if err := s.source(ctx, "slots"); err != nil {
		return nil, err
	}
	var free []ivr.Slot
	for _, slot := range s.Slots {
		if slot.At.After(after) && len(free) < limit && !slices.Contains(s.Filed.Bookings, slot.ID) {
			free = append(free, slot.Slot)
		}
	}
	return free, nil
}

func (s slots) Take(ctx context.Context, slot string, _ ivr.Caller, _ string) (ivr.Booking, error) {
	if err := s.source(ctx, "slots"); err != nil {
		return ivr.Booking{}, err
	}
	if slices.Contains(s.Filed.Bookings, slot) {
		return ivr.Booking{Taken: true}, nil
	}
	s.Filed.Bookings = append(s.Filed.Bookings, slot)
	if slices.ContainsFunc(s.Slots, func(other Slot) bool { return other.ID == slot && other.Taken }) {
		return ivr.Booking{Taken: true}, nil
	}
	return ivr.Booking{Reference: fmt.Sprintf("B%03d", len(s.Filed.Bookings))}, nil
}

type requests struct{ *World }

func (r requests) File(ctx context.Context, q ivr.Request) (ivr.Receipt, error) {
	if err := r.source(ctx, "requests"); err != nil {
		return ivr.Receipt{}, err
	}
	if slices.Contains(r.Refused, q.Kind) {
		return ivr.Receipt{Refused: true}, nil
	}
	r.Filed.Requests = append(r.Filed.Requests, q)
	return ivr.Receipt{Reference: fmt.Sprintf("R%03d", len(r.Filed.Requests)), Due: r.Clock.Now().Add(24 * time.Hour)}, nil
}

type callbacks struct{ *World }

func (c callbacks) Promise(ctx context.Context, b ivr.Callback) (ivr.Receipt, error) {
	if err := c.source(ctx, "callbacks"); err != nil {
		return ivr.Receipt{}, err
	}
	c.Filed.Callbacks = append(c.Filed.Callbacks, b)
	return ivr.Receipt{Reference: fmt.Sprintf("K%03d", len(c.Filed.Callbacks))}, nil
}

type clips struct{ *World }

func (c clips) Clip(ctx context.Context, topic string, _ ivr.Lang) (ivr.Clip, error) {
	return ivr.Clip{ID: c.Clips[topic]}, c.source(ctx, "clips")
}
