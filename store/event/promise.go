package event

import "time"

// CallbackPromised says that the caller, or somebody the caller named, will be called
// back, with the place in line kept since the caller first entered it.
type CallbackPromised struct {
	Callback  ID
	Reference string
	Number    Number // to be called
	Queue     string
	Since     time.Time // when the caller entered the queue
	Language  string
	Class     Class
	Neutral   bool // do not say who calls
}

// Kind is KindCallbackPromised.
func (*CallbackPromised) Kind() Kind { return KindCallbackPromised }

func (e *CallbackPromised) fields(c *codec) {
	if c.mode == encoding && (len(e.Number.Key) != 32 || len(e.Number.Sealed) == 0) {
		c.invalid("number", "nobody can be called back without one")
	}
	c.ident("callback", &e.Callback)
	c.text("reference", &e.Reference)
	e.Number.fields(c, false)
	c.text("queue", &e.Queue)
	c.moment("since", &e.Since)
	c.text("language", &e.Language)
	choice(c, "class", &e.Class, Classes())
	c.flag("neutral", &e.Neutral)
}

// RequestKind is what a caller asked the office to do.
type RequestKind string

// The requests that are kept by the journal, because a time set by law runs from them.
const (
	RequestForward   RequestKind = "forward"   // pass on a detained person's application (Legal Aid Law art. 39)
	RequestNotice    RequestKind = "notice"    // appoint a lawyer for somebody (art. 25, 36)
	RequestPresence  RequestKind = "presence"  // be there when a plea is signed
	RequestObjection RequestKind = "objection" // object to a decision (art. 49)
	RequestReferral  RequestKind = "referral"  // hand the matter on to another body, which answers
)

// RequestKinds lists the kinds; their places are written in the journal.
func RequestKinds() []RequestKind {
	return []RequestKind{RequestForward, RequestNotice, RequestPresence, RequestObjection, RequestReferral}
}

// RequestFiled says that the office was asked for something, and by when it is due.
type RequestFiled struct {
	Request   ID
	What      RequestKind
	Reference string
	Facility  string    // code of the facility that asked; empty when none did
	Case      ID        // zero when it is about none yet
	Day       time.Time // of a presence
	Due       time.Time
}

// Kind is KindRequestFiled.
func (*RequestFiled) Kind() Kind { return KindRequestFiled }

func (e *RequestFiled) fields(c *codec) {
	if c.mode == encoding && e.Due.IsZero() {
		c.invalid("due", "every request is due at some time")
	}
	c.ident("request", &e.Request)
	choice(c, "what", &e.What, RequestKinds())
	c.text("reference", &e.Reference)
	c.text("facility", &e.Facility)
	c.ident("case", &e.Case)
	c.moment("day", &e.Day)
	c.moment("due", &e.Due)
}

// ClipPlayed says that a recording of the library was played to the caller.
type ClipPlayed struct {
	Clip     string
	Language string
	Whole    bool // to its end
}

// Kind is KindClipPlayed.
func (*ClipPlayed) Kind() Kind { return KindClipPlayed }

func (e *ClipPlayed) fields(c *codec) {
	c.text("clip", &e.Clip)
	c.text("language", &e.Language)
	c.flag("whole", &e.Whole)
}

// CallbackEnd says how a try to call somebody back went.
type CallbackEnd string

// The ends of a try.
const (
	CallbackReached   CallbackEnd = "reached"   // joined with a counselor
	CallbackUnreached CallbackEnd = "unreached" // no answer, or nobody in person
	CallbackPutOff    CallbackEnd = "put_off"   // asked for another time
)

// CallbackEnds lists the ends; their places are written in the journal.
func CallbackEnds() []CallbackEnd {
	return []CallbackEnd{CallbackReached, CallbackUnreached, CallbackPutOff}
}

// CallbackTried says that somebody was called back, and how that went.
type CallbackTried struct {
	Callback ID
	End      CallbackEnd
	Try      int       // from 1
	Next     time.Time // of the next try; zero when there is none
}

// Kind is KindCallbackTried.
func (*CallbackTried) Kind() Kind { return KindCallbackTried }

func (e *CallbackTried) fields(c *codec) {
	c.ident("callback", &e.Callback)
	choice(c, "end", &e.End, CallbackEnds())
	count(c, "try", &e.Try)
	c.moment("next", &e.Next)
}
