package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// FaultError is one thing wrong with the configuration, and where.
type FaultError struct {
	Where string // file:line:column, or the environment variable
	What  string
}

// Error says where and what.
func (f FaultError) Error() string { return f.Where + ": " + f.What }

// loader gathers a Config and every fault on the way to it.
type loader struct {
	config Config
	faults []error
	places map[string]string // key -> where it was set, for faults that show up later
}

// loadConfig reads the file (none if path is empty) and then the environment, which wins. Every fault is reported,
// joined into one error.
func loadConfig(path string, getenv func(string) string) (Config, error) {
	l := loader{config: defaultConfig(), places: map[string]string{}}
	if path != "" {
		l.readFile(path)
	}
	l.readEnvironment(getenv)
	l.validate()
	return l.config, errors.Join(l.faults...)
}

func (l *loader) fault(where, format string, args ...any) {
	l.faults = append(l.faults, FaultError{where, fmt.Sprintf(format, args...)})
}

func (l *loader) readFile(path string) {
	source, err := os.ReadFile(path)
	if err != nil {
		l.fault(path, "cannot be read: %v", errors.Unwrap(err))
		return
	}
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		l.fault(path, "is not valid YAML: %s", oneLine(err))
		return
	}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			l.readMap(path, "", doc.Body)
		}
	}
}

// readMap walks a mapping; nested mappings join their names with a dot.
func (l *loader) readMap(path, prefix string, node ast.Node) {
	values, ok := entries(node)
	if !ok {
		l.fault(place(path, node), "expected keys and values%s", under(prefix))
		return
	}
	seen := map[string]bool{}
	for _, kv := range values {
		name := prefix + kv.Key.GetToken().Value
		if seen[name] {
			l.fault(place(path, kv.Key), "%s is set twice", name)
		}
		seen[name] = true
		l.readEntry(path, name, kv)
	}
}

func (l *loader) readEntry(path, name string, kv *ast.MappingValueNode) {
	if name == "trunks" {
		l.readTrunks(path, kv.Value)
		return
	}
	all := keys()
	i := slices.IndexFunc(all, func(k key) bool { return k.name == name })
	if i >= 0 {
		l.set(place(path, kv.Value), all[i], kv.Value)
		return
	}
	if slices.ContainsFunc(all, func(k key) bool { return strings.HasPrefix(k.name, name+".") }) {
		l.readMap(path, name+".", kv.Value)
		return
	}
	names := []string{"trunks"}
	for _, k := range all {
		names = append(names, k.name)
	}
	l.fault(place(path, kv.Key), "unknown key %s%s", name, suggest(name, names))
}

func (l *loader) set(where string, k key, node ast.Node) {
	values, err := scalars(node)
	switch {
	case err != nil:
		l.fault(where, "%s: %v", k.name, err)
	case !k.list && len(values) != 1:
		l.fault(where, "%s takes one value, not a list", k.name)
	default:
		l.apply(where, k, values)
	}
}

func (l *loader) apply(where string, k key, values []string) {
	l.places[k.name] = where
	if err := k.set(&l.config, values); err != nil {
		l.fault(where, "%s: %v", k.name, err)
	}
}

func (l *loader) readEnvironment(getenv func(string) string) {
	for _, k := range keys() {
		text := getenv(k.variable())
		if text == "" {
			continue
		}
		values := []string{text}
		if k.list {
			values = strings.Split(text, ",")
		}
		l.apply(k.variable(), k, values)
	}
	l.trunksFromEnvironment(getenv)
}

// entries returns the pairs of a mapping, however the parser represents it.
func entries(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	case *ast.NullNode:
		return nil, true
	}
	return nil, false
}

// scalars returns the text of a scalar, or of each item of a sequence.
func scalars(node ast.Node) ([]string, error) {
	switch n := node.(type) {
	case *ast.SequenceNode:
		var all []string
		for _, v := range n.Values {
			one, err := scalars(v)
			if err != nil || len(one) != 1 {
				return nil, errors.New("expected a list of single values")
			}
			all = append(all, one[0])
		}
		return all, nil
	case *ast.LiteralNode:
		return []string{n.Value.Value}, nil
	case *ast.NullNode:
		return []string{""}, nil
	case ast.ScalarNode:
		return []string{n.GetToken().Value}, nil
	}
	return nil, errors.New("expected a single value")
}

func place(path string, node ast.Node) string {
	p := node.GetToken().Position
	return fmt.Sprintf("%s:%d:%d", path, p.Line, p.Column)
}

func under(prefix string) string {
	if prefix == "" {
		return ""
	}
	return " under " + strings.TrimSuffix(prefix, ".")
}

// oneLine keeps the first line of an error that draws pictures.
func oneLine(err error) string {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return first
}

// suggest names the nearest known name when a slip of the finger explains the unknown one.
func suggest(name string, known []string) string {
	best := slices.MinFunc(known, func(a, b string) int { return cmp.Compare(distance(name, a), distance(name, b)) })
	if distance(name, best) > 1+len(name)/4 {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}

// distance is the Levenshtein distance: how many letters to add, drop or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			swap := diagonal
			if a[i] != b[j] {
				swap++
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, swap)
		}
	}
	return row[len(b)]
}
