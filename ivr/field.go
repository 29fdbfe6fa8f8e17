package ivr

import (
	"reflect"
	"strings"

	"hotline/ivr/source"
)

// Nodes and flow headers are plain structs whose fields carry a tag:
//
//	Then Way `flow:"then" doc:"the next node"`
//
// A field is required unless its tag ends in ",optional". Reading, the JSON
// schema, the checks and the drawings all follow these tags, so that none can
// know a field the others do not.

// field is a type that can stand in a flow file.
type field interface {
	// read fills the field from the file and reports what is wrong with it.
	read(r *reader, n *source.Node)
	// shape is the JSON schema of what read accepts.
	shape() schema
}

// fieldInfo is one tagged field of a struct.
type fieldInfo struct {
	name     string
	doc      string
	optional bool
	value    field
}

// fieldsOf lists the tagged fields of a struct, given its pointer, in order.
// Embedded structs count as if written out.
func fieldsOf(ptr any) []fieldInfo {
	var out []fieldInfo
	v := reflect.ValueOf(ptr).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			out = append(out, fieldsOf(v.Field(i).Addr().Interface())...)
			continue
		}
		tag := f.Tag.Get("flow")
		if tag == "" {
			continue
		}
		name, option, _ := strings.Cut(tag, ",")
		out = append(out, fieldInfo{
			name: name, doc: f.Tag.Get("doc"), optional: option == "optional",
			value: v.Field(i).Addr().Interface().(field),
		})
	}
	return out
}

// reader reads one flow file and gathers its faults.
type reader struct {
	faults source.Faults
}

// fill reads a map into a struct. What names the thing in faults: "a say node".
func (r *reader) fill(into any, n *source.Node, what string) {
	if n.Kind != source.Map {
		r.faults.Add(n.Position, "%s is a map, here is %v", what, n.Kind)
		return
	}
	fields := fieldsOf(into)
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
		given := n.Field(f.name)
		switch {
		case given != nil && given.Value.Kind == source.Empty:
			r.faults.Add(given.At, "%q is left empty in %s", f.name, what)
		case given != nil:
			f.value.read(r, given.Value)
		case !f.optional:
			r.faults.Add(n.Position, "%s needs %q", what, f.name)
		}
	}
	for _, f := range n.Fields {
		if !contains(names, f.Key) {
			r.faults.AddHint(f.At, source.Suggest(f.Key, names), "unknown field %q in %s", f.Key, what)
		}
	}
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// word reads a single value, or reports that there is none.
func (r *reader) word(n *source.Node, what string) (string, bool) {
	if n.Kind != source.Scalar || strings.TrimSpace(n.Text) == "" {
		r.faults.Add(n.Position, "%s is a single value, here is %v", what, n.Kind)
		return "", false
	}
	return n.Text, true
}
