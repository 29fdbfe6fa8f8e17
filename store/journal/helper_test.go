package journal_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hotline/store/event"
	"hotline/store/journal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, dir string, opt journal.Options) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func closeJournal(t testing.TB, j *journal.Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// note is an event that can be told from others.
func note(n int) event.Event {
	return event.Event{Contact: event.ID{byte(n), byte(n >> 8)}, Body: &event.Noted{Name: "n", Value: fmt.Sprint(n)}}
}

func appendNote(t testing.TB, j *journal.Journal, n int) journal.Seq {
	t.Helper()
	seq, err := j.Append(note(n))
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

func synced(t testing.TB, j *journal.Journal, seq journal.Seq) {
	t.Helper()
	if err := j.Sync(t.Context(), seq); err != nil {
		t.Fatal(err)
	}
}

// item is an event as read back.
type item struct {
	seq   journal.Seq
	value string
}

// readAll reads what can be read now after the given number.
func readAll(t testing.TB, j *journal.Journal, after journal.Seq) []item {
	t.Helper()
	r, err := j.Read(after)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var got []item
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := rec.Body()
		if err != nil {
			t.Fatal(err)
		}
		switch e := body.(type) {
		case *event.Noted:
			got = append(got, item{rec.Seq, e.Value})
		case *event.EventsLost:
			got = append(got, item{rec.Seq, fmt.Sprintf("lost %d", e.Count)})
		}
	}
}

// want checks that exactly the notes 0 to n-1 were read, in order.
func want(t testing.TB, got []item, n int) {
	t.Helper()
	if len(got) != n {
		t.Fatalf("read %d events, want %d", len(got), n)
	}
	for i, it := range got {
		if it.value != fmt.Sprint(i) {
			t.Fatalf("event %d is %q", i, it.value)
		}
		if i > 0 && it.seq <= got[i-1].seq {
			t.Fatalf("number %d after %d", it.seq, got[i-1].seq)
		}
	}
}

// segments lists the segment files of a folder.
func segments(t testing.TB, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// clone copies a folder's segments to a new one, as a crash would leave them.
func clone(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	for _, path := range segments(t, dir) {
		data, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(path)), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// small lets tests make many segments, fast and without ballast.
func small() journal.Options {
	return journal.Options{Segment: 1024, Delay: time.Millisecond, Ballast: -1}
}

// unsynced is a disk that forgets to sync, for tests that open journals thousands of
// times and cut off no power.
type unsynced struct{ journal.File }

func (unsynced) Sync() error { return nil }

func hasty() journal.Options {
	return small().OnDisk(func(path string) (journal.File, error) {
		f, err := journal.OpenFile(path)
		return unsynced{f}, err
	})
}
