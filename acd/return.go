package acd

// personKey tells people apart within one queue.
type personKey struct {
	person PersonKey
	queue  QueueID
}

// gone is the place of a caller whose line dropped.
type gone struct {
	key    personKey
	start  moment
	ladder moment
	claims Claims
	until  moment
}

// memory keeps the places of callers who left, for the short time in which they may come back.
type memory struct {
	by    map[personKey]*gone
	queue []*gone // by the time of leaving
}

// known is the key by which a caller is known again, false for those who share a phone or withhold the number.
func (t *Ticket) known() (personKey, bool) {
	return personKey{t.req.Person, t.line.name}, t.req.Person != "" && !t.req.Shared
}

// remember keeps the place of a caller who has left.
func (r *Router) remember(t *Ticket) {
	key, ok := t.known()
	if !ok || t.rules.Times.Return < 0 || t.back != nil {
		return
	}
	g := &gone{
		key: key, start: t.rank.start, ladder: t.life.ladder, claims: t.req.Claims,
		until: r.time.now.add(t.rules.Times.Return),
	}
	m := &r.tickets.memory
	m.by[key] = g
	m.queue = append(m.queue, g)
}

// forget drops the places that have run out.
func (m *memory) forget(now moment) {
	n := 0
	for n < len(m.queue) && m.queue[n].until <= now {
		if g := m.queue[n]; m.by[g.key] == g {
			delete(m.by, g.key)
		}
		m.queue[n] = nil
		n++
	}
	m.queue = m.queue[n:]
}

// regain gives a caller who has come back the old place, and what was known of danger. It says whether there was one.
func (t *Ticket) regain() bool {
	m := &t.r.tickets.memory
	m.forget(t.r.time.now)
	key, ok := t.known()
	g := m.by[key]
	if !ok || g == nil || t.req.Callback != nil {
		return false
	}
	delete(m.by, key)
	t.req.Claims |= g.claims & (Minor | Danger)
	if t.req.Claims.Protected() {
		if err := t.learn(); err != nil {
			return false // never: the claims' traits are those of the first visit
		}
	}
	t.rank.start = min(t.rank.start, g.start)
	t.life.ladder = min(t.life.ladder, g.ladder)
	return true
}
