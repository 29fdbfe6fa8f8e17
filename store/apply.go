package store

import (
	"context"
	"errors"
	"fmt"

	"hotline/store/event"
	"hotline/store/journal"
)

// errMoved says that the position in the database is not where this projector left
// it: a commit whose answer was lost did happen, or one that was answered is gone.
var errMoved = errors.New("the position in the database moved")

// applying is one transaction: which facts, from which position to which.
type applying struct {
	facts    []fact
	from, to journal.Seq
	count    int          // how far the count of events goes on
	resolves *journal.Seq // the set aside event that is tried again
}

// apply writes facts in one transaction, together with the new position.
func (p *Projector) apply(ctx context.Context, s *session, a applying) error {
	if err := p.refuseUnknown(ctx, s, a.facts); err != nil {
		return err
	}
	b, err := p.gather(ctx, s, a.facts)
	if err != nil {
		return err
	}
	if err := p.transact(ctx, s, a, b); err != nil {
		s.rollback(ctx)
		return err
	}
	for _, row := range b.contacts.order {
		if row.opened != nil {
			p.remember(row.id)
		}
	}
	return nil
}

// refuseUnknown sets aside facts of contacts that were never opened.
func (p *Projector) refuseUnknown(ctx context.Context, s *session, facts []fact) error {
	opened := map[event.ID]bool{}
	ask := newRows([]col{{"id", tUUID}})
	for i := range facts {
		f := &facts[i]
		if f.refused != nil {
			continue
		}
		if f.kind == event.KindOpened {
			opened[f.contact] = true
		}
		switch {
		case f.contact.IsZero():
			if !contactless(f.kind) {
				f.refused = errNoContact
			}
		case !opened[f.contact] && !p.known[f.contact] && !contactless(f.kind):
			ask.id(f.contact)
		}
	}
	if ask.n == 0 {
		return nil
	}
	got, err := s.run(ctx, do(&s.statements.known, ask.params()...))
	if err != nil {
		return err
	}
	for _, r := range got[0] {
		p.remember(event.ID(r[0]))
	}
	for i := range facts {
		f := &facts[i]
		if f.kind == event.KindOpened && f.refused == nil {
			opened[f.contact] = true
		}
		if f.refused == nil && !f.contact.IsZero() && !contactless(f.kind) && !opened[f.contact] && !p.known[f.contact] {
			f.refused = errNoContact
		}
	}
	return nil
}

// remember notes that a contact exists, so that the database need not be asked.
func (p *Projector) remember(contact event.ID) {
	const most = 50_000
	if len(p.known) >= most {
		clear(p.known)
	}
	p.known[contact] = true
}

// gather folds facts, with a directory that knows all they name.
func (p *Projector) gather(ctx context.Context, s *session, facts []fact) (*batch, error) {
	if err := s.refresh(ctx, false); err != nil {
		return nil, err
	}
	for again := false; ; again = true {
		p.out.reset()
		b := &batch{journal: p.journal.ID(), journalNo: p.no, dir: &s.dir, where: p.db.opt.Location, out: p.out}
		s.dir.missed = false
		b.fold(facts)
		if !s.dir.missed || again {
			return b, nil
		}
		absent := s.dir.absent
		if err := s.refresh(ctx, true); err != nil {
			return nil, err
		}
		s.dir.absent = absent
	}
}

// transact is the transaction itself: claim the position, look up, number, write.
func (p *Projector) transact(ctx context.Context, s *session, a applying, b *batch) error {
	st := s.statements
	f := &filing{
		batch: b, area: p.db.opt.Area, where: p.db.opt.Location, callers: map[string]*caller{}, raises: map[event.ID]*raise{},
		minors: map[event.ID]event.ID{}, given: map[string]int64{},
	}
	// The claim comes first: whoever applied this batch before, or still does,
	// holds the row, and the claim fails when it is done.
	claim := do(&st.claim, uuid(p.journal.ID()), big(int64(a.from)), big(int64(a.to)), big(int64(a.count)))
	claim.exact = 1
	got, err := s.run(ctx, do(&st.begin), claim, do(&st.callers, b.wanted().params()...), do(&st.raises, b.raising().params()...))
	if errors.Is(err, errNoRow) {
		return errMoved
	}
	if err != nil {
		return err
	}
	f.heard(got[2], got[3])
	f.decide()
	if scopes := f.scopes(); scopes.n > 0 {
		got, err := s.run(ctx, do(&st.serials, scopes.params()...))
		if err != nil {
			return err
		}
		f.number(got[0])
	}
	b.write()
	steps := b.out.steps(st)
	if a.resolves != nil && b.out.rejects.n == 0 {
		steps = append(steps, do(&st.resolve, uuid(p.journal.ID()), big(int64(*a.resolves))))
	}
	// The commit is sent only when every statement met the rows it is about.
	if _, err := s.run(ctx, steps...); err != nil {
		return err
	}
	_, err = s.run(ctx, do(&st.commit))
	return err
}

// steps gives the statements for the rows there are, parents before children.
func (o *output) steps(st *statements) []step {
	var steps []step
	add := func(r *rows, s *statement, exact bool) {
		if r.n == 0 {
			return
		}
		next := do(s, r.params()...)
		if exact {
			next.exact = r.n
		}
		steps = append(steps, next)
	}
	add(o.phones, &st.phones, false)
	add(o.profiles, &st.profiles, false)
	add(o.cases, &st.cases, false)
	add(o.contacts, &st.contacts, false)
	add(o.changes, &st.changes, true)
	add(o.sensitivity, &st.sensitivity, true)
	add(o.moves, &st.move, true)
	add(o.moves, &st.moves, false)
	add(o.moves, &st.merges, false)
	add(o.legs, &st.legs, false)
	add(o.legChanges, &st.legChanges, true)
	add(o.recordings, &st.recordings, false)
	add(o.recordingChanges, &st.recordingChanges, true)
	add(o.classes, &st.recordingClasses, false)
	add(o.voicemails, &st.voicemails, false)
	add(o.surveys, &st.surveys, false)
	add(o.consents, &st.consents, false)
	add(o.states, &st.staffStates, false)
	add(o.runs, &st.runs, false)
	add(o.languages, &st.languages, false)
	add(o.requests, &st.requests, false)
	add(o.callbacks, &st.callbacks, false)
	add(o.clips, &st.clips, false)
	add(o.tries, &st.tries, false)
	add(o.decided, &st.decided, false)
	add(o.losses, &st.losses, false)
	add(o.rejects, &st.rejects, false)
	add(o.events, &st.events, false)
	return steps
}

// applyAll applies facts, and when one of them can never be applied finds it by
// halving and sets it aside, so that it holds up no other.
func (p *Projector) applyAll(ctx context.Context, s *session, facts []fact) error {
	last := facts[len(facts)-1].seq
	a := applying{facts: facts, from: p.position, to: last, count: len(facts)}
	err := p.apply(ctx, s, a)
	switch {
	case err == nil:
		p.moved(facts)
		return nil
	case !poisonous(err):
		return err
	case len(facts) > 1:
		half := len(facts) / 2
		if err := p.applyAll(ctx, s, facts[:half]); err != nil {
			return err
		}
		return p.applyAll(ctx, s, facts[half:])
	case facts[0].refused != nil:
		return fmt.Errorf("set event %d aside: %w", facts[0].seq, err)
	}
	facts[0].refused = err
	return p.applyAll(ctx, s, facts)
}
