package staffing

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"hotline/acd"
	"hotline/acd/simulate"
)

// Outcome is a plan's report, with a name to tell it from another's.
type Outcome struct {
	Name   string
	Report *simulate.Report
}

// The thresholds of acd.Thresholds that are shown.
const (
	within15 = iota
	within30
)

// Text writes the outcomes for people: queues in total, then half-hour by half-hour.
func Text(w io.Writer, all ...Outcome) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "queue\tplan\tcalls\tanswered\tgave up\tin 15 s\tin 30 s\tmean wait\tlongest\tnot let in\t")
	for i := range all[0].Report.Queues {
		for _, o := range all {
			q := o.Report.Queues[i]
			fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t\n", q.Queue, o.Name, q.Tally.Offered, percent(q.Tally.Reached()),
				percent(q.Tally.Abandonment()), percent(q.Tally.Level(acd.SLOurs, within15)), percent(q.Tally.Level(acd.SLOurs, within30)),
				wait(q.Tally), q.Tally.Times.Longest.Round(time.Second), q.Refused)
		}
	}
	fmt.Fprintln(t, "\t\t\t\t\t\t\t\t\t\t")
	fmt.Fprintln(t, "queue\tfrom\tplan\tcalls a day\tstaff\tin 15 s\tErlang C\tErlang A\tgave up\tall busy\t")
	for _, key := range keys(all) {
		for _, o := range all {
			if row, ok := find(o.Report, key); ok {
				fmt.Fprintf(t, "%s\t%s\t%s\t%.1f\t%.1f\t%s\t%s\t%s\t%s\t%s\t\n", row.Queue, clockOf(row.From), o.Name,
					float64(row.Tally.Offered+row.Refused)/float64(o.Report.Days), row.Staff, percent(row.Tally.Level(acd.SLOurs, within15)),
					erlangC(row.Forecast), erlangA(row.Forecast), percent(row.Tally.Abandonment()), busy(o.Report, row.From))
			}
		}
	}
	return t.Flush()
}

// CSV writes every half-hour of every outcome for other programs: times in seconds, rates from 0 to 1, empty for none.
func CSV(w io.Writer, all ...Outcome) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{ // a fault is kept for Error
		"plan", "queue", "from", "days", "offered", "answered", "abandoned", "short", "refused", "staff", "occupancy",
		"level_15", "level_30", "level_60", "mean_wait", "longest_wait", "erlang_c_15", "erlang_a_15",
	})
	for _, o := range all {
		for _, row := range o.Report.Rows {
			t := row.Tally
			_ = c.Write([]string{
				o.Name, string(row.Queue), clockOf(row.From), strconv.Itoa(o.Report.Days), strconv.Itoa(t.Offered), strconv.Itoa(t.Answered),
				strconv.Itoa(t.Abandoned), strconv.Itoa(t.Short), strconv.Itoa(row.Refused), number(row.Staff, true),
				number(occupancy(o.Report, row.From)), number(t.Level(acd.SLOurs, 0)), number(t.Level(acd.SLOurs, 1)), number(t.Level(acd.SLOurs, 2)),
				number(mean(t)), number(t.Times.Longest.Seconds(), true),
				number(row.Forecast.C.Level, row.Forecast.C.Occupancy > 0), number(row.Forecast.A.Level, row.Forecast.A.Occupancy > 0),
			})
		}
	}
	c.Flush()
	return c.Error()
}

// key names a row.
type key struct {
	queue acd.QueueID
	from  time.Duration
}

// keys are the rows that any outcome has, queue by queue in the order of the plan.
func keys(all []Outcome) []key {
	var found []key
	for _, q := range all[0].Report.Queues {
		var own []key
		for _, o := range all {
			for _, row := range o.Report.Rows {
				if row.Queue == q.Queue {
					own = append(own, key{row.Queue, row.From})
				}
			}
		}
		slices.SortFunc(own, func(a, b key) int { return int(a.from - b.from) })
		found = append(found, slices.Compact(own)...)
	}
	return found
}

func find(r *simulate.Report, k key) (simulate.Row, bool) {
	i := slices.IndexFunc(r.Rows, func(row simulate.Row) bool { return row.Queue == k.queue && row.From == k.from })
	if i < 0 {
		return simulate.Row{}, false
	}
	return r.Rows[i], true
}

func occupancy(r *simulate.Report, from time.Duration) (float64, bool) {
	for _, f := range r.Floor {
		if f.From == from {
			return f.Occupancy, true
		}
	}
	return 0, false
}

func busy(r *simulate.Report, from time.Duration) string { return percent(occupancy(r, from)) }

func mean(t acd.Tally) (seconds float64, ok bool) {
	if t.Answered == 0 {
		return 0, false
	}
	return t.Times.Answered.Seconds() / float64(t.Answered), true
}

func wait(t acd.Tally) string {
	s, ok := mean(t)
	if !ok {
		return "-"
	}
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}

func erlangC(f simulate.Forecast) string {
	if f.Overloaded {
		return "never" // the line would grow for ever
	}
	return percent(f.C.Level, f.C.Occupancy > 0)
}

func erlangA(f simulate.Forecast) string { return percent(f.A.Level, f.A.Occupancy > 0) }

func percent(rate float64, ok bool) string {
	if !ok {
		return "-"
	}
	return strconv.FormatFloat(100*rate, 'f', 1, 64) + " %"
}

func number(v float64, ok bool) string {
	if !ok {
		return ""
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

func clockOf(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}
