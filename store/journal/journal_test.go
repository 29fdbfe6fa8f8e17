package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/phone"
	"hotline/store/secret"
)

func TestWhatIsAppendedIsReadBack(t *testing.T) {
	j := open(t, t.TempDir(), small())
	at := time.UnixMicro(1_795_439_797_123_456)
	contact := event.NewID(at)
	seq, err := j.Append(event.Event{Contact: contact, At: at, Body: &event.SurveySkipped{Reason: "gone"}})
	if err != nil {
		t.Fatal(err)
	}
	synced(t, j, seq)
	r, err := j.Read(0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	rec, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	if rec.Seq != seq || !rec.At.Equal(at) || rec.Contact != contact || rec.Kind != event.KindSurveySkipped {
		t.Errorf("read %+v", rec)
	}
	body, err := rec.Body()
	if skipped, ok := body.(*event.SurveySkipped); !ok || skipped.Reason != "gone" {
		t.Errorf("body %+v, %v", body, err)
	}
}

func TestManySegmentsAndOpenings(t *testing.T) {
	dir, n := t.TempDir(), 0
	var id event.ID
	for range 5 {
		j := open(t, dir, small())
		if !id.IsZero() && j.ID() != id {
			t.Fatalf("the journal's id changed")
		}
		id = j.ID()
		for range 50 {
			synced(t, j, appendNote(t, j, n))
			n++
		}
		if got := j.Before(j.Last()); got != uint64(n) {
			t.Fatalf("%d events counted, want %d", got, n)
		}
		closeJournal(t, j)
	}
	j := open(t, dir, small())
	if files := segments(t, dir); len(files) < 10 {
		t.Fatalf("only %d segments", len(files))
	}
	all := readAll(t, j, 0)
	want(t, all, n)
	for i, it := range all {
		if rest := readAll(t, j, it.seq); len(rest) != n-i-1 {
			t.Fatalf("after event %d there are %d, want %d", i, len(rest), n-i-1)
		}
		if behind := j.Behind(it.seq); behind != uint64(n-i-1) {
			t.Fatalf("behind event %d there are %d, want %d", i, behind, n-i-1)
		}
	}
	if got := j.Behind(0); got != uint64(n) {
		t.Errorf("behind nothing there are %d, want %d", got, n)
	}
}

func TestLastIsKnownAcrossEmptyOpenings(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small())
	if got := j.Last(); got != 0 {
		t.Errorf("last of nothing is %d", got)
	}
	closeJournal(t, j)
	j = open(t, dir, small())
	seq := appendNote(t, j, 0)
	closeJournal(t, j)
	for range 3 {
		j = open(t, dir, small())
		if got := j.Last(); got != seq {
			t.Errorf("last is %d, want %d", got, seq)
		}
		if got := j.Behind(seq); got != 0 {
			t.Errorf("%d events behind the last", got)
		}
		closeJournal(t, j)
	}
}

func TestNumbersAreNeverReused(t *testing.T) {
	dir := t.TempDir()
	seen := map[journal.Seq]bool{}
	for range 4 {
		j := open(t, dir, small())
		for n := range 20 {
			seq := appendNote(t, j, n)
			if seen[seq] {
				t.Fatalf("number %d was given twice", seq)
			}
			seen[seq] = true
		}
		closeJournal(t, j)
		// A power failure takes back what was written last.
		files := segments(t, dir)
		last := files[len(files)-1]
		info, err := os.Stat(last)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(last, max(info.Size()/2, journal.HeaderSize)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAJournalBelongsToOneProcess(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small())
	if _, err := journal.Open(dir, small()); !errors.Is(err, journal.ErrLocked) {
		t.Errorf("second opening: %v", err)
	}
	closeJournal(t, j)
	closeJournal(t, open(t, dir, small()))
}

func TestConcurrentAppenders(t *testing.T) {
	const writers, each = 8, 200
	j := open(t, t.TempDir(), small())
	r, err := j.Read(0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range each {
				seq, err := j.Append(note(w*each + i))
				if err != nil {
					t.Error(err)
				}
				if i%50 == 0 {
					if err := j.Sync(context.Background(), seq); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	seen := map[string]bool{}
	var last journal.Seq
	for len(seen) < writers*each {
		rec, err := r.Next()
		if err != nil {
			if err := r.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			continue
		}
		body, err := rec.Body()
		if err != nil {
			t.Fatal(err)
		}
		value := body.(*event.Noted).Value
		if seen[value] || rec.Seq <= last {
			t.Fatalf("%s came twice or out of order", value)
		}
		seen[value], last = true, rec.Seq
	}
	group.Wait()
}

func TestReadersSeeOnlyWhatIsDurable(t *testing.T) {
	opt := small()
	opt.Delay = time.Hour // nothing is synced unless asked for
	j := open(t, t.TempDir(), opt)
	seq := appendNote(t, j, 0)
	if got := readAll(t, j, 0); len(got) != 0 {
		t.Errorf("read %v before it was durable", got)
	}
	synced(t, j, seq)
	want(t, readAll(t, j, 0), 1)
}

func TestWaiting(t *testing.T) {
	opt := small()
	opt.Delay = time.Hour
	j := open(t, t.TempDir(), opt)
	r, err := j.Read(0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if _, err := r.Next(); err == nil {
		t.Fatal("read something from an empty journal")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("reason")
	cancel(reason)
	if err := r.Wait(ctx); !errors.Is(err, reason) {
		t.Errorf("wait: %v", err)
	}
	if err := j.Sync(ctx, j.Start()); !errors.Is(err, reason) {
		t.Errorf("sync: %v", err)
	}
	waited := make(chan error)
	go func() { waited <- j.Sync(context.Background(), j.Start()+5) }()
	closeJournal(t, j)
	if err := <-waited; !errors.Is(err, journal.ErrClosed) {
		t.Errorf("sync of what never comes: %v", err)
	}
	if err := r.Wait(t.Context()); err != nil {
		t.Errorf("wait after close, not yet looked: %v", err)
	}
	if _, err := r.Next(); err == nil {
		t.Error("read something")
	}
	if err := r.Wait(t.Context()); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("wait after close: %v", err)
	}
	if _, err := j.Append(note(1)); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("append after close: %v", err)
	}
	closeJournal(t, j) // harmless
}

func TestSeveralEventsAtOnce(t *testing.T) {
	j := open(t, t.TempDir(), small())
	first := appendNote(t, j, 0)
	last, err := j.Append(note(1), note(2), note(3))
	if err != nil || last != first+3 {
		t.Errorf("number %d after %d, %v", last, first, err)
	}
	if _, err := j.Append(note(4), event.Event{Body: &event.Closed{}}); !errors.Is(err, event.ErrInvalid) {
		t.Errorf("with an invalid one: %v", err)
	}
	synced(t, j, last)
	want(t, readAll(t, j, 0), 4)
}

func TestInvalidEventsLeaveNoTrace(t *testing.T) {
	j := open(t, t.TempDir(), small())
	if _, err := j.Append(event.Event{Body: &event.Keyed{Keys: "1", Masked: true, Source: event.KeyEvent}}); !errors.Is(err, event.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	synced(t, j, appendNote(t, j, 0))
	want(t, readAll(t, j, 0), 1)
}

func TestRelease(t *testing.T) {
	dir, opt := t.TempDir(), small()
	opt.Keep = -1
	j := open(t, dir, opt)
	var seqs []journal.Seq
	for n := range 100 {
		seqs = append(seqs, appendNote(t, j, n))
		synced(t, j, seqs[n])
	}
	files := len(segments(t, dir))
	if err := j.Release(seqs[49]); err != nil {
		t.Fatal(err)
	}
	left := readAll(t, j, 0)
	if len(segments(t, dir)) >= files || len(left) < 50 || len(left) == 100 {
		t.Fatalf("%d of %d files left, %d events", len(segments(t, dir)), files, len(left))
	}
	if got := readAll(t, j, seqs[49]); len(got) != 50 {
		t.Errorf("%d events left after the released ones, want 50", len(got))
	}
	if got := j.Behind(seqs[49]); got != 50 {
		t.Errorf("behind: %d, want 50", got)
	}
	if got := j.Before(seqs[49]); got != 50 {
		t.Errorf("before: %d, want 50", got)
	}
	if err := j.Release(seqs[99]); err != nil {
		t.Fatal(err)
	}
	if got := len(segments(t, dir)); got != 1 {
		t.Errorf("%d files left, want the current one", got)
	}
	closeJournal(t, j)

	opt.Keep = time.Hour
	j = open(t, dir, opt)
	if err := j.Release(j.Last()); err != nil {
		t.Fatal(err)
	}
	if got := len(segments(t, dir)); got != 2 {
		t.Errorf("%d files left, want the young one kept", got)
	}
}

func TestNoNumberInClear(t *testing.T) {
	dir := t.TempDir()
	keys, err := secret.Load(dir+"/keys", false)
	if err != nil {
		t.Fatal(err)
	}
	const digits = "13800138000"
	caller := keys.Number(phone.Plan{}.Parse(digits), "PAI")
	j := open(t, dir+"/journal", small())
	for _, body := range []event.Body{
		&event.Opened{Channel: event.ChannelCallIn, Line: "12348", Caller: caller},
		&event.LegAdded{Leg: 1, Role: event.RoleCaller, Direction: event.DirectionIn, Number: caller},
		&event.Keyed{Masked: true, Count: len(digits), Source: event.KeyEvent},
		&event.Noted{Name: "callback", Masked: true},
	} {
		if _, err := j.Append(event.Event{Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	closeJournal(t, j)
	for _, path := range segments(t, dir+"/journal") {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(digits)) || bytes.Contains(data, []byte("38000")) {
			t.Error("the caller's number stands in the journal")
		}
	}
}

func ExampleJournal_Append() {
	dir, err := os.MkdirTemp("", "journal-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	j, err := journal.Open(dir, journal.Options{})
	if err != nil {
		panic(err)
	}
	defer func() { _ = j.Close() }()

	contact := event.NewID(time.Now())
	seq, err := j.Append(event.Event{Contact: contact, Body: &event.Enqueued{Queue: "labour", Place: 1}})
	if err != nil {
		panic(err)
	}
	fmt.Println(j.Sync(context.Background(), seq), seq == j.Start())
	// Output: <nil> true
}
