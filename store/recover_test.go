package store_test

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
	"hotline/store/storetest"
)

// crash ends a run without any order and begins the next.
func (r *rig) crash() event.NodeStarted {
	r.t.Helper()
	r.stop()
	if err := r.journal.Close(); err != nil {
		r.t.Fatal(err)
	}
	r.openJournal()
	r.start()
	r.boot = event.NewID(time.Now())
	return event.NodeStarted{Node: "node-1", Boot: r.boot, Version: "test"}
}

func TestCallsOfACrashedRunAreClosed(t *testing.T) {
	r := newRig(t)
	r.stop() // the database never heard of them before the crash
	menu, queued, talking, done := event.NewID(time.Now()), event.NewID(time.Now()), event.NewID(time.Now()), event.NewID(time.Now())
	rec, sealed, other := event.NewID(time.Now()), event.NewID(time.Now()), event.NewID(time.Now())
	for i, id := range []event.ID{menu, queued, talking, done} {
		r.write(id, r.opened("12348", "1380013800"+strconv.Itoa(i)))
	}
	r.write(queued, &event.Enqueued{Queue: "labour", Place: 1})
	r.write(talking, &event.Connected{Queue: "labour", Extension: "8001", Leg: 2},
		&event.RecordingStarted{Recording: rec, Class: event.RecordingAdvice, Path: "talk.wav", Channels: 2},
		&event.RecordingStarted{Recording: sealed, Class: event.RecordingAdvice, Path: "sealed.wav", Channels: 2},
		&event.RecordingClosed{Recording: sealed, Bytes: 1})
	elsewhere := r.opened("12348", "13900139000")
	elsewhere.Node = "node-2"
	r.write(other, elsewhere)
	r.write(done, abandoned())

	run := r.crash()
	live := event.NewID(time.Now())
	r.write(live, r.opened("12348", "13900139001"))
	got, err := r.projector.Recover(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Contacts) != 3 {
		t.Errorf("%d contacts closed, want 3", len(got.Contacts))
	}
	if len(got.Recordings) != 1 || got.Recordings[0].Path != "talk.wav" || got.Recordings[0].Recording != rec || got.Recordings[0].Contact != talking {
		t.Errorf("recordings to mend: %+v", got.Recordings)
	}
	for id, want := range map[event.ID]string{
		menu: "interrupted menu system", queued: "interrupted queue system", talking: "interrupted talk system", done: "abandoned menu caller", other: "", live: "",
	} {
		expect(r, want, `SELECT concat_ws(' ', outcome, stage, ended_by) FROM contacts WHERE id = $1`, id)
	}
	expect(r, true, `SELECT c.ended_at = (SELECT max(at) FROM call_events e WHERE e.contact_id = c.id AND e.kind <> 'contact_closed')
		FROM contacts c WHERE id = $1`, talking)
	expect(r, "node-1 test", `SELECT concat_ws(' ', node, version) FROM node_runs`)

	// A second crash before the recording was mended: it is still to do, and nothing else.
	run = r.crash()
	again, err := r.projector.Recover(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Contacts) != 1 || again.Contacts[0] != live || len(again.Recordings) != 1 {
		t.Errorf("second recovery: %+v", again)
	}
	r.write(talking, &event.RecordingClosed{Recording: rec, Bytes: 8000, Duration: time.Second, SHA256: make([]byte, 32), Partial: "interrupted", Repaired: true})
	r.applied()
	expect(r, "closed interrupted true", `SELECT concat_ws(' ', state, partial_reason, repaired::text) FROM recordings WHERE id = $1`, rec)
}

func TestEventsGoneFromTheJournalAreStated(t *testing.T) {
	r := newRig(t)
	r.stop()
	r.talk("13800138000")
	r.crash()
	r.applied()
	r.stop()
	for range 3 {
		r.talk("13800138000") // never applied, then deleted by somebody
	}
	if err := r.journal.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(r.dir, "journal", "*.log"))
	if err != nil {
		t.Fatal(err)
	}
	r.openJournal()
	for _, path := range files {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.journal.Close(); err != nil {
		t.Fatal(err)
	}
	r.openJournal()
	r.start()
	r.talk("13900139000")
	r.applied()
	expect(r, int64(3*talkEvents), `SELECT events FROM journal_losses`)
	if got := r.metric("hotline_store_events_missed_total"); got != 3*talkEvents {
		t.Errorf("%v counted", got)
	}
	expect(r, 2, `SELECT count(*)::int FROM contacts`)
}

// The database is lost; the journal still has everything.
func TestAnEmptyDatabaseIsFilledFromTheJournal(t *testing.T) {
	r := newRig(t)
	for n := range 5 {
		r.talk("1380013800" + strconv.Itoa(n))
	}
	r.applied()
	r.stop()
	url := pg.URL(t)
	r.db = storetest.OpenURL(t, store.Options{URL: url, Keys: r.keys})
	r.conn = storetest.Conn(t, url)
	seed(t, r.conn)
	r.start()
	r.applied()
	r.exactly(5)
}

// The journal is lost; the database goes on with a new one, whose numbers begin anew.
func TestANewJournalIsNotTakenForTheOld(t *testing.T) {
	r := newRig(t)
	r.talk("13800138000")
	r.applied()
	r.stop()
	if err := r.journal.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(r.dir, "journal")); err != nil {
		t.Fatal(err)
	}
	r.openJournal()
	r.start()
	r.talk("13900139000")
	r.applied()
	expect(r, 2, `SELECT count(*)::int FROM contacts`)
	expect(r, 2, `SELECT count(*)::int FROM journals`)
	expect(r, 2*talkEvents, `SELECT count(*)::int FROM call_events`)
}

// A server that crashed took commits back; the projector notices and repeats.
func TestAPositionThatWentBack(t *testing.T) {
	r := newRig(t)
	r.talk("13800138000")
	r.applied()
	// What a crash does to the last transactions, all at once.
	_, err := r.conn.Exec(t.Context(), `
		BEGIN;
		ALTER TABLE call_events DISABLE TRIGGER USER;
		DELETE FROM call_events; DELETE FROM contacts; DELETE FROM cases; DELETE FROM profiles; DELETE FROM phones;
		ALTER TABLE call_events ENABLE TRIGGER USER;
		UPDATE journals SET position = 0, applied = 0;
		COMMIT`)
	if err != nil {
		t.Fatal(err)
	}
	r.talk("13900139000")
	r.applied()
	r.exactly(2)
}

func TestTwoNodesShareCallers(t *testing.T) {
	a := newRig(t)
	b := &rig{t: t, dir: t.TempDir(), url: a.url, keys: a.keys, db: a.db, conn: a.conn, boot: event.NewID(time.Now()), registry: a.registry}
	b.openJournal()
	b.start()
	const callers = 20
	var group sync.WaitGroup
	for _, r := range []*rig{a, b} {
		group.Go(func() {
			for n := range 100 {
				id := event.NewID(time.Now())
				for _, body := range []event.Body{r.opened("12348", "138001380"+strconv.Itoa(10+n%callers)), abandoned()} {
					if _, err := r.journal.Append(event.Event{Contact: id, Body: body}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	a.applied()
	b.applied()
	expect(a, "200 200 20 20", `SELECT concat_ws(' ', count(*), count(DISTINCT no), count(DISTINCT phone_id), count(DISTINCT case_id)) FROM contacts`)
	expect(a, 0, `SELECT count(*)::int FROM journal_rejects`)
	expect(a, true, `SELECT max(last) = 200 FROM serials WHERE scope LIKE 'contact:%'`)
}

func TestTheProjectorEndsWithTheJournal(t *testing.T) {
	r := newRig(t)
	for range 20 {
		r.talk("13800138000")
	}
	if err := r.journal.Close(); err != nil {
		t.Fatal(err)
	}
	r.applied() // all of it, although nobody writes any more
	r.stop()    // reports an error unless Run returned nil or the reason
	if _, err := r.journal.Append(event.Event{Body: abandoned()}); err == nil {
		t.Error("the journal is still open")
	}
}
