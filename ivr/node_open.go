package ivr

import (
	"context"

	"hotline/ivr/calendar"
)

// openNode asks a working calendar whether the line is open. It fills the
// variable opens with the next opening.
type openNode struct {
	Open        calendarName `flow:"open" doc:"the working calendar"`
	Yes         Way          `flow:"yes" doc:"the line is open"`
	No          Way          `flow:"no" doc:"the line is closed"`
	Holiday     Way          `flow:"holiday,optional" doc:"closed for a statutory holiday (otherwise as no)"`
	Unavailable Way          `flow:"unavailable" doc:"the calendar gives no answer"`
}

func (n *openNode) gives() []declared { return []declared{{"opens", TimeSort}} }

func (n *openNode) step(ctx context.Context, v *visit) (Way, error) {
	m, ok, err := v.moment(ctx, n.Open.text)
	switch {
	case err != nil || !ok:
		return n.Unavailable, err
	case m.Open:
		return n.Yes, nil
	case m.Opens.IsZero():
		return n.Unavailable, nil
	}
	v.assign("opens", Instant(m.Opens), false)
	if m.Holiday {
		return n.Holiday.or(n.No), nil
	}
	return n.No, nil
}

// moment asks a calendar: the desk's, or the one the flow was loaded with.
func (v *visit) moment(ctx context.Context, name string) (calendar.Moment, bool, error) {
	return behind(ctx, v, "calendar", v.hours(name))
}

func (v *visit) hours(name string) func(context.Context) (calendar.Moment, error) {
	now := v.call.Now()
	return func(ctx context.Context) (calendar.Moment, error) {
		if v.call.Desk.Hours != nil {
			return v.call.Desk.Hours.Moment(ctx, name, now)
		}
		c := v.flow.edition.calendars[name]
		if c == nil {
			return calendar.Moment{}, errAway
		}
		return c.Moment(now)
	}
}
