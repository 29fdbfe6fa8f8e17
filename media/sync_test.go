package media

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// sealed is a file whose syncs are counted, and may be held up or fail.
type sealed struct {
	file
	syncs  int
	hold   chan struct{}
	err    error
	closed bool
}

func (f *sealed) Sync() error {
	f.syncs++
	if f.hold != nil {
		<-f.hold
	}
	return f.err
}

func (f *sealed) Close() error {
	f.closed = true
	return nil
}

// sealing runs a scribe's syncs in a bubble of its own time.
func sealing(t *testing.T, f func(t *testing.T, s *sealer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newScribe(func() time.Duration { return 0 }, quietLog(), time.Second)
		over := make(chan struct{})
		go func() {
			defer close(over)
			s.sync()
		}()
		synctest.Wait()
		f(t, &s.sealer)
		s.close()
		<-over
	})
}

// TestSealsAreGathered ends one recording, which is synced at once, and then others, which wait for one another.
func TestSealsAreGathered(t *testing.T) {
	sealing(t, func(t *testing.T, s *sealer) {
		began := time.Now()
		seal := func(after, within time.Duration) {
			t.Helper()
			f := &sealed{}
			if left, err := s.settle(t.Context(), f); left || err != nil || f.syncs != 1 || f.closed {
				t.Errorf("left %v, %v, %+v", left, err, f)
			}
			if took := time.Since(began); took < after || took > within {
				t.Errorf("synced after %v, want %v to %v", took, after, within)
			}
		}
		seal(0, 0)
		done := make(chan struct{})
		for range 5 {
			go func() {
				seal(groupTime, groupTime)
				done <- struct{}{}
			}()
		}
		for range 5 {
			<-done
		}
		time.Sleep(time.Minute)
		began = time.Now()
		seal(0, 0)
	})
}

// TestSealsFailAlone syncs two recordings, one of which cannot be.
func TestSealsFailAlone(t *testing.T) {
	sealing(t, func(t *testing.T, s *sealer) {
		good, bad := &sealed{}, &sealed{err: syscall.EIO}
		why := make(chan error)
		for _, f := range []*sealed{good, bad} {
			go func() {
				_, err := s.settle(t.Context(), f)
				why <- err
			}()
		}
		if err := errors.Join(<-why, <-why); !errors.Is(err, syscall.EIO) || good.syncs != 1 || bad.syncs != 1 {
			t.Errorf("%v, %+v, %+v", err, good, bad)
		}
	})
}

// TestSealIsLeft gives up waiting for a disk that holds a sync up: the file is closed once that is over.
func TestSealIsLeft(t *testing.T) {
	sealing(t, func(t *testing.T, s *sealer) {
		f := &sealed{hold: make(chan struct{})}
		enough := errors.New("time is up")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, enough)
		defer cancel()
		if left, err := s.settle(ctx, f); !left || !errors.Is(err, enough) || f.closed {
			t.Errorf("left %v, %v, %+v", left, err, f)
		}
		close(f.hold)
		synctest.Wait()
		if !f.closed || f.syncs != 1 {
			t.Errorf("%+v", f)
		}
	})
}

// TestSealsAreServedAtTheEnd syncs what waits when the engine stops, and what comes after it.
func TestSealsAreServedAtTheEnd(t *testing.T) {
	var early, late sealed
	var s *sealer
	done := make(chan error, 1)
	sealing(t, func(t *testing.T, served *sealer) {
		s = served
		if _, err := s.settle(t.Context(), &sealed{}); err != nil {
			t.Error(err)
		}
		go func() {
			_, err := s.settle(t.Context(), &early)
			done <- err
		}()
		synctest.Wait()
	})
	_, err := s.settle(t.Context(), &late)
	if err = errors.Join(err, <-done); err != nil || early.syncs != 1 || late.syncs != 1 {
		t.Errorf("%v, %+v, %+v", err, early, late)
	}
}
