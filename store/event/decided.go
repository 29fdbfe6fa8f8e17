package event

import "time"

// Decided says what came of something that was read to a person in a talk: a pledge, a referral, a closing sum, a term
// of a settlement.
type Decided struct {
	Flow    string // that read it
	Subject ID     // the row it is about; zero for none
	Party   ID     // of a mediation; zero for none
	Leg     int    // of the person
	Outcome string // of the flow; hung_up, stopped or failed when it did not come to its end
	// Answer is the last one given to a text that was read out: agreed or refused; empty for none.
	Answer string
	By     string // extension of the counselor who asked
	About  string // what the counselor named by keys, such as an article
	// Reference and Due are what the person was promised; empty for nothing.
	Reference string
	Due       time.Time
}

// Kind is KindDecided.
func (*Decided) Kind() Kind { return KindDecided }

func (e *Decided) fields(c *codec) {
	c.text("flow", &e.Flow)
	c.ident("subject", &e.Subject)
	c.ident("party", &e.Party)
	count(c, "leg", &e.Leg)
	c.text("outcome", &e.Outcome)
	c.text("answer", &e.Answer)
	c.text("by", &e.By)
	c.text("about", &e.About)
	c.text("reference", &e.Reference)
	c.moment("due", &e.Due)
}
