package store

import (
	"cmp"
	"slices"
	"time"

	"hotline/store/event"
	"hotline/store/phone"
)

// output are the rows to be sent, each set for one statement. The memory is used
// again from batch to batch.
type output struct {
	phones, profiles, cases, contacts, changes *rows
	legs, legChanges, events                   *rows
	recordings, recordingChanges, classes      *rows
	voicemails, surveys, consents, states      *rows
	runs, losses, rejects                      *rows
	sensitivity, moves, languages              *rows
	requests, callbacks, clips, tries, decided *rows
	json                                       []byte // scratch
	enc                                        event.Encoder
}

func newOutput() *output {
	return &output{
		phones: newRows(phoneCols), profiles: newRows(profileCols), cases: newRows(caseCols),
		contacts: newRows(slices.Concat(contactHead, contactTail)), changes: newRows(changeCols()),
		legs: newRows(slices.Concat(legHead, legTail)), legChanges: newRows(legChangeCols()), events: newRows(eventCols),
		recordings: newRows(slices.Concat(recordingHead, recordingTail)), recordingChanges: newRows(recordingChangeCols()),
		classes:    newRows([]col{{"contact_id", tUUID}, {"class", tText}}),
		voicemails: newRows(voicemailCols), surveys: newRows(surveyCols), consents: newRows(consentCols), states: newRows(staffStateCols),
		runs: newRows(runCols), losses: newRows(lossCols), rejects: newRows(rejectCols),
		sensitivity: newRows([]col{{"id", tUUID}}), moves: newRows(moveCols), languages: newRows(langCols),
		requests: newRows(requestCols), callbacks: newRows(callbackCols), clips: newRows(clipCols), tries: newRows(tryCols),
		decided: newRows(decidedCols),
	}
}

func (o *output) reset() {
	for _, r := range []*rows{
		o.phones, o.profiles, o.cases, o.contacts, o.changes, o.legs, o.legChanges, o.events, o.recordings, o.recordingChanges,
		o.classes, o.voicemails, o.surveys, o.consents, o.states, o.runs, o.losses, o.rejects, o.sensitivity, o.moves, o.languages,
		o.requests, o.callbacks, o.clips, o.tries, o.decided,
	} {
		r.reset()
	}
}

// write turns what was gathered into rows. Contacts opened in this batch must be
// filed already.
func (b *batch) write() {
	for _, row := range b.contacts.order {
		b.writeContact(row)
	}
	for _, row := range b.legs.order {
		b.writeLeg(row)
	}
	for _, row := range b.recordings.order {
		b.writeRecording(row)
	}
	for _, row := range b.surveys.order {
		b.writeSurvey(row)
	}
	for _, row := range b.runs.order {
		r := b.out.runs
		r.id(row.boot)
		r.must(row.node)
		r.must(row.version)
		r.time(first(row.startedAt, row.stoppedAt))
		r.time(row.stoppedAt)
		r.text(row.why)
	}
}

func (b *batch) writeContact(row *contactRow) {
	if row.opened == nil {
		r := b.out.changes
		r.id(row.id)
		r.bool(row.minor)
		row.tail(r, row.class)
	} else {
		r, e := b.out.contacts, row.opened
		r.id(row.id)
		r.must(row.filed.no)
		r.must(string(e.Channel))
		r.id(row.filed.line)
		r.must(e.Line)
		r.id(row.filed.caseID)
		r.id(row.filed.profile)
		r.id(row.filed.phone)
		r.must(cmp.Or(e.Caller.Kind, string(phone.Withheld)))
		r.text(e.Caller.Asserted)
		r.text(e.Trunk)
		r.must(e.Node)
		r.id(e.Boot)
		r.text(e.External)
		r.time(row.at)
		row.tail(r, row.startingClass())
	}
	if row.talk.own != "" {
		b.out.languages.id(row.id)
		b.out.languages.must(row.talk.own)
	}
	if class := row.recordingClass(); class != "" {
		b.out.classes.id(row.id)
		b.out.classes.must(string(class))
	}
}

// startingClass is the class of a contact opened in this batch.
func (c *contactRow) startingClass() event.Class {
	if c.class == "" && c.minor {
		return event.ClassMinor
	}
	return cmp.Or(c.class, event.ClassOrdinary)
}

// recordingClass is what the contact's recordings become by what was learnt; empty
// when they stay what they were called. They never become less protected.
func (c *contactRow) recordingClass() event.RecordingClass {
	switch {
	case c.danger:
		return event.RecordingCrisis
	case c.minor:
		return event.RecordingMinors
	}
	return ""
}

// tail adds the columns that later facts fill.
func (c *contactRow) tail(r *rows, class event.Class) {
	w := &c.wait
	r.text(string(class))
	r.text(c.risk)
	r.text(c.talk.lang)
	r.text(c.talk.flow)
	r.text(c.talk.hash)
	r.id(w.queue)
	r.id(w.staff)
	r.time(w.queuedAt)
	r.time(w.answeredAt)
	r.time(c.closedAt)
	r.time(w.wrapAt)
	r.big(w.wait.Milliseconds(), w.waited)
	r.big(w.talk.Milliseconds(), true)
	r.big(w.hold.Milliseconds(), true)
	r.big(w.wrap.Milliseconds(), true)
	r.text(w.disposition)
	closed := cmp.Or(c.closed, &event.Closed{})
	r.text(string(closed.Outcome))
	r.text(string(closed.Stage))
	r.text(string(closed.By))
	r.text(closed.Cause)
	r.int(closed.Code, closed.Code != 0)
	r.int(closed.Q850, closed.Q850 != 0)
}

func (b *batch) writeLeg(row *legRow) {
	if e := row.added; e != nil {
		r := b.out.legs
		r.id(row.key.contact)
		r.int(row.key.leg, true)
		r.must(string(e.Role))
		r.must(string(e.Direction))
		r.text(e.CallID)
		r.text(e.Extension)
		r.id(row.staff)
		r.text(e.Trunk)
		r.bytes(e.Number.Key)
		r.bytes(e.Number.Sealed)
		r.time(row.addedAt)
		row.tail(r)
		return
	}
	r := b.out.legChanges
	r.id(row.key.contact)
	r.int(row.key.leg, true)
	row.tail(r)
}

func (l *legRow) tail(r *rows) {
	r.time(l.ringAt)
	r.time(l.answerAt)
	r.time(l.endedAt)
	answered := cmp.Or(l.answered, &event.LegAnswered{})
	r.text(answered.Codec)
	r.text(answered.LocalTag)
	r.text(answered.RemoteTag)
	ended := cmp.Or(l.ended, &event.LegEnded{})
	r.text(string(ended.By))
	r.int(ended.Code, ended.Code != 0)
	r.int(ended.Q850, ended.Q850 != 0)
	r.text(ended.Cause)
	q := ended.Quality
	measured := q.Sent > 0 || q.Received > 0
	r.real(q.MOS, q.MOS > 0)
	r.real(q.Loss, measured)
	r.int(int(q.Jitter.Milliseconds()), measured)
	r.int(int(q.RTT.Milliseconds()), q.RTT > 0)
	r.big(int64(q.Sent), measured)
	r.big(int64(q.Received), measured)
	r.big(int64(q.Lost), measured)
}

func (b *batch) writeRecording(row *recordingRow) {
	r := b.out.recordingChanges
	if e := row.started; e != nil {
		r = b.out.recordings
		r.id(row.id)
		r.id(row.contact)
		r.must(string(e.Class))
		r.must(e.Path)
		r.int(e.Channels, true)
		r.text(e.Tracks)
		r.time(row.startedAt)
	} else {
		r.id(row.id)
	}
	b.out.json = append(append(append(b.out.json[:0], '['), row.gaps...), ']')
	r.json(b.out.json)
	state, closed := "writing", row.closed
	if closed == nil {
		closed = &event.RecordingClosed{}
	} else {
		state = "closed"
	}
	r.time(row.closedAt)
	r.big(int64(closed.Bytes), row.closed != nil)
	r.big(closed.Duration.Milliseconds(), row.closed != nil)
	r.bytes(closed.SHA256)
	r.text(closed.Partial)
	r.bool(closed.Repaired)
	r.must(state)
}

func (b *batch) writeSurvey(row *surveyRow) {
	r := b.out.surveys
	r.id(row.contact)
	r.text(row.channel)
	r.int(row.score, row.score != 0)
	r.int(row.solved, row.solved != 0)
	r.id(row.comment)
	r.time(row.askedAt)
	r.time(row.answeredAt)
	r.text(row.skipped)
}

// first gives the first moment that is known.
func first(moments ...time.Time) time.Time {
	for _, at := range moments {
		if !at.IsZero() {
			return at
		}
	}
	return time.Time{}
}
