package graph

import (
	"fmt"
	"io"
	"strings"

	"hotline/ivr"
)

// Mermaid writes a flow as a Mermaid flowchart, its words in lang.
func Mermaid(w io.Writer, f *ivr.Flow, lang ivr.Lang) error {
	d := draw(f, lang)
	var b strings.Builder
	fmt.Fprintf(&b, "%%%% %s: %s\nflowchart TD\n", f.Name(), f.About())
	for i, x := range d.boxes {
		open, shut := shape(x.kind)
		fmt.Fprintf(&b, "  n%d%s\"%s\"%s\n", i, open, quoted(strings.Join(x.lines, "<br>")), shut)
	}
	for _, a := range d.arrows {
		if a.label == "" {
			fmt.Fprintf(&b, "  n%d --> n%d\n", a.from, a.to)
			continue
		}
		fmt.Fprintf(&b, "  n%d -->|\"%s\"| n%d\n", a.from, quoted(a.label), a.to)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shape is the brackets that make a box's form.
func shape(kind string) (open, shut string) {
	switch kind {
	case "queue", "duty":
		return "([", "])"
	case "when", "open", "lookup":
		return "{", "}"
	case "flow":
		return "[[", "]]"
	case "hangup", "outcome":
		return "((", "))"
	default:
		return "[", "]"
	}
}

// quoted keeps Mermaid's own characters out of a text.
func quoted(s string) string {
	return strings.NewReplacer(`"`, "#quot;", "#", "#35;", "{", "#123;", "}", "#125;").Replace(s)
}
