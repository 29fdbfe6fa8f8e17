package store

import (
	"errors"
	"fmt"
	"time"

	"hotline/store/event"
)

// batch is what a number of facts say, gathered by contact, leg and recording, so
// that each row is written once.
type batch struct {
	journal    event.ID
	journalNo  int
	dir        *directory
	where      *time.Location // in which days are counted
	contacts   gathered[event.ID, contactRow]
	legs       gathered[legKey, legRow]
	recordings gathered[event.ID, recordingRow]
	surveys    gathered[event.ID, surveyRow]
	runs       gathered[event.ID, runRow]
	out        *output
}

// gathered keeps rows by key, in the order they came up.
type gathered[K comparable, R any] struct {
	byKey map[K]*R
	order []*R
}

// of gives the row of a key, made by the given function the first time.
func (g *gathered[K, R]) of(key K, fresh func() *R) *R {
	if row := g.byKey[key]; row != nil {
		return row
	}
	if g.byKey == nil {
		g.byKey = map[K]*R{}
	}
	row := fresh()
	g.byKey[key] = row
	g.order = append(g.order, row)
	return row
}

// errNoContact refuses facts of a contact that was never opened.
var errNoContact = errors.New("the contact is not known")

// errTwice refuses a second beginning of what can begin only once.
var errTwice = errors.New("happened before")

// fold gathers all facts that are not refused.
func (b *batch) fold(facts []fact) {
	for i := range facts {
		f := &facts[i]
		if f.refused == nil {
			b.take(f)
		}
		if f.refused != nil {
			b.setAside(f)
			continue
		}
		if !f.contact.IsZero() {
			b.event(f)
		}
	}
}

// event writes the fact itself.
func (b *batch) event(f *fact) {
	b.out.json = b.out.enc.AppendJSON(b.out.json[:0], f.body)
	r := b.out.events
	r.id(f.contact)
	r.int(b.journalNo, true)
	r.big(int64(f.seq), true)
	r.time(f.at)
	r.must(f.kind.String())
	r.json(b.out.json)
}

// setAside keeps a fact that cannot be applied, whole.
func (b *batch) setAside(f *fact) {
	r := b.out.rejects
	r.id(b.journal)
	r.big(int64(f.seq), true)
	r.time(f.at)
	r.id(f.contact)
	r.int(int(f.kind), true)
	r.must(f.kind.String())
	r.raw(f.payload)
	r.must(f.refused.Error())
}

// contact gives the row of the fact's contact and notes that it changes.
func (b *batch) contact(f *fact) *contactRow {
	row := b.contacts.of(f.contact, func() *contactRow { return &contactRow{id: f.contact} })
	row.touched = true
	return row
}

// take applies one fact to the rows it is about. Kinds that only are, such as a
// prompt played, are kept as events alone.
func (b *batch) take(f *fact) {
	switch e := f.body.(type) {
	case *event.Opened, *event.Classified, *event.Closed, *event.FlowEntered, *event.LanguageChosen:
		b.takeContact(f)
	case *event.Enqueued, *event.Connected, *event.TalkEnded, *event.Wrapped:
		b.takeWork(f)
	case *event.LegAdded, *event.LegRinging, *event.LegAnswered, *event.LegEnded:
		b.takeLeg(f)
	case *event.RecordingStarted, *event.RecordingGap, *event.RecordingClosed, *event.VoicemailKept:
		b.takeRecording(f)
	case *event.SurveyAsked, *event.SurveyAnswered, *event.SurveySkipped:
		b.takeSurvey(f)
	case *event.Consented:
		b.takeConsent(f, e)
	case *event.CallbackPromised, *event.RequestFiled, *event.ClipPlayed, *event.CallbackTried:
		b.takePromise(f)
	case *event.Decided:
		b.takeDecided(f, e)
	case *event.StaffChanged, *event.NodeStarted, *event.NodeStopped, *event.EventsLost:
		b.takeNode(f)
	case *event.NodeEntered, *event.NodeLeft, *event.Keyed, *event.Prompted, *event.Noted,
		*event.Dequeued, *event.Offered, *event.OfferEnded, *event.Held, *event.Resumed:
	default:
		f.refused = fmt.Errorf("kind %s has no place in the database", f.kind)
	}
}

// contactless reports whether a kind of fact may stand without a contact.
func contactless(kind event.Kind) bool {
	return kind == event.KindStaffChanged || kind == event.KindNodeStarted || kind == event.KindNodeStopped || kind == event.KindEventsLost
}
