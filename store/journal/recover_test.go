package journal_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"hotline/store/journal"
)

// written makes a journal of n notes in one segment and gives its folder.
func written(t *testing.T, n int) string {
	t.Helper()
	dir, opt := t.TempDir(), small()
	opt.Segment = 1 << 20
	j := open(t, dir, opt)
	for i := range n {
		appendNote(t, j, i)
	}
	closeJournal(t, j)
	return dir
}

// A crash may cut the last write anywhere: whatever byte it is, all whole records
// before it are read, nothing else, and the journal goes on.
func TestCutAtEveryByteOfTheLast2KiB(t *testing.T) {
	const n = 60
	dir := written(t, n)
	path := segments(t, dir)[0]
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) < 2048 {
		t.Fatalf("only %d bytes", len(data))
	}
	ends := recordEnds(t, data)
	work := t.TempDir()
	for cut := len(data) - 2048; cut <= len(data); cut++ {
		whole := 0
		for whole < len(ends) && ends[whole] <= cut {
			whole++
		}
		again := filepath.Join(work, filepath.Base(path))
		if err := os.WriteFile(again, data[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		j := open(t, work, hasty())
		appendNote(t, j, whole)
		closeJournal(t, j)
		j = open(t, work, hasty())
		want(t, readAll(t, j, 0), whole+1)
		if got := j.Before(j.Last()); got != uint64(whole+1) {
			t.Fatalf("cut at %d: %d events counted, want %d", cut, got, whole+1)
		}
		closeJournal(t, j)
		for _, file := range segments(t, work) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// recordEnds gives the offsets at which the records of a segment end.
func recordEnds(t *testing.T, data []byte) []int {
	t.Helper()
	var ends []int
	for at := journal.HeaderSize; at < len(data); {
		_, size, err := journal.ParseFrame(data[at:])
		if err != nil {
			t.Fatal(err)
		}
		at += size
		ends = append(ends, at)
	}
	return ends
}

// A damaged byte costs the record it is in, and never one behind it.
func TestDamageAtEveryByteOfTheLast2KiB(t *testing.T) {
	const n = 60
	dir := written(t, n)
	path := segments(t, dir)[0]
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ends := recordEnds(t, data)
	work := t.TempDir()
	for at := len(data) - 2048; at < len(data); at++ {
		hit := 0
		for ends[hit] <= at {
			hit++
		}
		bent := bytes.Clone(data)
		bent[at] ^= 0x55
		if err := os.WriteFile(filepath.Join(work, filepath.Base(path)), bent, 0o600); err != nil {
			t.Fatal(err)
		}
		j := open(t, work, hasty())
		got := readAll(t, j, 0)
		closeJournal(t, j)
		if len(got) != n-1 {
			t.Fatalf("byte %d damaged: %d events left, want %d", at, len(got), n-1)
		}
		for _, it := range got {
			if it.value == strconv.Itoa(hit) {
				t.Fatalf("byte %d damaged, and its record %d was read", at, hit)
			}
		}
		for _, file := range segments(t, work) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestDamageInAnOldSegmentIsSteppedOverWithAnAlarm(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, small())
	for n := range 100 {
		synced(t, j, appendNote(t, j, n))
	}
	closeJournal(t, j)
	path := segments(t, dir)[1]
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ends := recordEnds(t, data)
	copy(data[ends[0]:], make([]byte, ends[2]-ends[0])) // two records zeroed
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	reg := prometheus.NewRegistry()
	var log bytes.Buffer
	opt := small()
	opt.Registerer, opt.Log = reg, slog.New(slog.NewTextHandler(&log, nil))
	j = open(t, dir, opt)
	if got := readAll(t, j, 0); len(got) != 98 {
		t.Errorf("%d events left, want 98", len(got))
	}
	if !strings.Contains(log.String(), "damaged bytes were skipped") {
		t.Errorf("no alarm: %s", log.String())
	}
	expected := "# HELP hotline_journal_corrupt_bytes_total Damaged bytes stepped over while reading. Must stay 0.\n" +
		"# TYPE hotline_journal_corrupt_bytes_total counter\nhotline_journal_corrupt_bytes_total " + strconv.Itoa(ends[2]-ends[0]) + "\n"
	if err := testutil.GatherAndCompare(reg, strings.NewReader(expected), "hotline_journal_corrupt_bytes_total"); err != nil {
		t.Error(err)
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct {
		name string
		harm func(t *testing.T, files []string)
		want int    // events left of 100
		err  string // or the error
	}{
		{"last segment empty", func(t *testing.T, files []string) { truncate(t, files[len(files)-1], 0) }, -1, ""},
		{"last header cut", func(t *testing.T, files []string) { truncate(t, files[len(files)-1], 20) }, -1, ""},
		{"last header damaged", func(t *testing.T, files []string) { damage(t, files[len(files)-1], 3) }, 100, ""},
		{"middle header damaged", func(t *testing.T, files []string) { damage(t, files[2], 30) }, 100, ""},
		{"another journal's segment", func(t *testing.T, files []string) {
			other := written(t, 3)
			data, err := os.ReadFile(segments(t, other)[0])
			if err == nil {
				err = os.WriteFile(files[2], data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}, 0, "belongs to another journal"},
		{"the only header damaged", func(t *testing.T, files []string) {
			for _, path := range files[1:] {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			damage(t, files[0], 3)
		}, 0, "no valid segment header"},
		{"never used", func(t *testing.T, files []string) {
			for _, path := range files[1:] {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			truncate(t, files[0], 0)
		}, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			j := open(t, dir, small())
			for n := range 100 {
				synced(t, j, appendNote(t, j, n))
			}
			closeJournal(t, j)
			files := segments(t, dir)
			last, err := os.ReadFile(files[len(files)-1])
			if err != nil {
				t.Fatal(err)
			}
			if tt.want < 0 {
				tt.want = 100 - len(recordEnds(t, last))
			}
			tt.harm(t, files)
			j, err = journal.Open(dir, small())
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = j.Close() }()
			want(t, readAll(t, j, 0), tt.want)
			if got := j.Behind(0); got != uint64(tt.want) {
				t.Errorf("%d events counted, want %d", got, tt.want)
			}
		})
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func damage(t *testing.T, path string, at int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[at] ^= 0xff
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzParseFrame(f *testing.F) {
	dir := f.TempDir()
	j := open(f, dir, small())
	for n := range 5 {
		appendNote(f, j, n)
	}
	closeJournal(f, j)
	data, err := os.ReadFile(segments(f, dir)[0])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[journal.HeaderSize:])
	f.Add([]byte{0, 0, 0, 0, 34, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 0, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		rec, size, err := journal.ParseFrame(b)
		if err == nil && (size > len(b) || len(rec.Payload) >= size) {
			t.Fatalf("%d bytes taken of %d, payload %d", size, len(b), len(rec.Payload))
		}
	})
}
