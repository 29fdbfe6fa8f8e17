package graph_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/callflows"
	"hotline/ivr"
	"hotline/ivr/graph"
)

func shipped(t *testing.T) *ivr.Edition {
	t.Helper()
	e, err := ivr.Load(callflows.Files, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// rect is a box found in an SVG.
type rect struct{ x, y, w, h int }

// parse reads an SVG as XML: its boxes by id, its texts and its paths.
func parse(t *testing.T, svg string) (boxes map[string]rect, texts []string, paths int) {
	t.Helper()
	boxes = map[string]rect{}
	dec := xml.NewDecoder(strings.NewReader(svg))
	group := ""
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return boxes, texts, paths
		}
		if err != nil {
			t.Fatalf("not XML: %v", err)
		}
		switch el := tok.(type) {
		case xml.StartElement:
			attrs := map[string]string{}
			for _, a := range el.Attr {
				attrs[a.Name.Local] = a.Value
			}
			switch el.Name.Local {
			case "g":
				group = attrs["id"]
			case "path":
				paths++
			case "rect":
				if group != "" {
					var r rect
					for at, name := range map[*int]string{&r.x: "x", &r.y: "y", &r.w: "width", &r.h: "height"} {
						*at, _ = strconv.Atoi(attrs[name])
					}
					boxes[group] = r
				}
			}
		case xml.CharData:
			texts = append(texts, string(el))
		}
	}
}

func TestSVGShowsEveryNodeApart(t *testing.T) {
	e := shipped(t)
	for _, name := range e.Flows() {
		f, _ := e.Flow(name)
		var b strings.Builder
		if err := graph.SVG(&b, f, "zh-CN"); err != nil {
			t.Fatal(err)
		}
		boxes, texts, paths := parse(t, b.String())
		all := strings.Join(texts, "\n")
		edges := 0
		for _, node := range f.Nodes() {
			if _, ok := boxes[node]; !ok || !strings.Contains(all, f.Kind(node)) {
				t.Errorf("%s: node %s is not drawn", name, node)
			}
			to := map[string]bool{}
			for _, edge := range f.Edges(node) {
				to[edge.To+strconv.FormatBool(edge.Out)] = true
			}
			edges += len(to)
		}
		if len(boxes) != len(f.Nodes())+len(f.Ends()) || paths != edges+1 { // the arrow head is a path too
			t.Errorf("%s: %d boxes, %d paths for %d nodes, %d ends, %d ways", name, len(boxes), paths, len(f.Nodes()), len(f.Ends()), edges)
		}
		for a, x := range boxes {
			for c, y := range boxes {
				if a < c && x.x < y.x+y.w && y.x < x.x+x.w && x.y < y.y+y.h && y.y < x.y+x.h {
					t.Errorf("%s: %s and %s overlap", name, a, c)
				}
			}
		}
	}
}

func TestArrowsLeadDownExceptInLoops(t *testing.T) {
	e := shipped(t)
	f, _ := e.Flow("12348")
	var b strings.Builder
	if err := graph.SVG(&b, f, "en"); err != nil {
		t.Fatal(err)
	}
	boxes, texts, _ := parse(t, b.String())
	for _, row := range [][2]string{{"file", "greet"}, {"greet", "menu"}, {"menu", "labour"}, {"labour", "rating"}, {"rating", "bye"}} {
		if boxes[row[0]].y >= boxes[row[1]].y {
			t.Errorf("%s stands below %s", row[0], row[1])
		}
	}
	if !strings.Contains(strings.Join(texts, "\n"), "P-BYE Thank you. Goodbye.") {
		t.Error("the words are not in the language asked for")
	}
}

func TestMermaid(t *testing.T) {
	e := shipped(t)
	f, _ := e.Flow("silent-taps")
	var b strings.Builder
	if err := graph.Mermaid(&b, f, "en"); err != nil {
		t.Fatal(err)
	}
	want := `%% silent-taps: A caller who cannot speak answers by keys, while the seats ring
flowchart TD
  n0["ask<br>tap<br>P12355-TAP I ask, you press…"]
  n1["stay<br>say<br>P12355-STAY All right, I kn…"]
  n2(("over"))
  n0 -->|"yes, no, danger, silence"| n1
  n1 --> n2
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	for _, name := range e.Flows() {
		f, _ := e.Flow(name)
		var b strings.Builder
		if err := graph.Mermaid(&b, f, "yue"); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if strings.Count(line, `"`)%2 != 0 {
				t.Errorf("%s: a quote is open in %s", name, line)
			}
		}
	}
}

func TestDrawingTwiceIsTheSame(t *testing.T) {
	e := shipped(t)
	f, _ := e.Flow("12348")
	var a, b strings.Builder
	_, _ = graph.SVG(&a, f, "en"), graph.SVG(&b, f, "en")
	if a.String() != b.String() {
		t.Error("two drawings of one flow differ")
	}
}

// full is a writer with no room.
type full struct{}

var errFull = errors.New("no room")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	f, _ := shipped(t).Flow("12348")
	if err := graph.SVG(full{}, f, "en"); !errors.Is(err, errFull) {
		t.Errorf("SVG: %v", err)
	}
	if err := graph.Mermaid(full{}, f, "en"); !errors.Is(err, errFull) {
		t.Errorf("Mermaid: %v", err)
	}
}
