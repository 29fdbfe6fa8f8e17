package switchboard

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"hotline/acd"
	"hotline/media"
	"hotline/store/event"
)

// talks is the talks that go on, and the supervisors who take part in them.
type talks struct {
	mu      sync.Mutex
	by      map[acd.ContactID]*circle // nil for one that nobody may listen to
	helpers map[acd.AgentID]*helper
	desks   map[event.ID]*talkDesk // where counselors' keys are heard
}

// desk notes where the keys of the counselor in a talk are heard; nil for nowhere.
func (f *talks) desk(contact event.ID, d *talkDesk) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d == nil {
		delete(f.desks, contact)
		return
	}
	if f.desks == nil {
		f.desks = map[event.ID]*talkDesk{}
	}
	f.desks[contact] = d
}

// asked finds where a counselor in a talk is asked for something.
func (f *talks) asked(contact acd.ContactID) (*talkDesk, bool) {
	id, err := event.ParseID(string(contact))
	if err != nil {
		return nil, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.desks[id]
	return d, d != nil
}

// open makes a talk known.
func (f *talks) open(contact event.ID, o *circle, private bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil {
		f.by, f.helpers = map[acd.ContactID]*circle{}, map[acd.AgentID]*helper{}
	}
	if private {
		o = nil // who does not have it cannot let anybody in
	}
	f.by[acd.ContactID(contact.String())] = o
}

// close forgets a talk and sends home whoever came in; nobody comes in any more.
func (f *talks) close(contact event.ID, o *circle) (all []*companion) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.by, acd.ContactID(contact.String()))
	o.closed = true
	close(o.over)
	for _, h := range o.helpers {
		all = append(all, &h.companion)
	}
	for _, g := range o.guests {
		all = append(all, &g.companion)
	}
	for _, m := range all {
		m.dismiss()
	}
	return all
}

// admit finds the supervisor's part in a talk, or gives a new one that is still to be rung. Who was called for help comes into
// a locked talk, too.
func (f *talks) admit(supervisor acd.AgentID, contact acd.ContactID, called bool) (h *helper, fresh bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o, known := f.by[contact]
	h = f.helpers[supervisor]
	switch {
	case !known:
		return nil, false, ErrNoTalk
	case o == nil:
		return nil, false, ErrPrivate
	case h != nil && h.circle == o && h.mode != "":
		return h, false, nil
	case o.locked && !called:
		return nil, false, ErrLocked
	case h != nil:
		return nil, false, fmt.Errorf("%w: taking part in a talk already", ErrNoPhone)
	}
	h = newHelper(o, supervisor)
	f.helpers[supervisor] = h
	o.helpers = append(o.helpers, h)
	return h, true, nil
}

// dismissed forgets a supervisor who has gone.
func (f *talks) dismissed(h *helper) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.helpers, h.id)
	h.circle.helpers = slices.DeleteFunc(h.circle.helpers, func(other *helper) bool { return other == h })
}

// helping returns the supervisor's part in a talk.
func (f *talks) helping(supervisor acd.AgentID, contact acd.ContactID) (*helper, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.helpers[supervisor]
	return h, h != nil && h.contact() == contact
}

// heir makes the supervisor who joined first the one who serves the caller, or else the colleague who was invited first. When
// there is none, it is nil.
func (f *talks) heir(o *circle) *companion {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, h := range o.helpers {
		if h.mode == Barging && !h.leaving {
			o.staff, o.leg, o.who = h.party, h.leg, h.extension
			return &h.companion
		}
	}
	for _, g := range o.guests {
		if g.offer != nil && g.party != nil && !g.leaving {
			o.staff, o.leg, o.who = g.party, g.leg, g.extension
			return &g.companion
		}
	}
	return nil
}

// heirOrNone is heir, and tells of nobody whether all who could come were rung.
func (f *talks) heirOrNone(o *circle) (m *companion, none bool) {
	m = f.heir(o)
	f.mu.Lock()
	defer f.mu.Unlock()
	return m, o.tried
}

// fruitless notes that all who could come were rung.
func (f *talks) fruitless(o *circle) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o.tried = true
	o.tell()
}

// nudge tells who waits in a talk that something has changed.
func (f *talks) nudge(contact acd.ContactID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if o := f.by[contact]; o != nil {
		o.tell()
	}
}

// tell wakes who waits for somebody to come.
func (o *circle) tell() {
	select {
	case o.news <- struct{}{}:
	default:
	}
}

// alone notes that nobody serves the caller.
func (f *talks) alone(o *circle) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o.staff, o.leg, o.who, o.tried = nil, nil, "", false
}

// recall sends a supervisor home who only listens to another talk.
func (f *talks) recall(supervisor acd.AgentID, to *circle) {
	f.mu.Lock()
	h := f.helpers[supervisor]
	if h == nil || h.circle == to || h.mode != Monitoring {
		f.mu.Unlock()
		return
	}
	h.dismiss()
	f.mu.Unlock()
	<-h.gone
}

// change is a supervisor's turn from one mode to another.
type change struct {
	was    Mode
	lasted time.Duration
	staff  *media.Party // who serves the caller
}

// turn notes how a supervisor takes part from now on; Barging only when it has come true (joined). It is false when
// nothing changes.
func (f *talks) turn(h *helper, m Mode) (c change, ok bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case h.leaving:
		return c, false, ErrNoTalk
	case h.mode == m:
		return c, false, nil
	case h.circle.leg == h.leg, m == Whispering && h.circle.staff == nil:
		return c, false, fmt.Errorf("%w: nobody else serves the caller", ErrNoTalk)
	}
	return f.enter(h, m), true, nil
}

// enter is turn for who holds the lock.
func (f *talks) enter(h *helper, m Mode) change {
	now := time.Now()
	c := change{h.mode, now.Sub(h.since), h.circle.staff}
	h.since = now
	if m != Barging {
		h.mode, h.party = m, nil
	}
	return c
}

// joined notes that a supervisor is heard by both.
func (f *talks) joined(h *helper, p *media.Party) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h.mode, h.party = Barging, p
	delete(h.circle.muted, h.leg.number) // a new part begins aloud
	h.circle.tell()
}

// came notes that a supervisor has begun to listen.
func (f *talks) came(h *helper) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h.mode, h.since = Monitoring, time.Now()
}

// left notes that a supervisor takes part no more.
func (f *talks) left(h *helper) change {
	f.mu.Lock()
	defer f.mu.Unlock()
	h.dismiss() // who is about to go changes nothing any more
	h.left = true
	h.circle.outOfRooms(h.leg.number)
	return f.enter(h, "")
}

// yield makes somebody leave who goes on with the caller: the phone stays. It is too late for one who has left.
func (f *talks) yield(m *companion) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !m.left {
		m.yielded = true
		m.dismiss()
	}
}

// handed notes that somebody of the house begins or ceases to key codes in a talk.
func (f *talks) handed(h *hands, begins bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := h.circle
	if begins {
		o.hands = append(o.hands, h)
		return
	}
	o.hands = slices.DeleteFunc(o.hands, func(other *hands) bool { return other == h })
}

// server returns the hands of who serves the caller of a contact now; nil for nobody of the house.
func (f *talks) server(contact acd.ContactID) *hands {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.by[contact]
	if o == nil {
		return nil
	}
	for _, h := range o.hands {
		if h.leg == o.leg {
			return h
		}
	}
	return nil
}

// serving returns the leg of who serves the caller.
func (f *talks) serving(o *circle) *Leg {
	f.mu.Lock()
	defer f.mu.Unlock()
	return o.leg
}

// dismiss sends somebody home.
func (f *talks) dismiss(m *companion) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m.dismiss()
}

// Listening lists the supervisors who take part in talks.
func (s *Service) Listening() []Supervision {
	s.talks.mu.Lock()
	defer s.talks.mu.Unlock()
	var all []Supervision
	for id, h := range s.talks.helpers {
		if h.mode != "" {
			all = append(all, Supervision{Supervisor: id, Contact: h.contact(), Mode: h.mode, Since: h.since})
		}
	}
	slices.SortFunc(all, func(a, b Supervision) int { return a.Since.Compare(b.Since) })
	return all
}
