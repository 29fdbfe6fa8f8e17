package graph

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"hotline/ivr"
)

// Sizes of a drawing, in pixels.
const (
	boxWidth  = 250
	lineHigh  = 16
	gapAcross = 30
	gapDown   = 70
	margin    = 30
)

// SVG writes a flow as a picture, its words in lang.
func SVG(w io.Writer, f *ivr.Flow, lang ivr.Lang) error {
	d := draw(f, lang)
	p := place(d)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", p.width, p.height)
	fmt.Fprintf(&b, "<title>%s</title>\n", escaped(f.Name()+": "+f.About()))
	b.WriteString(`<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>` + "\n")
	b.WriteString(`<rect width="100%" height="100%" fill="#ffffff"/>` + "\n")
	for _, a := range d.arrows {
		p.arrow(&b, a)
	}
	for i := range d.boxes {
		p.box(&b, i)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// picture is a drawing with places.
type picture struct {
	*drawing
	*layout
	x, y          []int // of each box: its upper left corner
	tall          []int
	width, height int
}

func place(d *drawing) *picture {
	p := &picture{drawing: d, layout: arrange(d), x: make([]int, len(d.boxes)), y: make([]int, len(d.boxes)), tall: make([]int, len(d.boxes))}
	widest := 0
	for _, row := range p.rows {
		widest = max(widest, len(row))
	}
	p.width = 2*margin + widest*(boxWidth+gapAcross)
	top := margin
	for _, row := range p.rows {
		left := (p.width - len(row)*(boxWidth+gapAcross) + gapAcross) / 2
		tallest := 0
		for i, b := range row {
			p.x[b], p.y[b] = left+i*(boxWidth+gapAcross), top
			p.tall[b] = (len(d.boxes[b].lines) + 1) * lineHigh
			tallest = max(tallest, p.tall[b])
		}
		top += tallest + gapDown
	}
	p.height = top - gapDown + margin
	return p
}

// arrow draws a line from the lower edge of one box to the upper edge of
// another, bowed so that it can be followed, with its label near its start.
func (p *picture) arrow(b *strings.Builder, a arrow) {
	x1, y1 := p.x[a.from]+boxWidth/2, p.y[a.from]+p.tall[a.from]
	x2, y2 := p.x[a.to]+boxWidth/2, p.y[a.to]
	bend := max(gapDown, (y2-y1)/2)
	if y2 <= y1 { // back up: round the side
		x1, y1 = p.x[a.from]+boxWidth, p.y[a.from]+p.tall[a.from]/2
		x2, y2 = p.x[a.to]+boxWidth, p.y[a.to]+p.tall[a.to]/2
		side := max(x1, x2) + gapAcross + boxWidth/2
		fmt.Fprintf(b, `<path d="M%d %dC%d %d %d %d %d %d" fill="none" stroke="#b08040" marker-end="url(#head)"/>`+"\n", x1, y1, side, y1, side, y2, x2, y2)
	} else {
		fmt.Fprintf(b, `<path d="M%d %dC%d %d %d %d %d %d" fill="none" stroke="#506070" marker-end="url(#head)"/>`+"\n", x1, y1, x1, y1+bend/2, x2, y2-bend/2, x2, y2)
	}
	if a.label != "" {
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="#203040" font-size="11">%s</text>`+"\n", (3*x1+x2)/4+4, (3*y1+y2)/4+4, escaped(a.label))
	}
}

// box draws a node in the colour of its kind.
func (p *picture) box(b *strings.Builder, i int) {
	x := p.boxes[i]
	edge := 1
	if x.start {
		edge = 3
	}
	fmt.Fprintf(b, `<g id="%s"><rect x="%d" y="%d" width="%d" height="%d" rx="8" fill="%s" stroke="#304050" stroke-width="%d"/>`,
		escaped(x.id), p.x[i], p.y[i], boxWidth, p.tall[i], colour(x.kind), edge)
	for n, line := range x.lines {
		weight := "normal"
		if n == 0 {
			weight = "bold"
		}
		fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="%s">%s</text>`, p.x[i]+10, p.y[i]+(n+1)*lineHigh+2, weight, escaped(line))
	}
	b.WriteString("</g>\n")
}

// colour tells kinds apart: people green, questions yellow, decisions grey,
// what is kept blue, ends red.
func colour(kind string) string {
	switch kind {
	case "queue", "duty":
		return "#d5f0d5"
	case "menu", "input", "language", "consent", "tap", "survey", "clip":
		return "#fff3c9"
	case "when", "open", "set", "lookup":
		return "#e8e8ee"
	case "voicemail", "callback", "book", "request":
		return "#d6e6fa"
	case "hangup", "outcome":
		return "#f8d8d4"
	default:
		return "#ffffff"
	}
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return b.String()
}
