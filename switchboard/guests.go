package switchboard

import (
	"slices"

	"hotline/acd"
	"hotline/media"
	"hotline/store/event"
)

// invite gives a talk a guest who is still to be rung.
func (f *talks) invite(contact acd.ContactID, extension string, number event.Number) (*guest, error) {
	o, err := f.find(contact)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.by[contact] != o:
		return nil, ErrNoTalk
	case o.locked && !o.call.grip.holds():
		return nil, ErrLocked
	}
	g := &guest{newCompanion(o, extension), number}
	o.guests = append(o.guests, g)
	return g, nil
}

// find returns a talk that goes on.
func (f *talks) find(contact acd.ContactID) (*circle, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch o, known := f.by[contact]; {
	case !known:
		return nil, ErrNoTalk
	case o == nil:
		return nil, ErrPrivate
	default:
		return o, nil
	}
}

// seated notes that a guest has joined.
func (f *talks) seated(g *guest, p *media.Party) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g.party = p
}

// rose notes that a guest is about to leave, and tells whether no other stays.
func (f *talks) rose(g *guest) (last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g.dismiss()
	g.left = true
	return !slices.ContainsFunc(g.circle.guests, func(other *guest) bool { return !other.left && other.party != nil })
}

// unseated forgets a guest who has gone.
func (f *talks) unseated(g *guest) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g.leg != nil {
		g.circle.outOfRooms(g.leg.number)
	}
	g.circle.guests = slices.DeleteFunc(g.circle.guests, func(other *guest) bool { return other == g })
}

// party returns who is in a talk by the number of the leg, nil for nobody.
func (f *talks) party(o *circle, leg int) *media.Party {
	f.mu.Lock()
	defer f.mu.Unlock()
	return o.party(leg)
}

// dismissGuest sends a guest home.
func (f *talks) dismissGuest(o *circle, leg int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, g := range o.guests {
		if g.party != nil && g.leg.number == leg {
			g.dismiss()
			return true
		}
	}
	return false
}
