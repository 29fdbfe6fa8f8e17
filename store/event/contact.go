package event

import "time"

// Channel is how a contact came about.
type Channel string

// The channels.
const (
	ChannelCallIn   Channel = "call_in"
	ChannelCallback Channel = "callback"
	ChannelCallOut  Channel = "call_out"
)

// Channels lists the channels; their places are written in the journal.
func Channels() []Channel { return []Channel{ChannelCallIn, ChannelCallback, ChannelCallOut} }

// Number is a telephone number nobody can read without the keys: Key finds the
// same number again, Sealed gives it back to whoever may see it. A withheld number
// has neither.
type Number struct {
	Key      []byte // keyed hash, 32 bytes; empty when withheld
	Sealed   []byte // encrypted, with the id of its key
	Kind     string // mobile, fixed, short, foreign, other, withheld
	Asserted string // where it was read: PAI, From, keyed
}

// Withheld reports whether there is no number to find the caller by.
func (n Number) Withheld() bool { return len(n.Key) == 0 }

func (n *Number) fields(c *codec, prefix bool) {
	if c.mode != showing {
		c.raw("key", &n.Key)
		c.raw("sealed", &n.Sealed)
	}
	kind, asserted := "number_kind", "number_asserted"
	if prefix {
		kind, asserted = "caller_kind", "caller_asserted"
	}
	c.text(kind, &n.Kind)
	c.text(asserted, &n.Asserted)
}

// Opened says that a contact exists. It is the first fact of every contact.
type Opened struct {
	Channel  Channel
	Line     string // the number dialled (DID), or the line called out from
	Language string // zh-CN, yue or en; the line's when nothing better is known
	Caller   Number
	Trunk    string // empty when the call came from one of our extensions
	Node     string // which program instance, by its configured name
	Boot     ID     // which run of it
	Flow     string // the call flow that will serve it, when known
	FlowHash string // and the hash of its definition, in hexadecimal
	External string // keyed hash of the caller's SIP Call-ID
}

// Kind is KindOpened.
func (*Opened) Kind() Kind { return KindOpened }

func (e *Opened) fields(c *codec) {
	choice(c, "channel", &e.Channel, Channels())
	c.text("line", &e.Line)
	c.text("language", &e.Language)
	e.Caller.fields(c, true)
	c.text("trunk", &e.Trunk)
	c.text("node", &e.Node)
	c.ident("boot", &e.Boot)
	c.text("flow", &e.Flow)
	c.text("flow_hash", &e.FlowHash)
	c.text("external", &e.External)
}

// Class decides who may serve a contact, who may open its file and for how long its
// recording is kept.
type Class string

// The classes.
const (
	ClassOrdinary Class = "ordinary"
	ClassMinor    Class = "minor"
	ClassDanger   Class = "danger"
)

// Classes lists the classes; their places are written in the journal.
func Classes() []Class { return []Class{ClassOrdinary, ClassMinor, ClassDanger} }

// Classified says that a contact's class or risk was found to be another than
// assumed.
type Classified struct {
	Class  Class
	Risk   string // R0 to R3; empty leaves it
	By     string // extension of the counselor, or the flow's node
	Reason string
}

// Kind is KindClassified.
func (*Classified) Kind() Kind { return KindClassified }

func (e *Classified) fields(c *codec) {
	choice(c, "class", &e.Class, Classes())
	c.text("risk", &e.Risk)
	c.text("by", &e.By)
	c.text("reason", &e.Reason)
}

// Closed says how a contact ended. It is filed once.
type Closed struct {
	Outcome Outcome
	Stage   Stage
	By      Party
	Cause   string // readable, never with a number in it
	Code    int    // SIP status that ended it; 0 when none did
	Q850    int    // Q.850 cause; 0 when unknown
	// End is when the contact ended, when that is earlier than the moment the
	// fact is written (after a crash: its last known moment).
	End time.Time
}

// Kind is KindClosed.
func (*Closed) Kind() Kind { return KindClosed }

func (e *Closed) fields(c *codec) {
	choice(c, "outcome", &e.Outcome, Outcomes())
	choice(c, "stage", &e.Stage, Stages())
	choice(c, "by", &e.By, Parties())
	c.text("cause", &e.Cause)
	count(c, "code", &e.Code)
	count(c, "q850", &e.Q850)
	c.moment("end", &e.End)
}
