package calendar

import (
	"cmp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata"

	"hotline/ivr/source"
)

// Calendar says when a line is open. It does not change once loaded.
type Calendar struct {
	Name string
	At   source.Position

	zone     *time.Location
	holidays *Holidays // nil when holidays make no difference
	refer    string    // the name under which holidays are looked up
	promise  int       // minutes after midnight by which a message is answered
	hours    map[string][]period
	days     map[day][]period
}

// Moment is what a calendar says about an instant.
type Moment struct {
	Open    bool
	Holiday bool      // the date is a statutory day off
	Opens   time.Time // the next opening after the instant
	Promise time.Time // the hour, on the next day with hours, by which a message left now is answered
}

// horizon is how many days ahead an opening is looked for.
const horizon = 60

// Moment tells what holds at an instant. The error is a *YearError when the
// answer needs a year that is not entered: for an open line only today counts,
// and what comes after may be the zero time.
func (c *Calendar) Moment(t time.Time) (Moment, error) {
	t = t.In(c.zone)
	today := dayOf(t)
	var m Moment
	for _, d := range []day{dayOf(t.AddDate(0, 0, -1)), today} {
		periods, err := c.periods(d)
		if err != nil && d == today {
			return m, err
		}
		for _, p := range periods {
			from, to := c.span(d, p)
			m.Open = m.Open || !t.Before(from) && t.Before(to)
		}
	}
	m.Holiday = c.holidays != nil && c.holidays.off[today]
	var errOpens, errAnswer error
	m.Opens, errOpens = c.opens(t)
	m.Promise, errAnswer = c.answer(today)
	if m.Open {
		return m, nil
	}
	return m, cmp.Or(errOpens, errAnswer)
}

func (c *Calendar) span(d day, p period) (from, to time.Time) {
	a, b := p.minutes()
	midnight := d.in(c.zone)
	return midnight.Add(time.Duration(a) * time.Minute), midnight.Add(time.Duration(b) * time.Minute)
}

// opens finds the first opening after t. A calendar that never opens gives the
// zero time.
func (c *Calendar) opens(t time.Time) (time.Time, error) {
	d := dayOf(t)
	for range horizon {
		periods, err := c.periods(d)
		if err != nil {
			return time.Time{}, err
		}
		for _, p := range periods {
			if from, _ := c.span(d, p); from.After(t) {
				return from, nil
			}
		}
		d = d.next()
	}
	return time.Time{}, nil
}

// answer is the promised hour on the first day after a date that has hours.
func (c *Calendar) answer(d day) (time.Time, error) {
	for range horizon {
		d = d.next()
		periods, err := c.periods(d)
		if err != nil {
			return time.Time{}, err
		}
		if len(periods) > 0 {
			return d.in(c.zone).Add(time.Duration(c.promise) * time.Minute), nil
		}
	}
	return time.Time{}, nil
}

// workday tells whether people work on a date: a weekday that is no day off,
// or a weekend day worked instead.
func (c *Calendar) workday(d day) (bool, error) {
	weekday := d.in(time.UTC).Weekday()
	usual := weekday != time.Saturday && weekday != time.Sunday
	if c.holidays == nil {
		return usual, nil
	}
	if !c.holidays.years[d.year] {
		return false, &YearError{Calendar: c.Name, Holidays: c.holidays.Name, Year: d.year}
	}
	return c.holidays.work[d] || usual && !c.holidays.off[d], nil
}

// periods are the hours of a date: of the date itself, else of the holiday,
// else of the weekday unless it is worked instead, else of its sort.
func (c *Calendar) periods(d day) ([]period, error) {
	if p, ok := c.days[d]; ok {
		return p, nil
	}
	work, err := c.workday(d)
	if err != nil {
		return nil, err
	}
	if c.holidays != nil && c.holidays.off[d] {
		return c.hours["holiday"], nil
	}
	if c.holidays == nil || !c.holidays.work[d] {
		name := strings.ToLower(d.in(time.UTC).Weekday().String()[:3])
		if p, ok := c.hours[name]; ok {
			return p, nil
		}
	}
	if work {
		return c.hours["workday"], nil
	}
	return c.hours["restday"], nil
}

// Zone is where the calendar's days begin and end.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Hours are the hours of an ordinary working day, in time since midnight, in order.
func (c *Calendar) Hours() []Span {
	var all []Span
	for _, p := range c.hours["workday"] {
		from, to := p.minutes()
		all = append(all, Span{time.Duration(from) * time.Minute, time.Duration(to) * time.Minute})
	}
	return all
}

// Span is a stretch of a day, in time since its midnight.
type Span struct{ From, To time.Duration }

// Day tells of the date of an instant whether people work on it, and whether it is a statutory day off. The error is a
// *YearError when nobody has entered its year.
func (c *Calendar) Day(t time.Time) (worked, off bool, err error) {
	d := dayOf(t.In(c.zone))
	worked, err = c.workday(d)
	return worked, c.holidays != nil && c.holidays.off[d], err
}

// Missing lists the years touched by a span that nobody has entered.
func (c *Calendar) Missing(from, to time.Time) []int {
	if c.holidays == nil {
		return nil
	}
	var years []int
	for y := from.In(c.zone).Year(); y <= to.In(c.zone).Year(); y++ {
		if !c.holidays.years[y] && !slices.Contains(years, y) {
			years = append(years, y)
		}
	}
	return years
}

// HolidaysName is the list of holidays the calendar follows, or nothing.
func (c *Calendar) HolidaysName() string { return c.refer }
