package media

// Room is a part of a mix of its own: who is in it hears, and is heard by, only those who are in
// it too. Listeners are in the common room always, so nobody listens to a private one.
type Room struct {
	mix    *Mix
	reason string
}

// Room makes an empty private room. What is said in it is not recorded, and the reason is that of
// the gap in each party's channel; with an empty reason it is recorded as everything else.
func (m *Mix) Room(reason string) *Room { return &Room{m, reason} }

// Close brings everybody back to the common room. The room may be used again.
func (r *Room) Close() {
	p := r.mix.plane
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, me := range r.mix.members {
		if me.room == r {
			me.enter(nil)
		}
	}
	r.mix.settle()
}

// enter brings a member into a room, nil for the common one.
func (me *member) enter(r *Room) {
	me.room = r
	reason := ""
	if r != nil {
		reason = r.reason
	}
	me.session.in.tap.quiet(offRoom, reason)
}
