package store_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/store/event"
	"hotline/store/journal"
)

// life writes random calls, interleaved, with what may come in any order: callers who
// come again, children found out late, talks that go on after the hang-up is known.
func life(r *rig, random *rand.Rand, calls int) []event.Event {
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	var threads [][]event.Event
	for n := range calls {
		caller := fmt.Sprintf("1380000%04d", random.IntN(calls/3+1))
		if random.IntN(5) == 0 {
			caller = "anonymous"
		}
		line := []string{"12348", "12348", "12355", "99999"}[random.IntN(4)]
		id, rec := event.NewID(at), event.NewID(at)
		thread := []event.Event{{Contact: id, Body: r.opened(line, caller)}}
		add := func(chance int, bodies ...event.Body) {
			if random.IntN(100) < chance {
				for _, body := range bodies {
					thread = append(thread, event.Event{Contact: id, Body: body})
				}
			}
		}
		add(90, &event.LegAdded{Leg: 1, Role: event.RoleCaller, Direction: event.DirectionIn}, &event.LegAnswered{Leg: 1, Codec: "PCMA"},
			&event.LegEnded{Leg: 1, By: event.PartyCaller, Code: random.IntN(2) * 487})
		add(50, &event.LanguageChosen{Language: "yue", How: "keyed"})
		add(20, &event.LanguageChosen{Language: "en", How: "staff"})
		add(60, &event.Enqueued{Queue: "labour", Place: 1})
		add(15, &event.Enqueued{Queue: "minors", Place: 1})
		add(60, &event.Connected{Queue: "labour", Extension: "8001", Leg: 2, Waited: time.Duration(n) * time.Second})
		add(40, &event.RecordingStarted{Recording: rec, Class: event.RecordingAdvice, Path: rec.String(), Channels: 2},
			&event.RecordingGap{Recording: rec, To: time.Second, Reason: "paused"}, &event.RecordingClosed{Recording: rec, Bytes: uint64(n)})
		add(10, &event.Classified{Class: event.ClassMinor, Risk: "R1"})
		add(5, &event.Classified{Class: event.ClassDanger, Risk: "R3"})
		add(50, &event.TalkEnded{Extension: "8001", Talked: time.Duration(n) * time.Second, By: event.PartyStaff})
		add(20, &event.TalkEnded{Extension: "8001", Talked: time.Second, Held: time.Second, By: event.PartyStaff})
		add(30, &event.SurveyAsked{Channel: "phone"}, &event.SurveyAnswered{Question: event.QuestionScore, Answer: 1 + n%5})
		add(95, abandoned())
		add(40, &event.Wrapped{Extension: "8001", Took: time.Second, Disposition: fmt.Sprint(n)})
		threads = append(threads, thread)
	}
	var all []event.Event
	for open := len(threads); open > 0; {
		i := random.IntN(len(threads))
		if len(threads[i]) == 0 {
			continue
		}
		e := threads[i][0]
		e.At = at
		at = at.Add(time.Second)
		all = append(all, e)
		if threads[i] = threads[i][1:]; len(threads[i]) == 0 {
			open--
		}
	}
	return all
}

// picture describes a database without what is given by chance: ids of our own
// making, and serials, which follow the batches.
const picture = `
	WITH file AS (SELECT case_id, string_agg(id::text, ',' ORDER BY id) AS together FROM contacts GROUP BY case_id)
	SELECT string_agg(line, E'\n' ORDER BY line) FROM (
		SELECT concat_ws('|', 'contact', c.id, k.sensitivity, k.status, f.together, l.number, c.class, c.risk_level, c.lang, c.flow, q.code, s.extension,
			c.queued_at, c.answered_at, c.ended_at, c.wrap_done_at, c.wait_ms, c.talk_ms, c.hold_ms, c.wrap_ms, c.disposition, c.outcome, p.lang) AS line
		FROM contacts c JOIN cases k ON k.id = c.case_id JOIN file f ON f.case_id = c.case_id LEFT JOIN lines l ON l.id = c.line_id
			LEFT JOIN queues q ON q.id = c.queue_id LEFT JOIN staff s ON s.id = c.first_staff_id LEFT JOIN profiles p ON p.id = c.profile_id
		UNION ALL SELECT concat_ws('|', 'leg', contact_id, leg, role, codec, setup_at, answer_at, bye_at, sip_code) FROM call_legs
		UNION ALL SELECT concat_ws('|', 'recording', id, contact_id, class, state, bytes, gaps, started_at, ended_at) FROM recordings
		UNION ALL SELECT concat_ws('|', 'survey', contact_id, channel, score, asked_at, answered_at) FROM surveys
		UNION ALL SELECT concat_ws('|', 'event', contact_id, seq, at, kind, data) FROM call_events
		UNION ALL SELECT concat_ws('|', 'phone', encode(e164_hmac, 'hex'), line_kind) FROM phones
		UNION ALL SELECT concat_ws('|', 'reject', seq, error) FROM journal_rejects
	) AS lines`

// However the events fall into transactions, the database comes out the same.
func TestBatchesMakeNoDifference(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			whole := newRig(t)
			whole.stop()
			all := life(whole, random, 30)
			if _, err := whole.journal.Append(all...); err != nil {
				t.Fatal(err)
			}
			whole.start()
			whole.applied()
			want := one[string](whole, picture)

			parts := newRig(t)
			for len(all) > 0 {
				n := min(len(all), 1+random.IntN(40)*random.IntN(2))
				if _, err := parts.journal.Append(all[:n]...); err != nil {
					t.Fatal(err)
				}
				parts.applied()
				all = all[n:]
			}
			got := strings.Split(one[string](parts, picture), "\n")
			for _, line := range strings.Split(want, "\n") {
				at := slices.Index(got, line)
				if at < 0 {
					t.Errorf("only in one: %s", line)
					continue
				}
				got = slices.Delete(got, at, at+1)
			}
			for _, line := range got {
				t.Errorf("only in parts: %s", line)
			}
			for _, r := range []*rig{whole, parts} {
				expect(r, 0, `SELECT count(*)::int FROM cases k WHERE k.status <> 'closed' AND NOT EXISTS (SELECT FROM contacts c WHERE c.case_id = k.id)`)
				expect(r, 0, `SELECT count(*)::int FROM contacts c JOIN cases k ON k.id = c.case_id WHERE c.class = 'minor' AND k.sensitivity <> 'minors'`)
				expect(r, 0, `SELECT count(*)::int FROM contacts c JOIN recordings r ON r.contact_id = c.id WHERE c.class <> 'ordinary' AND r.class = 'advice'`)
			}
		})
	}
}

// A projector that is stopped anywhere, again and again, does each event once.
func TestStoppingAnywhereMakesNoDifference(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	r := newRig(t)
	all := life(r, random, 40)
	count := len(all)
	for len(all) > 0 {
		n := min(len(all), 1+random.IntN(30))
		seq, err := r.journal.Append(all[:n]...)
		if err != nil {
			t.Fatal(err)
		}
		all = all[n:]
		if random.IntN(2) == 0 {
			if err := r.journal.Sync(t.Context(), seq); err != nil {
				t.Fatal(err)
			}
		}
		r.stop()
		if random.IntN(3) == 0 {
			if err := r.journal.Close(); err != nil {
				t.Fatal(err)
			}
			r.openJournal()
		}
		r.start()
	}
	r.applied()
	expect(r, count, `SELECT count(*)::int FROM call_events`)
	expect(r, int64(count), `SELECT applied FROM journals`)
	expect(r, 0, `SELECT count(*)::int FROM journal_rejects`)
	if !journal.Exists(filepath.Join(r.dir, "journal")) {
		t.Error("no journal")
	}
}
