package staffing

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"time"

	"hotline/acd"
	"hotline/acd/simulate"
)

// The measures of a chart, in pixels.
const (
	chartWide = 960
	chartTall = 270 // of one queue
	chartHead = 52
	chartLeft = 60
	chartTop  = 34
	plotWide  = chartWide - chartLeft - 60
	plotTall  = 150
	staffTop  = chartTop + plotTall + 28
	staffTall = 30
)

// few is the number of calls under which a half-hour's service level says little: it is drawn as a dot and joined to no other.
const few = 10

// Chart draws, for each queue, the calls of a day as bars, and of each outcome the service level within 15 s as a line and
// the staff as steps below.
func Chart(w io.Writer, all ...Outcome) error {
	var b bytes.Buffer
	queues := all[0].Report.Queues
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n",
		chartWide, chartTall*len(queues)+chartHead)
	b.WriteString(`<rect width="100%" height="100%" fill="#fff"/>` + "\n")
	legend(&b, all, all[0].Report.Days)
	for i, q := range queues {
		fmt.Fprintf(&b, `<g transform="translate(0 %d)">`+"\n", chartHead-4+i*chartTall)
		panel(&b, q.Queue, all)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	_, err := w.Write(b.Bytes())
	return err
}

// colour tells outcomes apart; the second is dashed besides, for who sees no colours.
func colour(outcome int) (colour, dash string) {
	colours := []string{"#0f5e57", "#b3261e", "#1d5fa8", "#8a5300"}
	return colours[outcome%len(colours)], []string{"none", "7 4", "2 3"}[outcome%3]
}

func legend(b *bytes.Buffer, all []Outcome, days int) {
	fmt.Fprintf(b, `<text x="%d" y="20" font-size="15" font-weight="bold">Calls, service level and staff by half-hour, %d days</text>`+"\n", chartLeft, days)
	b.WriteString(`<g transform="translate(0 24)">` + "\n")
	defer b.WriteString("</g>\n")
	fmt.Fprintf(b, `<rect x="%d" y="10" width="12" height="12" fill="#d9dfe3"/><text x="%d" y="20">calls a day</text>`+"\n", chartLeft, chartLeft+18)
	for i, o := range all {
		x := chartLeft + 110 + i*265
		c, dash := colour(i)
		fmt.Fprintf(b, `<path d="M%d 16h26" stroke="%s" stroke-width="2.5" stroke-dasharray="%s"/><text x="%d" y="20">`, x, c, dash, x+32)
		escape(b, o.Name+": answered within 15 s")
		b.WriteString("</text>\n")
	}
}

// panel draws one queue.
func panel(b *bytes.Buffer, queue acd.QueueID, all []Outcome) {
	fmt.Fprintf(b, `<text x="%d" y="20" font-weight="bold">`, chartLeft)
	escape(b, string(queue))
	b.WriteString("</text>\n")
	for _, level := range []float64{0, 0.5, 0.8, 1} {
		y := levelAt(level)
		fmt.Fprintf(b, `<path d="M%d %.1fh%d" stroke="#d9dfe3"/><text x="%d" y="%.1f" text-anchor="end">%.0f %%</text>`+"\n",
			chartLeft, y, plotWide, chartLeft-6, y+4, 100*level)
	}
	for hour := 0; hour <= 24; hour += 3 {
		x := timeAt(time.Duration(hour) * time.Hour)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%02d</text>`+"\n", x, chartTop+plotTall+18, hour)
	}
	bars(b, queue, all[0].Report)
	for _, level := range []float64{0.5, 0.8, 1} { // again, over the bars
		fmt.Fprintf(b, `<path d="M%d %.1fh%d" stroke="#8b979e" stroke-opacity=".35"/>`+"\n", chartLeft, levelAt(level), plotWide)
	}
	for i, o := range all {
		line(b, queue, o.Report, i)
	}
	steps(b, queue, all)
}

// steps draws how many are at work.
func steps(b *bytes.Buffer, queue acd.QueueID, all []Outcome) {
	most := 1.0
	for _, o := range all {
		for _, row := range rowsOf(o.Report, queue) {
			most = max(most, row.Staff)
		}
	}
	fmt.Fprintf(b, `<path d="M%d %dh%d" stroke="#d9dfe3"/><text x="%d" y="%d" text-anchor="end">staff</text><text x="%d" y="%d">%.0f</text>`+"\n",
		chartLeft, staffTop+staffTall, plotWide, chartLeft-6, staffTop+staffTall-4, chartLeft+plotWide+6, staffTop+8, most)
	for i, o := range all {
		c, dash := colour(i)
		fmt.Fprintf(b, `<path fill="none" stroke="%s" stroke-width="1.5" stroke-dasharray="%s" d="M%d %d`, c, dash, chartLeft, staffTop+staffTall)
		for _, row := range rowsOf(o.Report, queue) {
			fmt.Fprintf(b, "H%.1fV%.1f", timeAt(row.From), float64(staffTop+staffTall)-staffTall*row.Staff/most)
		}
		fmt.Fprintf(b, `H%d"/>`+"\n", chartLeft+plotWide)
	}
}

// rowsOf are the half-hours of one queue, in their order.
func rowsOf(r *simulate.Report, queue acd.QueueID) []simulate.Row {
	rows := slices.SortedFunc(slices.Values(r.Rows), func(a, b simulate.Row) int { return int(a.From - b.From) })
	return slices.DeleteFunc(rows, func(row simulate.Row) bool { return row.Queue != queue })
}

func bars(b *bytes.Buffer, queue acd.QueueID, r *simulate.Report) {
	most := 1
	for _, row := range r.Rows {
		if row.Queue == queue {
			most = max(most, row.Tally.Offered+row.Refused)
		}
	}
	wide := float64(plotWide)/48 - 2
	for _, part := range []float64{0.5, 1} {
		fmt.Fprintf(b, `<text x="%d" y="%.1f" fill="#6b7780">%.1f</text>`+"\n", chartLeft+plotWide+6, levelAt(part)+4, part*float64(most)/float64(r.Days))
	}
	for _, row := range r.Rows {
		if row.Queue != queue {
			continue
		}
		tall := float64(plotTall) * float64(row.Tally.Offered+row.Refused) / float64(most)
		fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="#d9dfe3"><title>%s: %.1f calls, %.1f counselors</title></rect>`+"\n",
			timeAt(row.From)+1, float64(chartTop+plotTall)-tall, wide, tall, clockOf(row.From), float64(row.Tally.Offered+row.Refused)/float64(r.Days), row.Staff)
	}
}

// line joins the service levels of the half-hours that have one.
func line(b *bytes.Buffer, queue acd.QueueID, r *simulate.Report, outcome int) {
	c, dash := colour(outcome)
	var dots bytes.Buffer
	move, some := "M", false
	fmt.Fprintf(b, `<path fill="none" stroke="%s" stroke-width="2.5" stroke-dasharray="%s" d="`, c, dash)
	for _, row := range rowsOf(r, queue) {
		level, ok := row.Tally.Level(acd.SLOurs, within15)
		x, y := timeAt(row.From+simulate.HalfHour/2), levelAt(level)
		switch {
		case ok && row.Tally.Offered >= few:
			fmt.Fprintf(b, "%s%.1f %.1f", move, x, y)
			move, some = "L", true
			continue
		case ok:
			fmt.Fprintf(&dots, `<circle cx="%.1f" cy="%.1f" r="2" fill="%s" fill-opacity=".5"/>`+"\n", x, y, c)
		}
		move = "M"
	}
	if !some {
		fmt.Fprintf(b, "M%d %d", chartLeft, chartTop)
	}
	b.WriteString(`"/>` + "\n")
	b.Write(dots.Bytes())
}

func timeAt(d time.Duration) float64 {
	return chartLeft + float64(plotWide)*d.Hours()/24
}

func levelAt(level float64) float64 { return chartTop + plotTall*(1-level) }

func escape(b *bytes.Buffer, text string) { _ = xml.EscapeText(b, []byte(text)) } // into memory
