package event

import "time"

// FlowEntered says that a call flow, or a sub-flow, begins to serve the caller.
type FlowEntered struct {
	Flow string
	Hash string // of its definition, in hexadecimal
}

// Kind is KindFlowEntered.
func (*FlowEntered) Kind() Kind { return KindFlowEntered }

func (e *FlowEntered) fields(c *codec) {
	c.text("flow", &e.Flow)
	c.text("hash", &e.Hash)
}

// NodeEntered says that the caller came to a node of a flow.
type NodeEntered struct {
	Flow string
	Node string
	Type string // the node's kind: say, menu, queue ...
}

// Kind is KindNodeEntered.
func (*NodeEntered) Kind() Kind { return KindNodeEntered }

func (e *NodeEntered) fields(c *codec) {
	c.text("flow", &e.Flow)
	c.text("node", &e.Node)
	c.text("type", &e.Type)
}

// NodeLeft says that the caller left a node, and by which way. A caller who hung
// up there leaves it with the outcome "gone".
type NodeLeft struct {
	Flow    string
	Node    string
	Outcome string
	Took    time.Duration
}

// Kind is KindNodeLeft.
func (*NodeLeft) Kind() Kind { return KindNodeLeft }

func (e *NodeLeft) fields(c *codec) {
	c.text("flow", &e.Flow)
	c.text("node", &e.Node)
	c.text("outcome", &e.Outcome)
	c.span("took_ms", &e.Took)
}

// KeySource is how a pressed key reached us.
type KeySource string

// The sources of keys.
const (
	KeyEvent  KeySource = "rfc4733"
	KeyInfo   KeySource = "info"
	KeyInband KeySource = "inband"
)

// KeySources lists the sources; their places are written in the journal.
func KeySources() []KeySource { return []KeySource{KeyEvent, KeyInfo, KeyInband} }

// Keyed says which keys the caller pressed. Where they are a secret or a number
// (PIN, identity number, telephone number) Masked is set, Keys stays empty and only
// Count tells of them; writing both fails.
type Keyed struct {
	Node   string
	Keys   string // 0-9 * # A-D
	Masked bool
	Count  int
	Source KeySource
}

// Kind is KindKeyed.
func (*Keyed) Kind() Kind { return KindKeyed }

func (e *Keyed) fields(c *codec) {
	if c.mode == encoding && e.Masked && e.Keys != "" {
		c.invalid("keys", "masked keys given in clear")
	}
	c.text("node", &e.Node)
	c.text("keys", &e.Keys)
	c.flag("masked", &e.Masked)
	count(c, "count", &e.Count)
	choice(c, "source", &e.Source, KeySources())
}

// Prompted says what was played to the caller, and whether to its end: the proof
// that a notice was heard before a key was taken for consent.
type Prompted struct {
	Prompt   string // id in the catalogue
	Language string
	Version  string // of the text or file
	Played   time.Duration
	Complete bool
}

// Kind is KindPrompted.
func (*Prompted) Kind() Kind { return KindPrompted }

func (e *Prompted) fields(c *codec) {
	c.text("prompt", &e.Prompt)
	c.text("language", &e.Language)
	c.text("version", &e.Version)
	c.span("played_ms", &e.Played)
	c.flag("complete", &e.Complete)
}

// LanguageChosen says in which language the contact goes on.
type LanguageChosen struct {
	Language string // zh-CN, yue or en
	How      string // keyed, remembered, line, staff
}

// Kind is KindLanguageChosen.
func (*LanguageChosen) Kind() Kind { return KindLanguageChosen }

func (e *LanguageChosen) fields(c *codec) {
	c.text("language", &e.Language)
	c.text("how", &e.How)
}

// Noted says that a variable of the flow got a value. As with Keyed, a masked
// value is not written.
type Noted struct {
	Node   string
	Name   string
	Value  string
	Masked bool
}

// Kind is KindNoted.
func (*Noted) Kind() Kind { return KindNoted }

func (e *Noted) fields(c *codec) {
	if c.mode == encoding && e.Masked && e.Value != "" {
		c.invalid("value", "masked value given in clear")
	}
	c.text("node", &e.Node)
	c.text("name", &e.Name)
	c.text("value", &e.Value)
	c.flag("masked", &e.Masked)
}
