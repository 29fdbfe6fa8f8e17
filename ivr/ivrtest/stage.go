package ivrtest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotline/ivr"
	"hotline/ivr/calendar"
)

// stage is where a script is played: it is the phone and the world of one
// call, and it reads the script's next line whenever the flow wants something.
type stage struct {
	name    string // of the script
	clock   *Clock
	world   *World
	steps   []step // left to play
	report  *Report
	call    ivr.Call
	hangup  context.CancelCauseFunc
	typed   string // keys pressed and not yet taken
	line    *line  // the wait the caller is in, or nil
	over    bool   // the call has ended
	failure error  // the first thing that went otherwise than written
}

// line is a wait in a queue or for a lawyer on call.
type line struct {
	request ivr.QueueRequest
	duty    *ivr.DutyRequest
	since   time.Time
	marks   ivr.Marks // added while waiting
	result  *ivr.QueueResult
	end     func()
	quiet   int // sayings since the script last moved
}

// ErrHungUp is why a script's caller is gone.
var ErrHungUp = errors.New("the caller hung up")

// errServed ends a hold program when somebody answers.
var errServed = errors.New("served")

// errScript ends a call that goes otherwise than written.
var errScript = errors.New("not as written")

func newStage(clock *Clock, calendars calendar.Calendars) *stage {
	return &stage{clock: clock, report: &Report{}, world: NewWorld(clock, calendars)}
}

// fail remembers what went wrong first and ends the call.
func (s *stage) fail(at step, format string, args ...any) error {
	if s.failure == nil {
		where := s.name
		if at.at.Line > 0 {
			where = fmt.Sprintf("%s:%d", s.name, at.at.Line)
		}
		s.failure = fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...))
	}
	if s.hangup != nil {
		s.hangup(errScript)
	}
	return errScript
}

// peek is the next line to play.
func (s *stage) peek() (step, bool) {
	if len(s.steps) == 0 {
		return step{}, false
	}
	return s.steps[0], true
}

// settle plays the lines that look back at what happened and those that change
// the world. It is called before anything new happens. What the outcome is, is
// known only when the call is over.
func (s *stage) settle() {
	for len(s.steps) > 0 {
		st := s.steps[0]
		if len(st.args) > 0 && st.args[0] == "outcome" && !s.over {
			return
		}
		var err error
		switch st.verb {
		case "expect":
			err = s.expect(st.args)
		case "given":
			err = s.given(st.args)
		default:
			return
		}
		s.steps = s.steps[1:]
		if err != nil {
			_ = s.fail(st, "%s: %v", st, err)
		}
	}
}

// take uses up the next line.
func (s *stage) take() step {
	st := s.steps[0]
	s.steps = s.steps[1:]
	if s.line != nil {
		s.line.quiet = 0
	}
	return st
}

// leave hangs up.
func (s *stage) leave(ctx context.Context) error {
	s.report.say("hangup")
	s.hangup(ErrHungUp)
	return context.Cause(ctx)
}

// pass lets time pass.
func (s *stage) pass(d time.Duration) { s.clock.Pass(d) }
