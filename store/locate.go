package store

import (
	"context"
	"encoding/binary"
	"time"

	"hotline/store/event"
	"hotline/store/journal"
)

// locate finds how far the database has read this journal. A journal it has never
// seen is read from its beginning.
func (p *Projector) locate(ctx context.Context, s *session) error {
	id := p.journal.ID()
	err := s.conn.ExecParams(ctx, `INSERT INTO journals (id, node) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET node = EXCLUDED.node`,
		[][]byte{uuid(id), []byte(p.node)}, []uint32{tUUID.oid, tText.oid}, binaryFormat, binaryFormat).Read().Err
	if err != nil {
		return err
	}
	got, err := s.run(ctx, do(&s.statements.position, uuid(id)))
	if err != nil {
		return err
	}
	row := got[0][0]
	p.no = int(binary.BigEndian.Uint32(row[0]))
	p.position = journal.Seq(bigOf(row[1]))
	if missed := int64(p.journal.Before(p.position)) - bigOf(row[2]); missed > 0 {
		if err := p.miss(ctx, s, missed); err != nil {
			return err
		}
	}
	p.announce()
	return nil
}

// miss states that events are gone from the journal that this database never saw,
// as after the restore of an old backup.
func (p *Projector) miss(ctx context.Context, s *session, missed int64) error {
	p.out.reset()
	r := p.out.losses
	r.id(p.journal.ID())
	r.big(int64(p.position), true)
	r.big(missed, true)
	r.must("gone from the journal before they were applied")
	r.time(time.Now())
	st := s.statements
	claim := do(&st.claim, uuid(p.journal.ID()), big(int64(p.position)), big(int64(p.position)), big(missed))
	if _, err := s.run(ctx, do(&st.begin), claim, do(&st.losses, r.params()...), do(&st.commit)); err != nil {
		s.rollback(ctx)
		return err
	}
	p.db.metrics.missed.Add(float64(missed))
	p.db.opt.Log.Error("events are gone from the journal that this database never saw", "events", missed)
	return nil
}

// retryRejected tries events again that were set aside, in their order: the program
// may be newer now, or somebody mended what was wrong.
func (p *Projector) retryRejected(ctx context.Context, s *session) error {
	var got [][][][]byte
	err := p.limited(ctx, func(ctx context.Context) (err error) {
		got, err = s.run(ctx, do(&s.statements.rejected, uuid(p.journal.ID())))
		return err
	})
	if err != nil {
		return err
	}
	open := 0
	for _, row := range got[0] {
		f, _ := take(journal.Record{
			Seq: journal.Seq(bigOf(row[0])), At: time.UnixMicro(bigOf(row[1]) + epoch), Contact: idOf(row[2]),
			Kind: event.Kind(binary.BigEndian.Uint32(row[3])), Payload: row[4],
		}, nil, &p.dec)
		var done bool
		err := p.limited(ctx, func(ctx context.Context) (err error) {
			done, err = p.retry(ctx, s, f)
			return err
		})
		if err != nil {
			return err
		}
		if !done {
			open++
		}
	}
	p.db.metrics.open.Set(float64(open))
	return nil
}

// retry tries one event again; it reports whether it could be applied now.
func (p *Projector) retry(ctx context.Context, s *session, f fact) (bool, error) {
	facts := []fact{f}
	a := applying{facts: facts, from: p.position, to: p.position, resolves: &f.seq}
	err := p.apply(ctx, s, a)
	if err != nil && facts[0].refused == nil && poisonous(err) {
		facts[0].refused = err
		err = p.apply(ctx, s, a)
	}
	return err == nil && facts[0].refused == nil, err
}
