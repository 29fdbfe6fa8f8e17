package calendar

import (
	"fmt"
	"strings"
	"time"

	"hotline/ivr/source"
)

// period is a stretch of opening within a day, in minutes after its midnight.
// A period that ends at or before its start runs past midnight, and belongs to
// the day on which it starts.
type period struct{ from, to int }

func (p period) minutes() (from, to int) {
	if p.to <= p.from {
		return p.from, p.to + 24*60
	}
	return p.from, p.to
}

// readPeriods reads "closed" or a list of "08:30-12:00".
func readPeriods(n *source.Node, faults *source.Faults) []period {
	if n.Kind == source.Scalar && n.Text == "closed" {
		return []period{}
	}
	if n.Kind != source.List {
		faults.Add(n.Position, "hours are closed or a list such as [\"08:30-12:00\", \"14:00-17:30\"]")
	}
	periods := []period{}
	for _, item := range n.Items {
		from, to, _ := strings.Cut(item.Text, "-")
		start, ok1 := readClock(from)
		end, ok2 := readClock(to)
		if !ok1 || !ok2 || start == 24*60 {
			faults.Add(item.Position, "%q is not a stretch of hours such as 08:30-12:00", item.Text)
			continue
		}
		if k := len(periods); k > 0 {
			if _, before := periods[k-1].minutes(); start < before {
				faults.Add(item.Position, "%s begins before the hours in front of it have ended", item.Text)
			}
		}
		periods = append(periods, period{start, end})
	}
	return periods
}

// readClock reads 00:00 to 24:00 as minutes after midnight.
func readClock(s string) (int, bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	return t.Hour()*60 + t.Minute(), err == nil
}

// YearError says that a calendar was asked about a year nobody has entered.
type YearError struct {
	Calendar string
	Holidays string
	Year     int
}

// Error names the year and where to enter it.
func (e *YearError) Error() string {
	return fmt.Sprintf("calendar %s: the holidays %q have no year %d", e.Calendar, e.Holidays, e.Year)
}
