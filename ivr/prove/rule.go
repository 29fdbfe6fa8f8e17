package prove

import (
	"io/fs"
	"slices"
	"strings"

	"hotline/ivr"
	"hotline/ivr/source"
)

// Rule is something that must hold over every path of every flow it is about.
type Rule struct {
	Name    string
	At      source.Position
	Clauses []Clause
}

// Clause is one part of a rule: an automaton over the facts of a path. Facts
// are words such as queue:minors; one that ends in * stands for all that begin
// so.
type Clause struct {
	Flows []string // only these flows; all when empty
	Use   string   // only flows of this use: line, leg
	After []string // the clause wakes with one of these; awake from the start when empty
	Until []string // and is settled for good with one of these
	Reset []string // or sleeps again with one of these
	Never []string // awake, none of these may happen
	Leads []string // awake, one of these must happen before the end
	Ends  []string // of each path, one of these must have happened
}

// LoadRules reads a file of rules. The error holds every fault.
func LoadRules(fsys fs.FS, name string) ([]Rule, error) {
	text, err := source.Open(fsys, name)
	if err != nil {
		return nil, err
	}
	return ParseRules(name, text)
}

// ParseRules reads rules.
func ParseRules(name string, text []byte) ([]Rule, error) {
	root, err := source.Parse(name, text)
	if err != nil {
		return nil, err
	}
	var faults source.Faults
	var rules []Rule
	list := root.Field("rules")
	if list == nil || list.Value.Kind != source.List {
		faults.Add(root.Position, `a file of rules needs "rules", a list`)
		return nil, faults.Err()
	}
	for _, item := range list.Value.Items {
		rules = append(rules, readRule(item, &faults))
	}
	return rules, faults.Err()
}

func readRule(n *source.Node, faults *source.Faults) Rule {
	r := Rule{At: n.Position}
	for _, f := range n.Fields {
		switch f.Key {
		case "name":
			r.Name = f.Value.Text
		case "all":
			for _, item := range f.Value.Items {
				r.Clauses = append(r.Clauses, readClause(item, faults))
			}
		default:
			faults.AddHint(f.At, source.Suggest(f.Key, []string{"name", "all"}), "unknown field %q in a rule", f.Key)
		}
	}
	if r.Name == "" || len(r.Clauses) == 0 {
		faults.Add(n.Position, `a rule needs a "name" and "all", a list of clauses`)
	}
	return r
}

func readClause(n *source.Node, faults *source.Faults) Clause {
	var c Clause
	lists := map[string]*[]string{
		"flows": &c.Flows, "after": &c.After, "until": &c.Until, "reset": &c.Reset, "never": &c.Never, "leads": &c.Leads, "ends": &c.Ends,
	}
	for _, f := range n.Fields {
		if f.Key == "use" {
			c.Use = f.Value.Text
			continue
		}
		list, ok := lists[f.Key]
		if !ok {
			known := []string{"use", "flows", "after", "until", "reset", "never", "leads", "ends"}
			faults.AddHint(f.At, source.Suggest(f.Key, known), "unknown field %q in a clause", f.Key)
			continue
		}
		items := f.Value.Items
		if f.Value.Kind == source.Scalar {
			items = []*source.Node{f.Value}
		}
		for _, item := range items {
			if f.Key != "flows" {
				checkFact(item, faults)
			}
			*list = append(*list, item.Text)
		}
	}
	if len(c.Never)+len(c.Leads)+len(c.Ends) == 0 {
		faults.Add(n.Position, `a clause needs "never", "leads" or "ends"`)
	}
	return c
}

// sorts are what a fact can be about. Those with a list know every word they
// can have.
func sorts() map[string][]string {
	return map[string][]string{
		"say": nil, "queue": nil, "duty": nil, "consent": nil, "request": nil, "away": nil, "flow": nil, "ended": nil, "answered": nil,
		"asked":   {"agree", "score", "solved", "comment"},
		"key":     {"0", "8", "9", "*", "other", "wrong"},
		"mark":    {"minor", "private", "danger", "silent", "abusive"},
		"node":    ivr.Kinds(),
		"caller":  {"unknown", "known", "minor", "blocked", "facility", "slow"},
		"hours":   {"open", "closed", "holiday", "shut"},
		"tap":     {"yes", "no", "danger"},
		"silence": {}, "person": {}, "message": {}, "callback": {}, "booking": {}, "goodbye": {}, "record": {}, "fault": {}, "switchboard": {},
	}
}

// checkFact refuses a fact that can never be: a rule about it would hold of
// nothing.
func checkFact(n *source.Node, faults *source.Faults) {
	sort, word, _ := strings.Cut(n.Text, " ")
	words, ok := sorts()[sort]
	if !ok && n.Text != "*" {
		var known []string
		for s := range sorts() {
			known = append(known, s)
		}
		faults.AddHint(n.Position, source.Suggest(sort, known), "no fact is called %q", n.Text)
		return
	}
	if words != nil && word != "" && word != "*" && !slices.Contains(words, word) {
		faults.AddHint(n.Position, source.Suggest(word, words), "no fact is called %q", n.Text)
	}
}

// about tells whether a clause is about a flow.
func (c Clause) about(f *ivr.Flow) bool {
	if c.Use != "" && c.Use != f.Used() {
		return false
	}
	return len(c.Flows) == 0 || slices.Contains(c.Flows, f.Name())
}

func matches(patterns []string, fact string) bool {
	for _, p := range patterns {
		if stem, ok := strings.CutSuffix(p, "*"); p == fact || ok && strings.HasPrefix(fact, stem) {
			return true
		}
	}
	return false
}
