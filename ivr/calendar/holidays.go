package calendar

import (
	"strconv"
	"strings"
	"time"

	"hotline/ivr/source"
)

// Holidays are the days off and the make-up workdays of the years entered.
type Holidays struct {
	Name string
	At   source.Position

	years map[int]bool
	off   map[day]bool
	work  map[day]bool
}

// day is a date without a time: comparable, and free of zones.
type day struct {
	year  int
	month time.Month
	date  int
}

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day{y, m, d}
}

func (d day) in(zone *time.Location) time.Time {
	return time.Date(d.year, d.month, d.date, 0, 0, 0, 0, zone)
}

func (d day) next() day { return dayOf(d.in(time.UTC).AddDate(0, 0, 1)) }

func (d day) String() string { return d.in(time.UTC).Format(time.DateOnly) }

func readHolidays(root *source.Node, faults *source.Faults) *Holidays {
	h := &Holidays{At: root.Position, years: map[int]bool{}, off: map[day]bool{}, work: map[day]bool{}}
	for _, f := range root.Fields {
		switch f.Key {
		case "holidays":
			h.Name = f.Value.Text
		case "years":
			for _, year := range f.Value.Fields {
				h.year(year, faults)
			}
		default:
			faults.AddHint(f.At, source.Suggest(f.Key, []string{"holidays", "years"}), "unknown field %q in a list of holidays", f.Key)
		}
	}
	return h
}

func (h *Holidays) year(f source.Field, faults *source.Faults) {
	year, err := strconv.Atoi(f.Key)
	if err != nil || year < 2000 || year > 2200 {
		faults.Add(f.At, "%q is not a year", f.Key)
		return
	}
	h.years[year] = true
	for _, field := range f.Value.Fields {
		switch field.Key {
		case "source":
		case "off":
			h.days(h.off, year, field.Value, faults)
		case "work":
			h.days(h.work, year, field.Value, faults)
		default:
			faults.AddHint(field.At, source.Suggest(field.Key, []string{"source", "off", "work"}), "unknown field %q in the year %d", field.Key, year)
		}
	}
	for d := range h.work {
		if h.off[d] {
			faults.Add(f.At, "%v is both a day off and a workday", d)
		}
	}
}

// days reads dates and spans first..last of one year.
func (h *Holidays) days(into map[day]bool, year int, n *source.Node, faults *source.Faults) {
	for _, item := range n.Items {
		first, last, span := strings.Cut(item.Text, "..")
		if !span {
			last = first
		}
		from, ok1 := parseDay(first)
		to, ok2 := parseDay(last)
		if !ok1 || !ok2 || from.in(time.UTC).After(to.in(time.UTC)) {
			faults.Add(item.Position, "%q is not a date or a span of dates such as 2026-10-01..2026-10-07", item.Text)
			continue
		}
		if from.year != year || to.year != year {
			faults.Add(item.Position, "%s is not in the year %d", item.Text, year)
			continue
		}
		for d := from; ; d = d.next() {
			into[d] = true
			if d == to {
				break
			}
		}
	}
}

func parseDay(s string) (day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return dayOf(t), err == nil
}
