package ivr

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hotline/ivr/source"
)

// namePattern is what names of flows, nodes, queues and the like look like.
const namePattern = "^[a-z0-9][a-z0-9-]*$"

var (
	nameForm     = regexp.MustCompile(namePattern)
	variableForm = regexp.MustCompile(`^[a-z][a-z_]*$`)
	promptForm   = regexp.MustCompile(`^[A-Z][A-Z0-9-]*$`)
)

// name is a reference to something by its name, with its place.
type name struct {
	text string
	at   source.Position
}

func (n *name) load(r *reader, node *source.Node, what string, form *regexp.Regexp) {
	n.at = node.Position
	text, ok := r.word(node, what)
	if ok && !form.MatchString(text) {
		r.faults.Add(node.Position, "%q is not %s", text, what)
		return
	}
	n.text = text
}

func (n *name) subject() string { return n.text }

// queueName names a queue of the centre.
type queueName struct{ name }

func (n *queueName) read(r *reader, node *source.Node) {
	n.load(r, node, "the name of a queue", nameForm)
}
func (n *queueName) shape() schema { return named() }

// calendarName names a working calendar.
type calendarName struct{ name }

func (n *calendarName) read(r *reader, node *source.Node) {
	n.load(r, node, "the name of a calendar", nameForm)
}
func (n *calendarName) shape() schema { return named() }

// rosterName names a duty roster of the centre.
type rosterName struct{ name }

func (n *rosterName) read(r *reader, node *source.Node) {
	n.load(r, node, "the name of a duty roster", nameForm)
}
func (n *rosterName) shape() schema { return named() }

// flowName names a flow.
type flowName struct{ name }

func (n *flowName) read(r *reader, node *source.Node) {
	n.load(r, node, "the name of a flow", nameForm)
}
func (n *flowName) shape() schema { return named() }

// nodeName names a node of the same flow.
type nodeName struct{ name }

func (n *nodeName) read(r *reader, node *source.Node) {
	n.load(r, node, "the name of a node", nameForm)
}
func (n *nodeName) shape() schema { return named() }

// variable names a variable.
type variable struct{ name }

func (n *variable) read(r *reader, node *source.Node) {
	n.load(r, node, "the name of a variable, small letters and underscores", variableForm)
}
func (n *variable) shape() schema { return text(variableForm.String()) }

// prompt names a prompt of the catalogue.
type prompt struct{ name }

func (n *prompt) read(r *reader, node *source.Node) {
	n.load(r, node, "the id of a prompt", promptForm)
}
func (n *prompt) subject() string { return "" }
func (n *prompt) shape() schema   { return text(promptForm.String()) }

// prompts are one or more prompts, said in order.
type prompts []prompt

func (ps *prompts) read(r *reader, node *source.Node) {
	items := node.Items
	if node.Kind == source.Scalar {
		items = []*source.Node{node}
	}
	if len(items) == 0 {
		r.faults.Add(node.Position, "a prompt or a list of prompts is needed, here is %v", node.Kind)
	}
	for _, item := range items {
		var p prompt
		p.read(r, item)
		*ps = append(*ps, p)
	}
}

func (ps *prompts) shape() schema {
	one := (&prompt{}).shape()
	return schema{"oneOf": []schema{one, {"type": "array", "items": one, "minItems": 1}}}
}

// label is a name with a meaning only inside its node: a purpose, a topic.
type label struct{ name }

func (n *label) read(r *reader, node *source.Node) { n.load(r, node, "a name", nameForm) }
func (n *label) shape() schema                     { return named() }

// about is a line for people.
type about string

func (a *about) read(r *reader, node *source.Node) {
	text, _ := r.word(node, "a text for people")
	*a = about(text)
}
func (a *about) shape() schema { return schema{"type": "string"} }

// span is a stretch of time, such as 45s or 30m; more than nothing, at most a
// day.
type span time.Duration

func (s *span) read(r *reader, node *source.Node) {
	text, ok := r.word(node, "a time such as 5s or 30m")
	if !ok {
		return
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > 24*time.Hour {
		r.faults.Add(node.Position, "%q is not a time such as 5s or 30m", text)
	}
	*s = span(d)
}
func (s *span) shape() schema { return text(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`) }

// count is a whole number from 0 to 1000.
type count int

func (c *count) read(r *reader, node *source.Node) {
	n, err := strconv.Atoi(node.Text)
	if node.Kind != source.Scalar || err != nil || n < 0 || n > 1000 {
		r.faults.Add(node.Position, "a whole number from 0 to 1000 is needed, not %q", node.Text)
	}
	*c = count(n)
}
func (c *count) shape() schema { return schema{"type": "integer", "minimum": 0, "maximum": 1000} }

// tries is how often something is asked, from 1 to 5.
type tries int

func (t *tries) read(r *reader, node *source.Node) {
	n, err := strconv.Atoi(node.Text)
	if node.Kind != source.Scalar || err != nil || n < 1 || n > 5 {
		r.faults.Add(node.Position, "a number of tries from 1 to 5 is needed, not %q", node.Text)
	}
	*t = tries(n)
}
func (t *tries) shape() schema { return schema{"type": "integer", "minimum": 1, "maximum": 5} }

// yes is true or false.
type yes bool

func (y *yes) read(r *reader, node *source.Node) {
	if node.Text != "true" && node.Text != "false" {
		r.faults.Add(node.Position, "true or false is needed, not %q", node.Text)
	}
	*y = node.Text == "true"
}
func (y *yes) shape() schema { return schema{"type": "boolean"} }

// between is an inclusive range of numbers, such as 1..31.
type between struct{ low, high int }

func (b *between) read(r *reader, node *source.Node) {
	low, high, ok := strings.Cut(node.Text, "..")
	var err1, err2 error
	b.low, err1 = strconv.Atoi(low)
	b.high, err2 = strconv.Atoi(high)
	if !ok || err1 != nil || err2 != nil || b.low > b.high || b.low < 0 {
		r.faults.Add(node.Position, "%q is not a range such as 1..31", node.Text)
	}
}
func (b *between) shape() schema { return text(`^[0-9]+\.\.[0-9]+$`) }

// set tells whether a range was given.
func (b between) set() bool { return b != between{} }

// choose reads one of a few words; it is empty after a fault.
func choose(r *reader, node *source.Node, words ...string) string {
	if node.Kind == source.Scalar && contains(words, node.Text) {
		return node.Text
	}
	r.faults.AddHint(node.Position, source.Suggest(node.Text, words), "%s is needed, not %q", either(words), node.Text)
	return ""
}

func either(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return fmt.Sprintf("%s or %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
