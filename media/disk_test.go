package media

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hotline/media/sdp"
	"hotline/media/tone"
	"hotline/media/wav"
)

// slowFile is a file on a disk that is slow or full.
type slowFile struct {
	file
	mu   sync.Mutex
	hold chan struct{} // writes wait while it is not nil and open
	held chan struct{} // told when one does
	err  error
}

// set changes what happens to writes.
func (f *slowFile) set(hold chan struct{}, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hold, f.err = hold, err
}

// WriteAt writes, or not.
func (f *slowFile) WriteAt(b []byte, at int64) (int, error) {
	f.mu.Lock()
	hold, err := f.hold, f.err
	f.mu.Unlock()
	if hold != nil {
		f.held <- struct{}{}
		<-hold
	}
	if err != nil {
		return 0, err
	}
	return f.file.WriteAt(b, at)
}

// slow makes a rig's recordings be written through a slowFile.
func (r *rig) slow() *slowFile {
	f := &slowFile{held: make(chan struct{}, 100)}
	r.e.scribe.open = func(path string) (file, error) {
		inner, err := create(path)
		f.file = inner
		return f, err
	}
	return f
}

// TestFullDisk fills the disk for 15 s of a call: what the memory cannot hold is lost, filed and
// counted; the rest is whole and in its place.
func TestFullDisk(t *testing.T) {
	for reason, fault := range map[string]error{diskFull: syscall.ENOSPC, diskError: syscall.EIO} {
		t.Run(reason, func(t *testing.T) {
			r := newRig(t, 1)
			disk := r.slow()
			_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMU)
			rec := r.record(2)
			r.attach(rec, x.to, 0)
			r.attach(rec, y.to, 1)
			left, right := voices()
			r.talk(5*time.Second, x, y, left, right)
			disk.set(nil, &os.PathError{Op: "write", Path: "x", Err: fault})
			r.talk(15*time.Second, x, y, left, right)
			if live, held := r.e.scribe.load(); live != 1 || held > 11*16000 {
				t.Errorf("%d recordings hold %d bytes", live, held)
			}
			disk.set(nil, nil)
			r.e.scribe.visit()
			r.talk(5*time.Second, x, y, left, right)
			got := r.finish(rec)
			if got.Duration != 25*time.Second || got.Whole() || got.Unrecorded < 8*time.Second || got.Unrecorded > 12*time.Second {
				t.Errorf("%+v", got)
			}
			if len(got.Gaps) != 2 || got.Gaps[0].Reason != reason || got.Gaps[1].Channel == got.Gaps[0].Channel {
				t.Fatalf("%+v", got.Gaps)
			}
			f, err := wav.Read(got.Path)
			if err != nil || f.Duration() != got.Duration {
				t.Fatal(err, f.Duration())
			}
			gap := got.Gaps[0]
			pcm := f.Channel(gap.Channel)
			at := func(d time.Duration) int { return int(d / sample) }
			if tone.Level(pcm[at(100*ms):at(gap.From)]) < -12 || tone.Level(pcm[at(gap.From):at(gap.From+gap.For)]) > -60 || tone.Level(pcm[at(gap.From+gap.For):at(24*time.Second)]) < -12 {
				t.Errorf("the gap is not where %+v says", gap)
			}
			if r.e.scribe.tally.failed.Load() != 1 || time.Duration(r.e.scribe.tally.lost.Load())*sample != got.Unrecorded {
				t.Errorf("counted %d recordings and %d samples", r.e.scribe.tally.failed.Load(), r.e.scribe.tally.lost.Load())
			}
			if x.to.Stats().Received != 25*50 || x.to.Err() != nil {
				t.Error("the call has suffered")
			}
		})
	}
}

// TestRecordOnAFullDisk begins a recording when there is no room at all.
func TestRecordOnAFullDisk(t *testing.T) {
	r := newRig(t, 1)
	disk := r.slow()
	disk.set(nil, syscall.ENOSPC)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	rec := r.record(1)
	r.attach(rec, s, 0)
	h.say(r, same(0x2a), 3*time.Second)
	r.e.scribe.visit()
	disk.set(nil, nil)
	if got := r.finish(rec); !got.Whole() || got.Duration != 3*time.Second || got.Heard[0] < 2950*ms {
		t.Errorf("%+v", got)
	}
}

// TestSlowDisk blocks a write while the call goes on: nothing is lost within the backlog, and the
// packet path does not wait.
func TestSlowDisk(t *testing.T) {
	r := newRig(t, 1)
	disk := r.slow()
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMU)
	rec := r.record(2)
	r.attach(rec, x.to, 0)
	left, right := voices()
	r.talk(time.Second, x, y, left, right)
	hold := make(chan struct{})
	disk.set(hold, nil)
	stuck := make(chan struct{})
	go func() {
		defer close(stuck)
		r.e.scribe.flush(rec)
	}()
	<-disk.held
	for range 8 * 50 { // the scribe makes no rounds meanwhile: it waits for the disk
		x.audio(left[:frame])
		r.step(20 * ms)
	}
	disk.set(nil, nil)
	close(hold)
	<-stuck
	got := r.finish(rec)
	if !got.Whole() || got.Duration != 9*time.Second || got.Heard[0] < 8950*ms {
		t.Errorf("%+v", got)
	}
}

func TestCloseGivesUpWaiting(t *testing.T) {
	r := newRig(t, 1)
	disk := r.slow()
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	rec := r.record(1)
	r.attach(rec, s, 0)
	h.say(r, same(0x2a), 2*time.Second)
	r.e.scribe.visit()
	disk.set(nil, syscall.ENOSPC)
	h.say(r, same(0x2a), time.Second)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("time is up"))
	got, err := rec.Close(ctx)
	if err == nil || !strings.Contains(err.Error(), "time is up") || got.Duration < time.Second {
		t.Errorf("%+v, %v", got, err)
	}
	mended, err := Repair(rec.path)
	if err != nil || mended.Bytes != got.Bytes || mended.Duration != got.Duration {
		t.Errorf("%+v, %v", mended, err)
	}
	disk.set(nil, nil)
	r.e.scribe.visit()
	if f, err := wav.Read(rec.path); err != nil || f.Duration() != 3*time.Second {
		t.Errorf("what could be written later is not: %v, %v", f.Duration(), err)
	}
}

// TestPanicsStayWithTheirRecording breaks one of two recordings.
func TestPanicsStayWithTheirRecording(t *testing.T) {
	r := newRig(t, 1)
	bad, good := r.record(1), r.record(1)
	bad.reel.pool = nil
	r.step(time.Second)
	got := r.finish(good)
	if got.Duration != time.Second {
		t.Errorf("%+v", got)
	}
	<-bad.done
	if live, _ := r.e.scribe.load(); live != 0 {
		t.Errorf("%d recordings live", live)
	}
}

func TestRepair(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMU)
	rec := r.record(2)
	r.attach(rec, x.to, 0)
	left, right := voices()
	r.talk(2*time.Second, x, y, left, right)
	got := r.finish(rec)
	b, err := os.ReadFile(got.Path)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.wav")
	for n := len(b) - 1024; n <= len(b); n += 31 {
		if err := os.WriteFile(cut, b[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		mended, err := Repair(cut)
		if err != nil || mended.Bytes != int64(n)&^1 || len(mended.SHA256) != 64 || mended.Channels != 2 {
			t.Fatalf("cut at %d: %+v, %v", n, mended, err)
		}
	}
	if _, err := Repair(filepath.Join(t.TempDir(), "none.wav")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(cut, b[:30], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Repair(cut); !errors.Is(err, wav.ErrTruncated) {
		t.Errorf("no header: %v", err)
	}
}

func TestGapLogIsBounded(t *testing.T) {
	var l gapLog
	for i := range int64(2 * mostGaps) {
		l.add(0, 100*i, 10, noMedia)
	}
	l.add(0, 0, 0, noMedia)
	if len(l.gaps) != mostGaps {
		t.Errorf("%d gaps", len(l.gaps))
	}
	l = gapLog{}
	for i := range int64(50) { // two channels lose frame by frame
		l.add(0, 160*i, 160, slowDisk)
		l.add(1, 160*i, 160, slowDisk)
	}
	if len(l.gaps) != 2 || l.gaps[0].For != time.Second {
		t.Errorf("%+v", l.gaps)
	}
}

// TestTooLong fills a file to what its header can tell.
func TestTooLong(t *testing.T) {
	r := newRig(t, 1)
	rec := r.record(8)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMA)
	r.attach(rec, s, 0)
	limit := rec.limit()
	if d := time.Duration(limit) * sample; d < 18*time.Hour || limit*8 > wav.MaxData {
		t.Fatalf("a file of eight channels holds %v", d)
	}
	rec.reel.first, rec.reel.sealed = limit/chunkSamples-8, limit/chunkSamples-8
	rec.origin = r.now - time.Duration(limit-4*chunkSamples)*sample
	h.say(r, same(0x2a), 2*time.Second)
	rec.mu.Lock()
	rec.finish(r.now)
	end := rec.state.end
	gaps := rec.gaps.gaps
	rec.state.end = 0 // do not write four gigabytes
	rec.reel.first, rec.reel.sealed = 0, 0
	rec.mu.Unlock()
	if last := len(gaps) - 1; end != limit || gaps[last].Reason != tooLong || gaps[last].For < 900*ms {
		t.Errorf("ends at %d of %d, %+v", end, limit, gaps)
	}
}

// TestSync syncs a few recordings, each by itself, and many, all at once, and one that is closed.
func TestSync(t *testing.T) {
	r := newRig(t, 1)
	var all []*Recorder
	for _, n := range []int{1, few + 2} {
		for range n {
			all = append(all, r.record(1))
		}
		r.step(600 * ms)
		r.e.scribe.visit()
		r.e.scribe.syncAll()
	}
	d, ok := all[0].file.(*diskFile)
	if !ok || d.device == 0 || d.data() != nil || d.syncSystem() != nil {
		t.Errorf("%+v", all[0].file)
	}
	for _, rec := range all {
		r.finish(rec)
	}
	if d.data() == nil || d.syncSystem() == nil {
		t.Error("synced a closed file")
	}
	if r.e.scribe.tally.bytes.Load() == 0 {
		t.Error("no bytes counted")
	}
}
