package casework

import (
	"errors"
	"fmt"
	"time"
)

// The times the law and the centre give.
const (
	TargetTime    = 420 * time.Minute // of business hours, from a complete application to the decision; the centre's own
	ReviewDays    = 7                 // to decide on an application (Legal Aid Law art. 43)
	AppointDays   = 3                 // to appoint a lawyer after a notice (art. 36)
	ObjectionDays = 5                 // for the bureau to review an objection (art. 49)
	ForwardTime   = 24 * time.Hour    // to forward a detained person's application (art. 39)
	ConfirmDays   = 30                // to ask the court together to confirm a settlement (People's Mediation Law art. 33)
)

// Pause is a stretch in which a clock stands still, as while papers are missing. Resume is zero while it lasts.
type Pause struct{ Stop, Resume time.Time }

// Clock is the course of one matter: when it began, and when it stood still, in order.
type Clock struct {
	Start  time.Time
	Pauses []Pause
}

var (
	// ErrStopped means that the clock stands still: nothing is due.
	ErrStopped = errors.New("clock is stopped")
	// ErrDisorder means that pauses overlap, end before they begin, or begin before the clock.
	ErrDisorder = errors.New("pauses of the clock are out of order")
)

// check finds pauses that cannot have been.
func (c Clock) check() error {
	last := c.Start
	for i, p := range c.Pauses {
		if p.Stop.Before(last) || !p.Resume.IsZero() && p.Resume.Before(p.Stop) {
			return ErrDisorder
		}
		if p.Resume.IsZero() {
			if i < len(c.Pauses)-1 {
				return ErrDisorder
			}
			return ErrStopped
		}
		last = p.Resume
	}
	return nil
}

// Promise is what the applicant is told: the close of business on the first working day after the day on which the
// clock last began to run. The errors are ErrStopped, ErrDisorder, ErrNoWorkday and those of Office.Day.
func (o Office) Promise(c Clock) (time.Time, error) {
	if err := c.check(); err != nil {
		return time.Time{}, fmt.Errorf("promise: %w", err)
	}
	began := c.Start
	if n := len(c.Pauses); n > 0 {
		began = c.Pauses[n-1].Resume
	}
	day, err := o.next(o.plus(o.midnight(began), 1), worked)
	if err != nil {
		return time.Time{}, fmt.Errorf("promise: %w", err)
	}
	return o.close(day), nil
}

// Statutory is the last moment the law allows for something that may take so many days: the day it begins on is not
// counted, a last day off moves to the next working day, and the end is the close of business (Civil Code art. 201, 203).
// Days on which the clock stood still are not counted either. The errors are those of Promise.
func (o Office) Statutory(c Clock, days int) (time.Time, error) {
	if err := c.check(); err != nil {
		return time.Time{}, fmt.Errorf("statutory time: %w", err)
	}
	for _, p := range c.Pauses {
		days += o.days(p.Stop, p.Resume)
	}
	last, err := o.next(o.plus(o.midnight(c.Start), days), o.ends)
	if err != nil {
		return time.Time{}, fmt.Errorf("statutory time: %w", err)
	}
	return o.close(last), nil
}

// ends says whether a period may end on such a day.
func (o Office) ends(s Sort) bool { return s == Workday || s == RestDay && o.StrictRest }

// days is how many days lie between the dates of two moments.
func (o Office) days(from, to time.Time) int {
	fy, fm, fd := from.In(o.Zone).Date()
	ty, tm, td := to.In(o.Zone).Date()
	span := time.Date(ty, tm, td, 0, 0, 0, 0, time.UTC).Sub(time.Date(fy, fm, fd, 0, 0, 0, 0, time.UTC))
	return int(span / (24 * time.Hour))
}

// Target is when so much time of business hours has passed on the clock. The errors are those of Promise.
func (o Office) Target(c Clock, work time.Duration) (time.Time, error) {
	if err := c.check(); err != nil {
		return time.Time{}, fmt.Errorf("target: %w", err)
	}
	from := c.Start
	for _, p := range c.Pauses {
		due, used, err := o.spend(from, p.Stop, work)
		if err != nil {
			return time.Time{}, fmt.Errorf("target: %w", err)
		}
		if used >= work {
			return due, nil
		}
		work -= used
		from = p.Resume
	}
	due, _, err := o.spend(from, time.Time{}, work)
	if err != nil {
		return time.Time{}, fmt.Errorf("target: %w", err)
	}
	return due, nil
}

// spend counts business hours from one moment on until work is used up, at due, or the other moment comes; a zero until
// never comes.
func (o Office) spend(from, until time.Time, work time.Duration) (due time.Time, used time.Duration, err error) {
	day := o.midnight(from)
	for idle := 0; idle < horizon; idle++ {
		if !until.IsZero() && !day.Before(until) {
			return time.Time{}, used, nil
		}
		sort, err := o.Day(day)
		if err != nil {
			return time.Time{}, 0, fmt.Errorf("working calendar: %w", err)
		}
		if sort == Workday {
			before := used
			for _, p := range o.Hours {
				begin, end := later(o.at(day, p.From), from), o.at(day, p.To)
				if !until.IsZero() && until.Before(end) {
					end = until
				}
				if !begin.Before(end) {
					continue
				}
				if used+end.Sub(begin) >= work {
					return begin.Add(work - used), work, nil
				}
				used += end.Sub(begin)
			}
			if used > before {
				idle = 0
			}
		}
		day = o.plus(day, 1)
	}
	return time.Time{}, 0, ErrNoWorkday
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
