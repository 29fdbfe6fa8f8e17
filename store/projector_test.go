package store_test

import (
	"testing"
	"time"

	"hotline/store/event"
)

func TestACallIsFiled(t *testing.T) {
	r := newRig(t)
	id, rec := event.NewID(time.Now()), event.NewID(time.Now())
	hash := make([]byte, 32)
	r.write(id,
		r.opened("12348", "13800138000"),
		&event.LegAdded{Leg: 1, Role: event.RoleCaller, Direction: event.DirectionIn, CallID: "call-id@example.org", Trunk: "carrier"},
		&event.LegAnswered{Leg: 1, Codec: "PCMA", LocalTag: "a", RemoteTag: "b"},
		&event.NodeEntered{Flow: "12348", Node: "menu", Type: "menu"},
		&event.Keyed{Node: "menu", Keys: "1", Count: 1, Source: event.KeyEvent},
		&event.NodeLeft{Flow: "12348", Node: "menu", Outcome: "1", Took: 1500 * time.Millisecond},
		&event.LanguageChosen{Language: "yue", How: "keyed"},
		&event.Consented{
			Purpose: event.ConsentRecording, Answer: event.ConsentYes, Basis: event.BasisSelf, Method: "notice", Text: "P-NOTICE/1", TextHash: hash,
			Language: "yue", Recording: rec,
		},
		&event.Enqueued{Queue: "labour", Place: 1},
		&event.Offered{Offer: 1, Queue: "labour", Extension: "8001", Leg: 2},
		&event.LegAdded{Leg: 2, Role: event.RoleStaff, Direction: event.DirectionOut, Extension: "8001"},
		&event.LegRinging{Leg: 2, Code: 180},
		&event.LegAnswered{Leg: 2, Codec: "PCMU"},
		&event.OfferEnded{Offer: 1, Extension: "8001", Why: event.OfferAccepted, Rang: 4 * time.Second},
		&event.Connected{Queue: "labour", Extension: "8001", Leg: 2, Waited: 21 * time.Second},
		&event.RecordingStarted{Recording: rec, Class: event.RecordingAdvice, Path: "2026/11/23/x.wav", Channels: 2, Tracks: "caller,staff"},
		&event.Held{Leg: 2, By: event.PartyStaff}, &event.Resumed{Leg: 2, Held: time.Second},
		&event.RecordingGap{Recording: rec, From: time.Second, To: 2 * time.Second, Reason: `paused "id"`},
		&event.RecordingGap{Recording: rec, From: 3 * time.Second, To: 4 * time.Second, Reason: "paused"},
		&event.TalkEnded{Extension: "8001", Leg: 2, By: event.PartyCaller, Talked: 435 * time.Second, Held: time.Second},
		&event.RecordingClosed{Recording: rec, Bytes: 6_960_000, Duration: 435 * time.Second, SHA256: hash},
		&event.LegEnded{Leg: 2, By: event.PartyStaff, Quality: event.Quality{MOS: 4.25, Sent: 100, Received: 99, Lost: 1}},
		&event.LegEnded{Leg: 1, By: event.PartyCaller, Q850: 16, Cause: "normal"},
		&event.SurveyAsked{Channel: "phone"}, &event.SurveyAnswered{Question: event.QuestionScore, Answer: 1},
		&event.Closed{Outcome: event.OutcomeAnswered, Stage: event.StageTalk, By: event.PartyCaller, Cause: "bye", Q850: 16},
	)
	r.applied()
	r.write(id, &event.Wrapped{Extension: "8001", Took: time.Minute, Disposition: "advised"}, &event.SurveyAnswered{Question: event.QuestionSolved, Answer: 2})
	r.applied()

	expect(r, "answered talk caller bye yue 4f2c9d3e advised", `SELECT concat_ws(' ', outcome, stage, ended_by, cause, lang, flow_hash, disposition) FROM contacts WHERE id = $1`, id)
	expect(r, "21000 435000 1000 60000 16", `SELECT concat_ws(' ', wait_ms, talk_ms, hold_ms, wrap_ms, q850) FROM contacts WHERE id = $1`, id)
	expect(r, "labour chen 12348", `SELECT concat_ws(' ', q.code, s.login, l.number) FROM contacts c JOIN queues q ON q.id = c.queue_id
		JOIN staff s ON s.id = c.first_staff_id JOIN lines l ON l.id = c.line_id WHERE c.id = $1`, id)
	expect(r, true, `SELECT queued_at <= answered_at AND answered_at <= ended_at AND ended_at <= wrap_done_at FROM contacts WHERE id = $1`, id)
	expect(r, "in call-id@example.org PCMA 16|out chen PCMU 4.25 1", `SELECT string_agg(concat_ws(' ', dir, sip_call_id, s.login, codec, q850, mos, packets_lost), '|' ORDER BY leg)
		FROM call_legs g LEFT JOIN staff s ON s.id = g.staff_id WHERE contact_id = $1`, id)
	expect(r, "closed 2026/11/23/x.wav 6960000 435000 2", `SELECT concat_ws(' ', state, storage_key, bytes, duration_ms, jsonb_array_length(gaps)) FROM recordings WHERE contact_id = $1`, id)
	expect(r, `paused "id"`, `SELECT gaps->0->>'reason' FROM recordings WHERE contact_id = $1`, id)
	expect(r, "1 2", `SELECT concat_ws(' ', score, solved) FROM surveys WHERE contact_id = $1`, id)
	expect(r, "recording yes consent_self", `SELECT concat_ws(' ', purpose, given, legal_basis) FROM consents WHERE contact_id = $1`, id)
	expect(r, 29, `SELECT count(*)::int FROM call_events WHERE contact_id = $1`, id)
	expect(r, true, `SELECT array_agg(seq ORDER BY seq) = array_agg(seq ORDER BY at, seq) FROM call_events WHERE contact_id = $1`, id)
	expect(r, "menu", `SELECT data->>'node' FROM call_events WHERE contact_id = $1 AND kind = 'keyed'`, id)
	expect(r, "yue", `SELECT f.lang FROM contacts c JOIN profiles f ON f.id = c.profile_id WHERE c.id = $1`, id)
	expect(r, "inquiry open normal", `SELECT concat_ws(' ', k.kind, k.status, k.sensitivity) FROM cases k JOIN contacts c ON c.case_id = k.id WHERE c.id = $1`, id)
	expect(r, 0, `SELECT count(*)::int FROM journal_rejects`)
}
