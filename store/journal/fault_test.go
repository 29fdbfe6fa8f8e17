package journal_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"golang.org/x/sys/unix"

	"hotline/store/journal"
)

// disk fails as told. A failing write leaves half of its bytes behind, as a full disk
// does.
type disk struct {
	mu     sync.Mutex
	write  error
	sync   error
	create error
	tried  chan struct{} // a mark for each failure; nobody need take it
	// random makes any operation fail with this chance in a hundred.
	random *rand.Rand
	chance int
}

func newDisk() *disk { return &disk{tried: make(chan struct{}, 1)} }

// fail decides about one operation.
func (d *disk) fail(told *error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := *told
	if d.random != nil && d.random.IntN(100) < d.chance {
		err = syscall.EIO
	}
	if err != nil {
		select {
		case d.tried <- struct{}{}:
		default:
		}
	}
	return err
}

func (d *disk) set(write, sync, create error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.write, d.sync, d.create = write, sync, create
	select {
	case <-d.tried:
	default:
	}
}

func (d *disk) open(path string) (journal.File, error) {
	if err := d.fail(&d.create); err != nil {
		return nil, err
	}
	f, err := journal.OpenFile(path)
	return diskFile{f, d}, err
}

type diskFile struct {
	journal.File
	disk *disk
}

func (f diskFile) WriteAt(b []byte, off int64) (int, error) {
	if err := f.disk.fail(&f.disk.write); err != nil {
		n, _ := f.File.WriteAt(b[:len(b)/2], off)
		return n, err
	}
	return f.File.WriteAt(b, off)
}

func (f diskFile) Sync() error {
	if err := f.disk.fail(&f.disk.sync); err != nil {
		return err
	}
	return f.File.Sync()
}

func TestADiskThatRefusesForAWhileLosesNothing(t *testing.T) {
	tests := []struct {
		name                string
		write, sync, create error
	}{
		{"full", syscall.ENOSPC, nil, syscall.ENOSPC},
		{"write error", syscall.EIO, nil, nil},
		{"sync error", nil, syscall.EIO, nil},
		{"sync error and no new segment", nil, syscall.EIO, syscall.ENOSPC},
		{"everything", syscall.EIO, syscall.EIO, syscall.EIO},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, dir := newDisk(), t.TempDir()
			j := open(t, dir, small().OnDisk(d.open))
			for n := range 20 {
				synced(t, j, appendNote(t, j, n))
			}
			d.set(tt.write, tt.sync, tt.create)
			for n := range 20 {
				appendNote(t, j, 20+n)
			}
			<-d.tried
			for n := range 20 {
				appendNote(t, j, 40+n)
			}
			if got := readAll(t, j, 0); len(got) > 60 {
				t.Fatalf("%d events read", len(got))
			}
			d.set(nil, nil, nil)
			synced(t, j, appendNote(t, j, 60))
			want(t, readAll(t, j, 0), 61)
			for n := range 39 {
				synced(t, j, appendNote(t, j, 61+n))
			}
			closeJournal(t, j)
			j = open(t, dir, small())
			want(t, readAll(t, j, 0), 100)
			if got := j.Before(j.Last()); got != 100 {
				t.Errorf("%d events counted, want 100", got)
			}
		})
	}
}

// Any operation may fail at any time: what Sync confirmed is there, in order, once,
// in this run and in the next.
func TestRandomFaults(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dir := t.TempDir()
			d := newDisk()
			j := open(t, dir, small().OnDisk(d.open))
			d.mu.Lock()
			d.random, d.chance = rand.New(rand.NewPCG(seed, 1)), int(seed%4)*20
			d.mu.Unlock()
			var last journal.Seq
			for n := range 150 {
				last = appendNote(t, j, n)
				if n%40 == 39 {
					_ = j.Sync(canceled(t), last) // hurry it, do not wait
				}
			}
			d.mu.Lock()
			d.random = nil
			d.mu.Unlock()
			synced(t, j, last)
			want(t, readAll(t, j, 0), 150)
			crashed := clone(t, dir)
			closeJournal(t, j)
			j = open(t, crashed, small())
			want(t, readAll(t, j, 0), 150)
			if got := j.Behind(0); got != 150 {
				t.Errorf("%d events counted, want 150", got)
			}
		})
	}
}

func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestALossIsCountedAndStated(t *testing.T) {
	d, reg, opt := newDisk(), prometheus.NewRegistry(), small()
	opt.Memory, opt.Registerer = 2000, reg
	j := open(t, t.TempDir(), opt.OnDisk(d.open))
	d.set(syscall.EIO, nil, syscall.EIO)
	kept, lost := 0, 0
	for n := range 100 {
		_, err := j.Append(note(n))
		switch {
		case err == nil && lost == 0:
			kept++
		case errors.Is(err, journal.ErrFull):
			lost++
		default:
			t.Fatalf("event %d: %v", n, err)
		}
	}
	if kept == 0 || lost == 0 {
		t.Fatalf("%d kept, %d lost", kept, lost)
	}
	<-d.tried
	d.set(nil, nil, nil)
	synced(t, j, j.Start()+journal.Seq(kept)) // the statement itself
	got := readAll(t, j, 0)
	if last := got[len(got)-1].value; last != fmt.Sprintf("lost %d", lost) {
		t.Errorf("the journal ends with %q", last)
	}
	want(t, got[:len(got)-1], kept)
	expected := fmt.Sprintf("# HELP hotline_journal_lost_events_total Events lost because the disk refused them and the memory for them was full. Must stay 0.\n"+
		"# TYPE hotline_journal_lost_events_total counter\nhotline_journal_lost_events_total %d\n", lost)
	if err := testutil.GatherAndCompare(reg, strings.NewReader(expected), "hotline_journal_lost_events_total"); err != nil {
		t.Error(err)
	}
}

func TestClosingOnADeadDiskSaysWhatIsLost(t *testing.T) {
	d := newDisk()
	j := open(t, t.TempDir(), small().OnDisk(d.open))
	synced(t, j, appendNote(t, j, 0))
	d.set(syscall.EIO, syscall.EIO, syscall.EIO)
	appendNote(t, j, 1)
	appendNote(t, j, 2)
	if err := j.Close(); err == nil || !strings.Contains(err.Error(), "2 events") {
		t.Errorf("closed with %v", err)
	}
}

func TestOpeningFailsClearly(t *testing.T) {
	d := newDisk()
	d.set(nil, nil, syscall.EROFS)
	if _, err := journal.Open(t.TempDir(), small().OnDisk(d.open)); !errors.Is(err, syscall.EROFS) {
		t.Errorf("read-only disk: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(file, small()); err == nil {
		t.Error("opened a file as a folder")
	}
}

// A real file system of 1 MiB, filled to the last byte by somebody else.
func TestAFullFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("mounting needs more rights: %v", err)
	}
	defer func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	reg, opt := prometheus.NewRegistry(), small()
	opt.Ballast, opt.Registerer, opt.Segment = 128<<10, reg, 1<<20
	j, err := journal.Open(filepath.Join(dir, "journal"), opt)
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	defer func() {
		if !closed {
			_ = j.Close()
		}
	}()
	const rest = "# HELP hotline_journal_ballast_bytes Bytes of disk kept free for the journal; 0 when they are in use.\n" +
		"# TYPE hotline_journal_ballast_bytes gauge\nhotline_journal_ballast_bytes "
	if err := testutil.GatherAndCompare(reg, strings.NewReader(rest+"131072\n"), "hotline_journal_ballast_bytes"); err != nil {
		t.Fatal(err)
	}
	if err := fillUp(filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	// Twice the ballast: the first half needs it, the second finds the disk full.
	n := 0
	for ; n < 4000; n++ {
		appendNote(t, j, n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_ = j.Sync(ctx, j.Last())
	if err := testutil.GatherAndCompare(reg, strings.NewReader(rest+"0\n"), "hotline_journal_ballast_bytes"); err != nil {
		t.Error(err)
	}
	if got := len(readAll(t, j, 0)); got == 0 {
		t.Error("the released ballast was of no use")
	}
	if err := os.Remove(filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	synced(t, j, appendNote(t, j, n))
	want(t, readAll(t, j, 0), n+1)
	closed = true
	closeJournal(t, j)
}

func fillUp(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for _, size := range []int{64 << 10, 1 << 10, 1} {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
	return f.Close()
}
