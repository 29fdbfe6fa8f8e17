package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/sip"
	"hotline/store"
	"hotline/store/event"
)

// The tones the built-in phones talk with, in Hz.
const (
	callerTone    = 440
	counselorTone = 1700
)

// visit is one call of the tour: who calls, what they do, and what must come of it.
type visit struct {
	title   string
	number  string // shown as the caller
	dial    string
	script  string
	delay   time.Duration
	outcome event.Outcome
	talked  bool
}

func visits() []visit {
	return []visit{
		{
			title: "an adult, in Cantonese, about unpaid wages", number: "13800138000", dial: "12348",
			script:  "wait 3s, press 2, wait 2s, press 1, wait 11s, press 1, wait 2s, press 1, stay",
			outcome: event.OutcomeAnswered, talked: true,
		},
		{
			title: "a child calls 12355", number: "13700137000", dial: "12355",
			script: "wait 13s", delay: time.Second, outcome: event.OutcomeAnswered, talked: true,
		},
		{
			title: "a caller who hangs up while waiting", number: "13600136000", dial: "12348",
			script: "wait 2s, press 1, wait 2s, press 4, wait 10s", delay: 2 * time.Second, outcome: event.OutcomeAbandoned,
		},
	}
}

// seats are the built-in counselors' phones.
type seats struct {
	stop  context.CancelFunc
	wait  sync.WaitGroup
	lines []*sip.Registered
}

func (s *seats) close() {
	for _, l := range s.lines {
		l.Close()
	}
	s.stop()
	s.wait.Wait()
}

// errNoStaff says that the database is not a demo centre's.
var errNoStaff = errors.New("no demo staff here: the data folder belongs to a real centre; set HOTLINE_DATA to a folder for the demo")

// openSeats registers a counselor for labour who answers, one for minors who answers, and one for criminal matters who
// is away from the desk.
func (t *tour) openSeats(ctx context.Context) (*seats, error) {
	staff, err := readCredentials(t.config.path(demoStaffFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoStaff
	}
	if err != nil {
		return nil, err
	}
	live, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &seats{stop: stop}
	for _, seat := range []struct {
		extension, script string
		after             time.Duration
	}{
		{"8002", "wait 7s", 1500 * time.Millisecond},
		{"8006", "stay", time.Second},
		{"8005", "stay", time.Hour},
	} {
		if err := t.openSeat(live, s, staff, seat.extension, seat.script, seat.after); err != nil {
			s.close()
			return nil, err
		}
	}
	t.say("three counselors' phones are registered: 8002 labour, 8006 minors, 8005 criminal (who does not hear it ring)")
	return s, nil
}

func (t *tour) openSeat(ctx context.Context, s *seats, staff []credential, extension, script string, after time.Duration) error {
	steps, err := phone.ParseScript(script)
	if err != nil {
		return err
	}
	c := phone.Config{Extension: extension, Tone: counselorTone, Answering: phone.Answering{After: after, Script: steps}}
	for _, member := range staff {
		if member.extension == extension {
			c.Password = member.password
		}
	}
	p, err := t.phone(ctx, &s.wait, c)
	if err != nil {
		return err
	}
	registered, err := p.Register(ctx, 10*time.Minute)
	if err != nil {
		return fmt.Errorf("register %s (has its password changed since the demo centre was made?): %w", extension, err)
	}
	s.lines = append(s.lines, registered)
	return nil
}

// phone starts a built-in phone that runs until the context ends.
func (t *tour) phone(ctx context.Context, wait *sync.WaitGroup, c phone.Config) (*phone.Phone, error) {
	c.Server = t.program.floor.ua.Addr().String()
	p, err := phone.New(c)
	if err != nil {
		return nil, err
	}
	if err := p.Listen(ctx); err != nil {
		return nil, err
	}
	wait.Go(func() { _ = p.Run(ctx) }) // a phone that fails shows in its call
	return p, nil
}

// told is a call that was placed, and its contact once it is filed.
type told struct {
	visit
	contact store.Contact
}

// placeCalls places all calls side by side and waits until each is filed.
func (t *tour) placeCalls(ctx context.Context) ([]told, error) {
	live, stop := context.WithCancel(ctx)
	var phones sync.WaitGroup
	defer func() { stop(); phones.Wait() }()
	known, err := t.program.storage.db.RecentContacts(ctx, 1)
	if err != nil {
		return nil, err
	}
	all := make([]told, len(visits()))
	faults := make([]error, len(all))
	var calls sync.WaitGroup
	for i, v := range visits() {
		all[i].visit = v
		calls.Go(func() { faults[i] = t.place(live, &phones, v) })
	}
	calls.Wait()
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return all, t.match(ctx, all, known)
}

func (t *tour) place(ctx context.Context, phones *sync.WaitGroup, v visit) error {
	timer := time.NewTimer(v.delay)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
	}
	script, err := phone.ParseScript(v.script)
	if err != nil {
		return err
	}
	p, err := t.phone(ctx, phones, phone.Config{Number: v.number, Tone: callerTone})
	if err != nil {
		return err
	}
	t.say("%s: dials %s", v.title, v.dial)
	limit, cancel := context.WithTimeout(ctx, 50*time.Second)
	defer cancel()
	report, err := p.Call(limit, v.dial, script)
	if err != nil {
		return fmt.Errorf("%s: %w", v.title, err)
	}
	t.say("%s: the call is over after %.0f s (%s)", v.title, report.Ended.Sub(report.Answered).Seconds(), report.Ending)
	return nil
}

// match waits until all calls are filed and finds their contacts, by the order in which they began.
func (t *tour) match(ctx context.Context, all []told, known []store.Contact) error {
	if err := t.program.floor.service.Drain(ctx); err != nil {
		return err
	}
	if err := t.program.storage.projector.Applied(ctx, t.program.storage.journal.Last()); err != nil {
		return err
	}
	contacts, err := t.program.storage.db.RecentContacts(ctx, len(all))
	if err != nil {
		return err
	}
	if len(contacts) < len(all) || (len(known) > 0 && contacts[len(all)-1].ID == known[0].ID) {
		return fmt.Errorf("%d calls were placed, not all are filed", len(all))
	}
	for i := range all {
		all[i].contact = contacts[len(all)-1-i]
	}
	return nil
}
