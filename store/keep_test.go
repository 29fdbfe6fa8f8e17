package store_test

import (
	"fmt"
	"testing"
	"time"

	"hotline/store/event"
)

// callback is the promise to call a number back.
func (r *rig) callback(number, queue string, since time.Time) *event.CallbackPromised {
	return &event.CallbackPromised{
		Callback: event.NewID(time.Now()), Reference: "62820001230", Number: r.number(number), Queue: queue, Since: since,
		Language: "yue", Class: event.ClassOrdinary, Neutral: true,
	}
}

// Nobody has two callbacks coming in one queue, in whatever batches the promises come: the better place is kept.
func TestCallbacksOfOneCallerBecomeOne(t *testing.T) {
	early, late := time.UnixMicro(1_795_439_797_000_000), time.UnixMicro(1_795_439_997_000_000)
	r := newRig(t)
	for n, mode := range []string{"one batch", "a batch for each"} {
		number := fmt.Sprintf("1391111300%d", n)
		if mode == "one batch" {
			r.stop()
		}
		var first event.ID
		for i, p := range []*event.CallbackPromised{
			r.callback(number, "labour", late), r.callback(number, "labour", early), r.callback(number, "minors", late), r.callback(number, "labour", late),
		} {
			if i == 0 {
				first = p.Callback
			}
			r.visit("12348", number, p)
			if mode != "one batch" {
				r.applied()
			}
		}
		if mode == "one batch" {
			r.start()
			r.applied()
		}
		key := r.number(number).Key
		const where = ` FROM callbacks WHERE phone_key = $1 AND queue = 'labour' `
		expect(r, 1, `SELECT count(*)::int`+where+`AND status = 'pending'`, key)
		expect(r, first.String(), `SELECT id::text`+where+`AND status = 'pending'`, key)
		expect(r, 2, `SELECT count(*)::int`+where+`AND status = 'merged' AND merged_into = $2`, key, first)
		expect(r, 1, `SELECT count(*)::int FROM callbacks WHERE phone_key = $1 AND queue = 'minors' AND status = 'pending'`, key)
		if got := one[time.Time](r, `SELECT original_entered_at`+where+`AND status = 'pending'`, key); !got.Equal(early) {
			t.Errorf("%s: the place is kept from %s, want %s", mode, got, early)
		}
	}
	expect(r, 0, `SELECT count(*)::int FROM journal_rejects`)
	expect(r, true, `SELECT bool_and(queue_id IS NOT NULL AND lang = 'yue' AND neutral AND class = 'ordinary') FROM callbacks`)
}

func TestACallbackThatWasMadeLetsTheNextBePromised(t *testing.T) {
	r := newRig(t)
	r.visit("12348", "13911113000", r.callback("13911113000", "labour", time.Now()))
	r.applied()
	if _, err := r.conn.Exec(t.Context(), `UPDATE callbacks SET status = 'reached', done_at = now()`); err != nil {
		t.Fatal(err)
	}
	r.visit("12348", "13911113000", r.callback("13911113000", "labour", time.Now()))
	r.applied()
	expect(r, 1, `SELECT count(*)::int FROM callbacks WHERE status = 'pending'`)
}

func TestRequestsAreKeptWhateverTheyReferTo(t *testing.T) {
	r := newRig(t)
	if _, err := r.conn.Exec(t.Context(), `INSERT INTO facilities (code, name, kind) VALUES ('4401', 'First', 'detention')`); err != nil {
		t.Fatal(err)
	}
	known := r.visit("12348", "13911113000")
	r.applied()
	caseID := event.ID(one[[16]byte](r, `SELECT case_id FROM contacts WHERE id = $1`, known))
	due := time.UnixMicro(1_795_439_797_000_000)
	request := func(what event.RequestKind, facility string, about event.ID) *event.RequestFiled {
		return &event.RequestFiled{Request: event.NewID(time.Now()), What: what, Reference: "62820001231", Facility: facility, Case: about, Due: due}
	}
	r.visit("12340", "anonymous", request(event.RequestForward, "4401", event.ID{}))
	r.visit("12340", "anonymous", request(event.RequestNotice, "9999", event.ID{}))
	r.visit("12348", "13911113000", request(event.RequestObjection, "", caseID))
	r.visit("12348", "13911113000", request(event.RequestObjection, "", event.ID{9}))
	r.applied()
	expect(r, 0, `SELECT count(*)::int FROM journal_rejects`)
	expect(r, "forward 4401 true false|notice 9999 false false|objection false true|objection false false",
		`SELECT string_agg(concat_ws(' ', kind, facility, (facility_id IS NOT NULL)::text, (case_id IS NOT NULL)::text), '|' ORDER BY kind, facility, case_id) FROM requests`)
	expect(r, true, `SELECT bool_and(due_at = $1) FROM requests`, due)
}

func TestPlaysOfTheLibraryAreCounted(t *testing.T) {
	r := newRig(t)
	play := func(clip, lang string, whole bool) event.Body {
		return &event.ClipPlayed{Clip: clip, Language: lang, Whole: whole}
	}
	r.stop()
	r.visit("12348", "13911113000", play("CLIP-LOANS", "yue", true), play("CLIP-LOANS", "yue", false), play("CLIP-LOANS", "en", true))
	r.start()
	r.applied()
	r.visit("12348", "13911113000", play("CLIP-LOANS", "yue", true), play("no longer there", "yue", true))
	r.applied()
	expect(r, "CLIP-LOANS en 1 1|CLIP-LOANS yue 3 2|no longer there yue 1 1",
		`SELECT string_agg(concat_ws(' ', clip, lang, plays, whole), '|' ORDER BY clip, lang) FROM clip_plays`)
}

// A promise made while the database is away is kept by the journal.
func TestAPromiseMustBeKeepable(t *testing.T) {
	for name, body := range map[string]event.Body{
		"callback to nobody":     &event.CallbackPromised{Queue: "labour", Class: event.ClassOrdinary},
		"request without a date": &event.RequestFiled{What: event.RequestForward},
	} {
		if _, err := event.Append(nil, body); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

// A callback is tried until it is reached or no try is left; what comes late changes nothing.
func TestTriesOfACallback(t *testing.T) {
	r := newRig(t)
	early, next := time.Now().Add(-time.Hour).Round(time.Millisecond), time.Now().Add(time.Hour).Round(time.Millisecond)
	p := r.callback("13911114000", "labour", early)
	r.visit("12348", "13911114000", p)
	r.applied()
	list, err := r.db.Callbacks(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != p.Callback || !list[0].Since.Equal(early) || list[0].Number.Dial() != "+8613911114000" || !list[0].Neutral {
		t.Fatalf("callbacks = %+v, %v", list, err)
	}
	r.visit("12348", "13911114000", &event.CallbackTried{Callback: p.Callback, End: event.CallbackUnreached, Try: 1, Next: next})
	r.applied()
	if list, err = r.db.Callbacks(t.Context()); err != nil || len(list) != 1 || list[0].Tries != 1 || !list[0].Next.Equal(next) {
		t.Fatalf("after one try: %+v, %v", list, err)
	}
	r.stop()
	r.visit("12348", "13911114000", &event.CallbackTried{Callback: p.Callback, End: event.CallbackPutOff, Try: 2, Next: next},
		&event.CallbackTried{Callback: p.Callback, End: event.CallbackReached, Try: 3})
	r.start()
	r.visit("12348", "13911114000", &event.CallbackTried{Callback: p.Callback, End: event.CallbackUnreached, Try: 4})
	r.applied()
	if list, err = r.db.Callbacks(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("callbacks left: %+v, %v", list, err)
	}
	expect(r, "reached", `SELECT status FROM callbacks WHERE tries = 3 AND done_at IS NOT NULL`)
}
