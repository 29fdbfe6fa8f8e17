package ivr

import (
	"fmt"
	"strings"
)

// Reference writes, in Markdown, every kind of node with its fields, and the
// fields of a flow: from the same struct tags the reader follows.
func Reference() string {
	var b strings.Builder
	b.WriteString("### A flow\n\n")
	table(&b, &header{})
	b.WriteString("| `nodes` | the nodes by name |\n")
	for _, kind := range Kinds() {
		fmt.Fprintf(&b, "\n### %s\n\n", kind)
		table(&b, kinds[kind]())
	}
	return b.String()
}

// table lists the fields of a struct; those of a struct inside it are named
// with its own name in front.
func table(b *strings.Builder, ptr any) {
	b.WriteString("| field | meaning |\n|---|---|\n")
	rows(b, "", ptr)
}

func rows(b *strings.Builder, prefix string, ptr any) {
	for _, f := range fieldsOf(ptr) {
		note := ""
		if f.optional {
			note = " *(optional)*"
		}
		fmt.Fprintf(b, "| `%s%s` | %s%s |\n", prefix, f.name, f.doc, note)
		switch inner := f.value.(type) {
		case *waiting:
			rows(b, prefix+f.name+".", inner)
		case *talk:
			rows(b, prefix+f.name+".", inner)
		}
	}
}
