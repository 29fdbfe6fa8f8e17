package store_test

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hotline/store/event"
)

// One bad event among good ones is set aside, whole, and holds up nothing.
func TestAPoisonedEventIsSetAside(t *testing.T) {
	rec := event.NewID(time.Now())
	tests := []struct {
		name   string
		before []event.Body
		bad    event.Body
	}{
		{"value outside a rule", nil, &event.SurveyAnswered{Question: event.QuestionScore, Answer: 9}},
		{"number too large", nil, &event.SurveyAnswered{Question: event.QuestionScore, Answer: 1 << 40}},
		{"unknown risk", nil, &event.Classified{Class: event.ClassMinor, Risk: "R9"}},
		{"leg that was never added", nil, &event.LegEnded{Leg: 7, By: event.PartyCaller}},
		{"recording that was never started", nil, &event.RecordingClosed{Recording: rec}},
		{"voicemail without its recording", nil, &event.VoicemailKept{Recording: rec}},
		{
			"the same file twice",
			[]event.Body{&event.RecordingStarted{Recording: event.NewID(time.Now()), Class: event.RecordingAdvice, Path: "a.wav", Channels: 2}},
			&event.RecordingStarted{Recording: rec, Class: event.RecordingAdvice, Path: "a.wav", Channels: 2},
		},
		{
			"the same leg twice",
			[]event.Body{&event.LegAdded{Leg: 1, Role: event.RoleCaller, Direction: event.DirectionIn}},
			&event.LegAdded{Leg: 1, Role: event.RoleParty, Direction: event.DirectionIn},
		},
		{"opened twice", nil, &event.Opened{Channel: event.ChannelCallIn, Line: "12348", Node: "node-1", Boot: rec}},
		{"contact that was never opened", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.stop() // so that all comes in one batch
			for n := range 10 {
				r.talk("1380000000" + string(rune('0'+n)))
			}
			id := event.NewID(time.Now())
			r.write(id, r.opened("12348", "13900139000"))
			r.write(id, tt.before...)
			bad := r.journal.Last() + 1
			if tt.bad == nil {
				r.write(event.NewID(time.Now()), &event.Noted{Name: "n"})
			} else {
				r.write(id, tt.bad)
			}
			r.write(id, abandoned())
			for n := range 10 {
				r.talk("1381000000" + string(rune('0'+n)))
			}
			r.start()
			r.applied()
			expect(r, 20, `SELECT count(*)::int FROM contacts WHERE talk_ms = 1000`)
			expect(r, "abandoned", `SELECT outcome FROM contacts WHERE id = $1`, id)
			expect(r, int64(bad), `SELECT seq FROM journal_rejects WHERE error <> '' AND resolved_at IS NULL`)
			expect(r, 0, `SELECT count(*)::int FROM call_events WHERE seq = $1`, int64(bad))
			if got := r.metric("hotline_store_rejects_open"); got != 1 {
				t.Errorf("alarm shows %v", got)
			}
			if got := r.metric("hotline_store_events_rejected_total"); got != 1 {
				t.Errorf("%v counted", got)
			}
		})
	}
}

func TestWhatWasSetAsideIsTriedAgainByTheNextStart(t *testing.T) {
	r := newRig(t)
	id := event.NewID(time.Now())
	r.write(id, r.opened("12348", "13900139000"))
	r.write(id, &event.SurveyAnswered{Question: event.QuestionScore, Answer: 9}, &event.LegEnded{Leg: 1, By: event.PartyCaller})
	r.applied()
	expect(r, 2, `SELECT count(*)::int FROM journal_rejects WHERE resolved_at IS NULL`)
	r.stop()
	if _, err := r.conn.Exec(t.Context(), "ALTER TABLE surveys DROP CONSTRAINT surveys_score_check"); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.write(id, abandoned())
	r.applied()
	expect(r, "9", `SELECT score::text FROM surveys WHERE contact_id = $1`, id)
	expect(r, "survey_answered resolved|leg_ended tried 2", `SELECT string_agg(kind_name || ' ' ||
		CASE WHEN resolved_at IS NULL THEN 'tried ' || tries ELSE 'resolved' END, '|' ORDER BY seq) FROM journal_rejects`)
	expect(r, 3, `SELECT count(*)::int FROM call_events WHERE contact_id = $1`, id)
	expect(r, int64(4), `SELECT applied FROM journals`)
	if got := r.metric("hotline_store_rejects_open"); got != 1 {
		t.Errorf("alarm shows %v", got)
	}
}

// A newer program wrote the journal, and this one was put back.
func TestAKindOfANewerProgramIsKept(t *testing.T) {
	r := newRig(t)
	r.stop()
	id := event.NewID(time.Now())
	r.write(id, r.opened("12348", "13900139000"), &event.SurveySkipped{Reason: "marker"}, abandoned())
	last := r.journal.Last()
	if err := r.journal.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(r.dir, "journal", "*.log"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	rekind(t, files[0], event.KindSurveySkipped, 999)
	r.openJournal()
	r.start()
	if err := r.projector.Applied(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	expect(r, "999 kind_999 01066d61726b6572", `SELECT concat_ws(' ', kind, kind_name, encode(payload, 'hex')) FROM journal_rejects`)
	expect(r, "abandoned", `SELECT outcome FROM contacts WHERE id = $1`, id)
}

// rekind changes the kind of the records of one kind in a segment.
func rekind(t *testing.T, path string, from, to event.Kind) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const header, kindAt = 64, 40
	for at := header; at < len(data); {
		size := 8 + int(binary.LittleEndian.Uint32(data[at+4:]))
		frame := data[at : at+size]
		if binary.LittleEndian.Uint16(frame[kindAt:]) == uint16(from) {
			binary.LittleEndian.PutUint16(frame[kindAt:], uint16(to))
			binary.LittleEndian.PutUint32(frame, crc32.Checksum(frame[4:], crc32.MakeTable(crc32.Castagnoli)))
		}
		at += size
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
