package store

import (
	"time"

	"hotline/store/event"
)

// takePromise takes what callers were promised and what was played to them.
func (b *batch) takePromise(f *fact) {
	switch e := f.body.(type) {
	case *event.RequestFiled:
		r := b.out.requests
		r.id(e.Request)
		r.must(e.Reference)
		r.must(string(e.What))
		r.id(f.contact)
		r.text(e.Facility)
		r.id(e.Case)
		r.time(e.Day)
		r.time(f.at)
		r.time(e.Due)
	case *event.CallbackPromised:
		r := b.out.callbacks
		r.id(e.Callback)
		r.must(e.Reference)
		r.id(f.contact)
		r.raw(e.Number.Key)
		r.raw(e.Number.Sealed)
		r.must(e.Queue)
		r.id(b.dir.queue(e.Queue).id)
		r.time(first(e.Since, f.at))
		r.time(f.at)
		r.text(e.Language)
		r.must(string(e.Class))
		r.bool(e.Neutral)
	case *event.CallbackTried:
		r := b.out.tries
		r.id(e.Callback)
		r.must(tryState(e))
		r.int(e.Try, true)
		r.time(e.Next)
		r.time(f.at)
	case *event.ClipPlayed:
		r := b.out.clips
		r.must(e.Clip)
		r.must(e.Language)
		r.must(f.at.In(b.where).Format(time.DateOnly))
		r.int(btoi(e.Whole), true)
	}
}

// tryState is what becomes of a callback by a try.
func tryState(e *event.CallbackTried) string {
	switch {
	case e.End == event.CallbackReached:
		return "reached"
	case e.Next.IsZero():
		return "unreached"
	}
	return "pending"
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// promises adds the statements that keep what callers were promised.
func (s *statements) promises() {
	// What a fact refers to may be gone or never have been; the promise stands.
	s.requests = over("requests", `INSERT INTO requests (id, reference, kind, contact_id, facility, facility_id, case_id, day, filed_at, due_at)
		SELECT n.id, n.reference, n.kind, n.contact_id, n.facility, f.id, k.id, n.day, n.filed_at, n.due_at FROM %s
		LEFT JOIN facilities f ON f.code = n.facility LEFT JOIN cases k ON k.id = n.case_id`, requestCols)
	// Who has a callback coming in the queue gets no second one: the two become one, with the better of both places.
	s.callbacks = over("callbacks", `WITH fresh AS (
			SELECT n.*, row_number() OVER w AS turn, first_value(n.id) OVER w AS first_id,
				min(n.original_entered_at) OVER (PARTITION BY n.phone_key, n.queue) AS earliest
			FROM %s WINDOW w AS (PARTITION BY n.phone_key, n.queue ORDER BY n.promised_at, n.id)
		), live AS (
			SELECT c.id, f.phone_key, f.queue, f.earliest FROM fresh f JOIN callbacks c ON c.phone_key = f.phone_key AND c.queue = f.queue
			WHERE f.turn = 1 AND c.status IN ('pending', 'dialing')
		), better AS (
			UPDATE callbacks c SET original_entered_at = least(c.original_entered_at, live.earliest) FROM live WHERE c.id = live.id
		)
		INSERT INTO callbacks (id, reference, contact_id, phone_key, phone_enc, queue, queue_id, original_entered_at, promised_at, lang, class,
			neutral, status, merged_into)
		SELECT f.id, f.reference, f.contact_id, f.phone_key, f.phone_enc, f.queue, f.queue_id,
			CASE WHEN l.id IS NULL AND f.turn = 1 THEN f.earliest ELSE f.original_entered_at END, f.promised_at, f.lang, f.class, f.neutral,
			CASE WHEN l.id IS NULL AND f.turn = 1 THEN 'pending' ELSE 'merged' END,
			CASE WHEN l.id IS NULL AND f.turn = 1 THEN NULL ELSE coalesce(l.id, f.first_id) END
		FROM fresh f LEFT JOIN live l ON l.phone_key = f.phone_key AND l.queue = f.queue`, callbackCols)
	s.tries = over("tries", `UPDATE callbacks c SET status = n.state, tries = n.try, next_try_at = n.next,
			done_at = CASE WHEN n.state <> 'pending' THEN n.at END
		FROM (SELECT DISTINCT ON (id) * FROM %s ORDER BY id, state = 'reached' DESC, try DESC, at DESC) n WHERE c.id = n.id AND c.status = 'pending'`, tryCols)
	s.clips = over("clips", `INSERT INTO clip_plays (clip, lang, day, plays, whole)
		SELECT n.clip, n.lang, n.day::date, count(*), sum(n.whole) FROM %s GROUP BY 1, 2, 3
		ON CONFLICT (clip, lang, day) DO UPDATE SET plays = clip_plays.plays + EXCLUDED.plays, whole = clip_plays.whole + EXCLUDED.whole`, clipCols)
}
