package graph

import (
	"strings"

	"hotline/ivr"
)

// drawing is a flow as boxes and arrows.
type drawing struct {
	boxes  []box
	arrows []arrow
}

// box is a node of the flow, or one of the ways out of it.
type box struct {
	id    string
	kind  string // of the node; "outcome" for a way out
	lines []string
	start bool
}

// arrow leads from one box to another; both are numbers of boxes.
type arrow struct {
	from, to int
	label    string
}

// maxWords is how much of a prompt's text a box shows.
const maxWords = 28

// draw turns a flow into boxes and arrows. Words are shown in lang.
func draw(f *ivr.Flow, lang ivr.Lang) *drawing {
	d := &drawing{}
	number := map[string]int{}
	for _, node := range f.Nodes() {
		number[node] = len(d.boxes)
		d.boxes = append(d.boxes, box{id: node, kind: f.Kind(node), lines: lines(f, node, lang), start: node == f.First()})
	}
	for _, o := range f.Ends() {
		number["return "+o] = len(d.boxes)
		d.boxes = append(d.boxes, box{id: "return " + o, kind: "outcome", lines: []string{o}})
	}
	for _, node := range f.Nodes() {
		d.join(number[node], f.Edges(node), number)
	}
	return d
}

// join adds the arrows of a node; several to one place become one.
func (d *drawing) join(from int, edges []ivr.Edge, number map[string]int) {
	first := len(d.arrows)
	for _, e := range edges {
		to := e.To
		if e.Out {
			to = "return " + to
		}
		d.add(first, arrow{from: from, to: number[to], label: label(e.Label)})
	}
}

func (d *drawing) add(first int, a arrow) {
	for i := first; i < len(d.arrows); i++ {
		if d.arrows[i].to == a.to {
			if a.label != "" && d.arrows[i].label != "" {
				d.arrows[i].label += ", " + a.label
			}
			return
		}
	}
	d.arrows = append(d.arrows, a)
}

// label leaves out what says nothing.
func label(l string) string {
	if l == "then" {
		return ""
	}
	return l
}

// lines are the words in a box: the node's name, what it is about, and the
// beginning of what is said.
func lines(f *ivr.Flow, node string, lang ivr.Lang) []string {
	about := f.Kind(node)
	if s := f.Subject(node); s != "" {
		about += " " + s
	}
	out := []string{node, about}
	for i, id := range f.Prompts(node) {
		if i == 3 {
			return append(out, "...")
		}
		words := id
		if p, ok := f.Edition().Prompts().Prompt(id); ok {
			words += " " + p.Text(lang)
		}
		out = append(out, shorten(words))
	}
	return out
}

func shorten(s string) string {
	runes := []rune(strings.TrimSpace(s))
	if len(runes) <= maxWords {
		return string(runes)
	}
	return string(runes[:maxWords-1]) + "…"
}
