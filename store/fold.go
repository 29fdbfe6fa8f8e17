package store

import (
	"cmp"
	"strconv"

	"hotline/store/event"
)

func (b *batch) takeContact(f *fact) {
	row := b.contact(f)
	switch e := f.body.(type) {
	case *event.Opened:
		if row.opened != nil {
			f.refused = errTwice
			return
		}
		line := b.dir.line(e.Line)
		row.opened, row.at = e, f.at
		row.filed.line = line.id
		row.minor = row.minor || line.minors
		row.talk.lang = cmp.Or(row.talk.lang, e.Language)
		if row.talk.flow == "" {
			row.talk.flow, row.talk.hash = e.Flow, e.FlowHash
		}
	case *event.Classified:
		row.class = e.Class
		row.risk = cmp.Or(e.Risk, row.risk)
		row.minor = row.minor || e.Class == event.ClassMinor
		row.danger = row.danger || e.Class == event.ClassDanger
	case *event.FlowEntered:
		if row.talk.flow == "" {
			row.talk.flow, row.talk.hash = e.Flow, e.Hash
		}
	case *event.LanguageChosen:
		row.talk.lang = e.Language
		if e.How == "keyed" {
			row.talk.own = e.Language
		}
	case *event.Closed:
		if row.closed == nil {
			row.closed, row.closedAt = e, f.at
			if !e.End.IsZero() {
				row.closedAt = e.End
			}
		}
	}
}

func (b *batch) takeWork(f *fact) {
	row := b.contact(f)
	w := &row.wait
	switch e := f.body.(type) {
	case *event.Enqueued:
		queue := b.dir.queue(e.Queue)
		w.queue = queue.id
		row.minor = row.minor || queue.minors
		if w.queuedAt.IsZero() {
			w.queuedAt = f.at
		}
	case *event.Connected:
		if w.answeredAt.IsZero() {
			w.answeredAt, w.staff = f.at, b.dir.person(e.Extension)
			w.wait, w.waited = e.Waited, true
		}
	case *event.TalkEnded:
		w.talk += e.Talked
		w.hold += e.Held
	case *event.Wrapped:
		w.wrap += e.Took
		w.wrapAt = f.at
		w.disposition = cmp.Or(e.Disposition, w.disposition)
	}
}

func (b *batch) leg(f *fact, n int) *legRow {
	key := legKey{f.contact, n}
	return b.legs.of(key, func() *legRow { return &legRow{key: key} })
}

func (b *batch) takeLeg(f *fact) {
	switch e := f.body.(type) {
	case *event.LegAdded:
		row := b.leg(f, e.Leg)
		if row.added != nil {
			f.refused = errTwice
			return
		}
		row.added, row.addedAt, row.staff = e, f.at, b.dir.person(e.Extension)
	case *event.LegRinging:
		if row := b.leg(f, e.Leg); row.ringAt.IsZero() {
			row.ringAt = f.at
		}
	case *event.LegAnswered:
		row := b.leg(f, e.Leg)
		row.answered = e
		if row.answerAt.IsZero() {
			row.answerAt = f.at
		}
	case *event.LegEnded:
		if row := b.leg(f, e.Leg); row.ended == nil {
			row.ended, row.endedAt = e, f.at
		}
	}
}

func (b *batch) recording(f *fact, id event.ID) *recordingRow {
	return b.recordings.of(id, func() *recordingRow { return &recordingRow{id: id, contact: f.contact} })
}

func (b *batch) takeRecording(f *fact) {
	switch e := f.body.(type) {
	case *event.RecordingStarted:
		row := b.recording(f, e.Recording)
		if row.started != nil {
			f.refused = errTwice
			return
		}
		row.started, row.startedAt = e, f.at
	case *event.RecordingGap:
		row := b.recording(f, e.Recording)
		if len(row.gaps) > 0 {
			row.gaps = append(row.gaps, ',')
		}
		row.gaps = append(row.gaps, `{"from_ms":`...)
		row.gaps = strconv.AppendInt(row.gaps, e.From.Milliseconds(), 10)
		row.gaps = append(row.gaps, `,"to_ms":`...)
		row.gaps = strconv.AppendInt(row.gaps, e.To.Milliseconds(), 10)
		row.gaps = append(row.gaps, `,"reason":`...)
		row.gaps = event.AppendString(row.gaps, e.Reason)
		row.gaps = append(row.gaps, '}')
	case *event.RecordingClosed:
		row := b.recording(f, e.Recording)
		row.closed, row.closedAt = e, f.at
	case *event.VoicemailKept:
		r := b.out.voicemails
		r.id(e.Recording)
		r.id(f.contact)
		r.id(b.dir.queue(e.Queue).id)
		r.time(f.at)
		r.time(e.Promised)
	}
}

func (b *batch) takeSurvey(f *fact) {
	row := b.surveys.of(f.contact, func() *surveyRow { return &surveyRow{contact: f.contact} })
	switch e := f.body.(type) {
	case *event.SurveyAsked:
		row.channel, row.askedAt = e.Channel, f.at
	case *event.SurveySkipped:
		row.skipped = e.Reason
	case *event.SurveyAnswered:
		row.answeredAt = f.at
		switch e.Question {
		case event.QuestionScore:
			row.score = e.Answer
		case event.QuestionSolved:
			row.solved = e.Answer
		case event.QuestionComment:
			row.comment = e.Comment
		}
	}
}

func (b *batch) takeConsent(f *fact, e *event.Consented) {
	r := b.out.consents
	r.id(f.contact)
	r.must(string(e.Purpose))
	r.must(string(e.Answer))
	r.must(string(e.Basis))
	r.must(e.Method)
	r.text(e.Key)
	r.text(e.Text)
	r.bytes(e.TextHash)
	r.text(e.Language)
	r.id(e.Recording)
	r.big(e.Offset.Milliseconds(), !e.Recording.IsZero())
	r.time(f.at)
}

func (b *batch) takeNode(f *fact) {
	switch e := f.body.(type) {
	case *event.StaffChanged:
		r := b.out.states
		r.must(e.Extension)
		r.id(b.dir.person(e.Extension))
		r.must(string(e.State))
		r.text(e.Reason)
		r.id(f.contact)
		r.time(f.at)
	case *event.NodeStarted:
		row := b.run(e.Boot, e.Node)
		row.version, row.startedAt = e.Version, f.at
	case *event.NodeStopped:
		row := b.run(e.Boot, e.Node)
		row.stoppedAt, row.why = f.at, e.Why
	case *event.EventsLost:
		r := b.out.losses
		r.id(b.journal)
		r.big(int64(f.seq), true)
		r.big(int64(e.Count), true)
		r.must(e.Reason)
		r.time(f.at)
	}
}

func (b *batch) run(boot event.ID, node string) *runRow {
	return b.runs.of(boot, func() *runRow { return &runRow{boot: boot, node: node} })
}
