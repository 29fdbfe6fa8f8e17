package casework

import (
	"errors"
	"fmt"
	"time"
)

// Sort says what a day is for those who work at the body.
type Sort int

// The sorts of days. A weekend day that is worked instead of another is a Workday.
const (
	Workday Sort = iota
	RestDay      // a day of the weekend
	Holiday      // a statutory day off
)

// Period is a part of the business hours of a working day, in time since midnight.
type Period struct{ From, To time.Duration }

// Office is when a body works.
type Office struct {
	// Zone is where its days begin and end.
	Zone *time.Location
	// Hours are the business hours of a working day, in order and without overlap.
	Hours []Period
	// Day tells what the day is that begins at the given midnight. Its error, such as for a year nobody has entered, is
	// the error of the clock that asked: a date is never guessed.
	Day func(midnight time.Time) (Sort, error)
	// StrictRest lets a last day that is a rest day stand; only statutory holidays move it then. Civil Code art. 203 is
	// usually read without.
	StrictRest bool
}

// ErrNoWorkday means that there is no working day for more than a year: the calendar is wrong.
var ErrNoWorkday = errors.New("no working day within a year")

// horizon is how many days are looked at for a working day, far more than any holiday lasts.
const horizon = 400

// midnight is the beginning of the day of a moment.
func (o Office) midnight(t time.Time) time.Time {
	y, m, d := t.In(o.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, o.Zone)
}

// plus is the beginning of the day so many days after another.
func (o Office) plus(midnight time.Time, days int) time.Time {
	y, m, d := midnight.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, o.Zone)
}

// at is a time of a day, by the clock on the wall.
func (o Office) at(midnight time.Time, since time.Duration) time.Time {
	y, m, d := midnight.Date()
	return time.Date(y, m, d, 0, 0, int(since/time.Second), 0, o.Zone)
}

// close is the end of business of a working day.
func (o Office) close(midnight time.Time) time.Time {
	if len(o.Hours) == 0 {
		return o.plus(midnight, 1)
	}
	return o.at(midnight, o.Hours[len(o.Hours)-1].To)
}

// Workday is how long a working day is: the sum of its business hours.
func (o Office) Workday() time.Duration {
	var sum time.Duration
	for _, p := range o.Hours {
		sum += p.To - p.From
	}
	return sum
}

// next is the first day from the given one on that fits.
func (o Office) next(midnight time.Time, fits func(Sort) bool) (time.Time, error) {
	for range horizon {
		sort, err := o.Day(midnight)
		if err != nil {
			return time.Time{}, fmt.Errorf("working calendar: %w", err)
		}
		if fits(sort) {
			return midnight, nil
		}
		midnight = o.plus(midnight, 1)
	}
	return time.Time{}, ErrNoWorkday
}

func worked(s Sort) bool { return s == Workday }
