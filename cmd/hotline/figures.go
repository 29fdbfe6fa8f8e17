package main

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"
	"time"

	"hotline/acd"
	"hotline/store"
)

// figuresCommand counts a day from what was filed, by every definition of a service level in use.
type figuresCommand struct {
	Day       string `arg:"" optional:"" help:"Day, such as 2026-11-23; without one, today." placeholder:"DAY"`
	To        string `help:"Last day, for a week or a month." placeholder:"DAY"`
	Intervals bool   `help:"Every quarter of an hour by itself."`
}

// Run prints the figures of each queue.
func (f figuresCommand) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		from, to, err := f.days(time.Now(), c.Zone.Location)
		if err != nil {
			return err
		}
		all, err := db.Figures(ctx, from, to)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "queue\tfrom\toffered\tanswered\tgave up\tshort\tcallbacks\tmessages\tother\tSL\tSL-F1\tSL-F2\tSL-F3\tSL-F4\tASA\tlongest\t")
		for _, row := range f.rows(all, from) {
			fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t", row.queue, row.from.In(c.Zone.Location).Format("2006-01-02 15:04"), row.Offered,
				row.Answered, row.Abandoned, row.Short, row.CalledBack, row.Messages, row.Diverted)
			for formula := acd.SLOurs; formula <= acd.SLPatient; formula++ {
				fmt.Fprintf(t, "%s\t", share(row.Level(formula, 0)))
			}
			speed := "-"
			if row.Answered > 0 {
				speed = (row.Times.Answered / time.Duration(row.Answered)).Round(100 * time.Millisecond).String()
			}
			fmt.Fprintf(t, "%s\t%s\t\n", speed, row.Times.Longest.Round(time.Second))
		}
		return t.Flush()
	})
}

// days are the first moment of the first day and the first after the last.
func (f figuresCommand) days(now time.Time, zone *time.Location) (from, to time.Time, err error) {
	now = now.In(zone)
	from = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	day := func(text string, otherwise time.Time) time.Time {
		if text == "" {
			return otherwise
		}
		at, wrong := time.ParseInLocation(time.DateOnly, text, zone)
		if wrong != nil {
			err = fmt.Errorf("%q is not a day, such as 2026-11-23", text)
		}
		return at
	}
	from = day(f.Day, from)
	to = day(f.To, from).AddDate(0, 0, 1)
	return from, to, err
}

// tallied is a row of the table.
type tallied struct {
	queue string
	from  time.Time
	acd.Tally
}

// rows are the intervals, or their sums by queue.
func (f figuresCommand) rows(all []store.Figures, from time.Time) []tallied {
	var rows []tallied
	for _, one := range all {
		last := len(rows) - 1
		switch {
		case f.Intervals:
			rows = append(rows, tallied{one.Queue, one.From, tallyOf(one)})
		case last >= 0 && rows[last].queue == one.Queue:
			rows[last].Add(tallyOf(one))
		default:
			rows = append(rows, tallied{one.Queue, from, tallyOf(one)})
		}
	}
	return rows
}

// tallyOf makes of filed figures what the router counts live, so that both are rated by the same formulas.
func tallyOf(f store.Figures) acd.Tally {
	t := acd.Tally{
		Offered: f.Offered, Answered: f.Answered, Abandoned: f.Abandoned, CalledBack: f.Callbacks, Messages: f.Messages, Diverted: f.Diverted,
		Levels: acd.Levels{Answered: f.Level.Answered, Abandoned: f.Level.Abandoned},
	}
	t.Short, t.Ringing, t.Keys = f.Short, f.Ringing, f.Keys
	t.Times.Answered, t.Times.Waited, t.Times.Longest = f.Waits.Answered, f.Waits.All, f.Waits.Longest
	return t
}

// share writes a rate in percent to two decimals, as reports do; a dash for none.
func share(rate float64, ok bool) string {
	if !ok {
		return "-"
	}
	return strconv.FormatFloat(100*rate, 'f', 2, 64)
}
