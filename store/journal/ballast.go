package journal

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// ballast is a file that only takes up space, to be given back to the journal when
// the disk is full: at a thousand bytes a call it carries thousands of calls.
type ballast struct {
	path  string
	size  int64 // wanted; not positive for none
	held  bool
	tried time.Time
}

func newBallast(dir string, size int64) *ballast {
	return &ballast{path: filepath.Join(dir, "ballast"), size: size}
}

// fill takes the space up if it is free several times over. It fails silently: a
// journal without ballast works, and the metric shows it.
func (b *ballast) fill() {
	if b.size <= 0 || b.held {
		return
	}
	info, err := os.Stat(b.path)
	if err == nil && info.Size() == b.size {
		b.held = true
		return
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(b.path), &disk); err != nil || int64(disk.Bavail)*disk.Bsize < 4*b.size {
		return
	}
	f, err := os.OpenFile(b.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return
	}
	err = unix.Fallocate(int(f.Fd()), 0, 0, b.size)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(b.path)
		return
	}
	b.held = true
}

// refill tries fill again, at most once a minute.
func (b *ballast) refill(now time.Time) {
	if b.size > 0 && !b.held && now.Sub(b.tried) > time.Minute {
		b.tried = now
		b.fill()
	}
}

// release gives the space back; it reports whether there was any.
func (b *ballast) release() bool {
	if !b.held {
		return false
	}
	b.held = false
	b.tried = time.Now()
	return os.Remove(b.path) == nil
}

// bytes is how much is held.
func (b *ballast) bytes() float64 {
	if b.held {
		return float64(b.size)
	}
	return 0
}
