package ivrtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hotline/ivr"
)

// Run plays a script on an edition. The error says, with file and line, what
// went otherwise than written; the report tells the call either way.
func Run(e *ivr.Edition, script *Script) (*Report, error) {
	s := newStage(NewClock(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)), e.Calendars())
	s.steps = append(s.steps, script.steps...)
	s.name = script.Name
	f, err := s.begin(e)
	if err != nil {
		return s.report, cmp.Or(s.failure, err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	s.hangup = cancel
	s.call.Now = s.clock.Now
	s.call.Desk = s.world.Desk()
	s.call.Desk.Duty = s
	s.report.Result, err = ivr.Run(ctx, f, s, s.call)
	s.report.Filed = s.world.Filed
	return s.report, s.finish(script, err)
}

// begin plays the lines before the call, up to dial or start.
func (s *stage) begin(e *ivr.Edition) (*ivr.Flow, error) {
	for {
		s.settle()
		st, ok := s.peek()
		if !ok || s.failure != nil {
			return nil, errScript
		}
		s.take()
		switch st.verb {
		case "at":
			at, err := parseAt(st.args)
			if err != nil {
				return nil, err
			}
			s.clock.now = at
		case "dial":
			return s.dial(e, st)
		case "start":
			return s.leg(e, st)
		default:
			return nil, s.fail(st, "%q comes before the call begins", st.verb)
		}
	}
}

func (s *stage) dial(e *ivr.Edition, st step) (*ivr.Flow, error) {
	f, ok := e.Flow(st.args[0])
	if !ok || !f.Line() {
		return nil, s.fail(st, "no flow answers the line %s", st.args[0])
	}
	s.call.Line, s.call.Caller = st.args[0], ivr.Caller{Number: "+8613800000000"}
	if len(st.args) == 2 {
		s.call.Caller = ivr.Caller{Anonymous: true}
	}
	if len(st.args) == 3 {
		s.call.Caller.Number = st.args[2]
	}
	return f, nil
}

// leg starts a flow on a leg that is up, with variables whose sorts the flow
// declares.
func (s *stage) leg(e *ivr.Edition, st step) (*ivr.Flow, error) {
	f, ok := e.Flow(st.args[0])
	if !ok || f.Line() {
		return nil, s.fail(st, "no flow %s runs on a leg", st.args[0])
	}
	if s.call.Vars == nil {
		s.call.Vars = map[string]ivr.Value{}
	}
	for _, a := range st.args[1:] {
		name, value, _ := strings.Cut(a, "=")
		v, err := ivr.ParseValue(f.Expects()[name], value)
		if err != nil {
			return nil, s.fail(st, "%s: %v", name, err)
		}
		s.call.Vars[name] = v
	}
	return f, nil
}

// finish plays the expectations at the end and tells the first thing that went
// otherwise than written.
func (s *stage) finish(script *Script, err error) error {
	s.over = true
	s.settle()
	st, more := s.peek()
	switch {
	case s.failure != nil:
		return s.told(s.failure)
	case more:
		return s.told(fmt.Errorf("%s:%d: the call is over, the script goes on with: %s", st.at.File, st.at.Line, st))
	case err != nil && !errors.Is(err, ErrHungUp):
		return s.told(fmt.Errorf("%s: %w", script.Name, err))
	default:
		return nil
	}
}

// told adds the call so far to what went wrong.
func (s *stage) told(err error) error {
	lines := s.report.Transcript
	if len(lines) > 30 {
		lines = append([]string{"..."}, lines[len(lines)-30:]...)
	}
	return fmt.Errorf("%w\nthe call so far:\n  %s", err, strings.Join(lines, "\n  "))
}
