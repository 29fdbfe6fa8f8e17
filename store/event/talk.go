package event

import "time"

// Connected says that caller and counselor hear each other.
type Connected struct {
	Queue     string // empty when the call came by no queue
	Extension string
	Leg       int // the counselor's
	Waited    time.Duration
}

// Kind is KindConnected.
func (*Connected) Kind() Kind { return KindConnected }

func (e *Connected) fields(c *codec) {
	c.text("queue", &e.Queue)
	c.text("extension", &e.Extension)
	count(c, "leg", &e.Leg)
	c.span("waited_ms", &e.Waited)
}

// Held says that a leg was put on hold.
type Held struct {
	Leg int
	By  Party
}

// Kind is KindHeld.
func (*Held) Kind() Kind { return KindHeld }

func (e *Held) fields(c *codec) {
	count(c, "leg", &e.Leg)
	choice(c, "by", &e.By, Parties())
}

// Resumed says that a leg came back from hold.
type Resumed struct {
	Leg  int
	Held time.Duration
}

// Kind is KindResumed.
func (*Resumed) Kind() Kind { return KindResumed }

func (e *Resumed) fields(c *codec) {
	count(c, "leg", &e.Leg)
	c.span("held_ms", &e.Held)
}

// TalkEnded says that caller and counselor no longer hear each other.
type TalkEnded struct {
	Extension string
	Leg       int
	By        Party
	Talked    time.Duration // without hold
	Held      time.Duration
}

// Kind is KindTalkEnded.
func (*TalkEnded) Kind() Kind { return KindTalkEnded }

func (e *TalkEnded) fields(c *codec) {
	c.text("extension", &e.Extension)
	count(c, "leg", &e.Leg)
	choice(c, "by", &e.By, Parties())
	c.span("talked_ms", &e.Talked)
	c.span("held_ms", &e.Held)
}

// Wrapped says that the counselor finished the work after a talk.
type Wrapped struct {
	Extension   string
	Took        time.Duration
	Disposition string // the counselor's wrap-up code
	Forced      bool   // ended by the limit, not by the counselor
}

// Kind is KindWrapped.
func (*Wrapped) Kind() Kind { return KindWrapped }

func (e *Wrapped) fields(c *codec) {
	c.text("extension", &e.Extension)
	c.span("took_ms", &e.Took)
	c.text("disposition", &e.Disposition)
	c.flag("forced", &e.Forced)
}
