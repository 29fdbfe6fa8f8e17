package main

import (
	"fmt"
	"html"
	"io"
	"math"
	"strconv"
)

// chart is a picture of how something grows: both axes logarithmic, so that what grows in proportion is a straight line.
type chart struct {
	title, across, up string
	series            []series
}

// series is one line of a chart.
type series struct {
	name   string
	points []point
}

type point struct{ x, y float64 }

// The size of a chart, and of its margins, in pixels.
const (
	width, height           = 640, 400
	left, right, above, low = 70, 20, 50, 50
)

// colours tell lines apart, for people who see few colours, too.
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7"} // table

// draw writes the chart as SVG.
func (c *chart) draw(w io.Writer) error {
	across, up := c.axis(func(p point) float64 { return p.x }), c.axis(func(p point) float64 { return p.y })
	out := &pen{w: w}
	out.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`, width, height)
	out.put(`<title>%s</title><rect width="%d" height="%d" fill="white"/>`, html.EscapeString(c.title), width, height)
	out.text(left, 20, "start", c.title)
	for _, v := range across.ticks() {
		x := across.at(v, left, width-right)
		out.put(`<path d="M%.1f %d V%d" stroke="#ddd"/>`, x, above, height-low)
		out.text(x, height-low+16, "middle", short(v))
	}
	for _, v := range up.ticks() {
		y := up.at(v, height-low, above)
		out.put(`<path d="M%d %.1f H%d" stroke="#ddd"/>`, left, y, width-right)
		out.text(left-6, y+4, "end", short(v))
	}
	out.text((left+width-right)/2, height-12, "middle", c.across)
	out.text(left, above-10, "end", c.up)
	for i, s := range c.series {
		c.line(out, s, colours[i%len(colours)], across, up)
		out.put(`<rect x="%d" y="32" width="10" height="3" fill="%s"/>`, left+20+140*i, colours[i%len(colours)])
		out.text(float64(left+34+140*i), 38, "start", s.name)
	}
	out.put("</svg>")
	return out.err
}

// line draws one series: its points, and what joins them.
func (c *chart) line(out *pen, s series, colour string, across, up axis) {
	path, step := "", "M"
	for _, p := range s.points {
		x, y := across.at(p.x, left, width-right), up.at(p.y, height-low, above)
		path += fmt.Sprintf("%s%.1f %.1f", step, x, y)
		step = "L"
		out.put(`<circle cx="%.1f" cy="%.1f" r="3" fill="%s"><title>%s: %s</title></circle>`, x, y, colour, short(p.x), short(p.y))
	}
	out.put(`<path d="%s" fill="none" stroke="%s" stroke-width="2"/>`, path, colour)
}

// axis spans whole powers of ten.
type axis struct{ low, high float64 } // exponents

func (c *chart) axis(of func(point) float64) axis {
	a := axis{math.Inf(1), math.Inf(-1)}
	for _, s := range c.series {
		for _, p := range s.points {
			if v := of(p); v > 0 {
				a.low, a.high = min(a.low, math.Floor(math.Log10(v))), max(a.high, math.Ceil(math.Log10(v)))
			}
		}
	}
	if a.low > a.high {
		return axis{0, 1}
	}
	if a.low == a.high {
		a.high++
	}
	return a
}

// at is where a value lies between two pixels; nothing and less lies at the beginning.
func (a axis) at(v, from, to float64) float64 {
	if v <= 0 {
		return from
	}
	return from + (math.Log10(v)-a.low)/(a.high-a.low)*(to-from)
}

func (a axis) ticks() (all []float64) {
	for e := a.low; e <= a.high; e++ {
		all = append(all, math.Pow(10, e))
	}
	return all
}

// short writes a number as people would.
func short(v float64) string {
	if v >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// pen writes until the first error.
type pen struct {
	w   io.Writer
	err error
}

func (p *pen) put(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *pen) text(x, y float64, anchor, words string) {
	p.put(`<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, html.EscapeString(words))
}
