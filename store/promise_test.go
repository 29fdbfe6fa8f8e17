package store_test

import (
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
)

func TestMessagesThatWaitForAnAnswer(t *testing.T) {
	r, now := newRig(t), time.Now()
	if got, err := r.db.Messages(t.Context(), now); err != nil || got != (store.Messages{}) {
		t.Fatalf("before any message: %+v, %v", got, err)
	}
	leave := func(promised time.Time) event.ID {
		rec := event.NewID(now)
		r.visit("12348", "anonymous",
			&event.RecordingStarted{Recording: rec, Class: event.RecordingVoicemail, Path: rec.String() + ".wav", Channels: 1},
			&event.VoicemailKept{Recording: rec, Queue: "labour", Promised: promised})
		return rec
	}
	leave(now.Add(-time.Minute))
	leave(now.Add(time.Hour))
	leave(time.Time{}) // no time was promised
	done := leave(now.Add(-time.Hour))
	r.applied()
	if _, err := r.conn.Exec(t.Context(), `UPDATE voicemails SET handled_at = now() WHERE recording_id = $1`, [16]byte(done)); err != nil {
		t.Fatal(err)
	}
	for after, due := range map[time.Duration]int{0: 1, 59 * time.Minute: 1, time.Hour + time.Second: 2} {
		if got, err := r.db.Messages(t.Context(), now.Add(after)); err != nil || got != (store.Messages{Open: 3, Due: due}) {
			t.Errorf("after %s: %+v, %v; want 3 open, %d due", after, got, err, due)
		}
	}
}

func TestAuditNamesWhoAndWhat(t *testing.T) {
	r := newRig(t)
	if err := r.db.Audit(t.Context(), "8010", "console.move", "ticket:7", map[string]any{"to": "labour"}); err != nil {
		t.Fatal(err)
	}
	if err := r.db.Audit(t.Context(), "8010", "console.sign_out", "staff:8001", nil); err != nil {
		t.Fatal(err)
	}
	expect(r, "8010 console.move ticket:7 labour", `SELECT actor || ' ' || action || ' ' || object || ' ' || (detail->>'to') FROM audit_log WHERE action = 'console.move'`)
	expect(r, "{}", `SELECT detail::text FROM audit_log WHERE action = 'console.sign_out'`)
}
