package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"

	"hotline/media/wav"
)

// Recording is a finished recording, as it is filed.
type Recording struct {
	Path     string
	Channels int
	// Bytes is the size of the file, SHA256 the hash of all of it, in hex.
	Bytes  int64
	SHA256 string
	// Duration is the length of the file: of the conversation, gaps included.
	Duration time.Duration
	// Heard is how much audio each channel has.
	Heard []time.Duration
	// Gaps are stretches without audio and why, at most 1,000.
	Gaps []Gap
	// Unrecorded is audio that was lost because the disk did not take it.
	Unrecorded time.Duration
}

// Whole tells whether nothing was lost for want of disk.
func (r Recording) Whole() bool { return r.Unrecorded == 0 }

// Gap is a stretch of a recording without audio.
type Gap struct {
	// Channel is counted from 0; -1 means all.
	Channel int
	// From is its place in the file, For its length.
	From, For time.Duration
	// Reason is "no media", "slow disk", "disk full", "disk error", "too long", "muted",
	// "listening" or the reason given to Pause or Room.
	Reason string
}

// Reasons of gaps that are not the caller's.
const (
	noMedia   = "no media"
	slowDisk  = "slow disk"
	diskFull  = "disk full"
	diskError = "disk error"
	tooLong   = "too long"
)

// mostGaps bounds what a bad line can make us remember.
const mostGaps = 1000

// gapLog collects gaps.
type gapLog struct{ gaps []Gap }

// add notes a gap of n samples. One that follows on another of the same kind lengthens it.
func (l *gapLog) add(channel int, from, n int64, reason string) {
	if n <= 0 {
		return
	}
	begin, length := time.Duration(from)*sample, time.Duration(n)*sample
	for i := len(l.gaps) - 1; i >= 0 && i >= len(l.gaps)-maxChannels; i-- {
		g := &l.gaps[i]
		if g.Channel == channel && g.Reason == reason && g.From <= begin && begin <= g.From+g.For {
			g.For = max(g.For, begin+length-g.From)
			return
		}
	}
	if len(l.gaps) < mostGaps {
		l.gaps = append(l.gaps, Gap{channel, begin, length, reason})
	}
}

// Repair mends a recording that a crash left unfinished and returns it with its hash: everything
// up to the last whole sample is kept. The reasons of its gaps died with the crash.
func Repair(path string) (Recording, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return Recording{}, fmt.Errorf("repair recording: %w", err)
	}
	defer f.Close()
	h, data, err := wav.Repair(f)
	if err != nil {
		return Recording{}, fmt.Errorf("repair recording: %w", err)
	}
	rec := Recording{
		Path: path, Channels: h.Channels,
		Duration: time.Duration(data/int64(h.Frame())) * time.Second / time.Duration(h.Rate),
	}
	if rec.Bytes, rec.SHA256, err = digest(context.Background(), f, make([]byte, longRead)); err != nil {
		return Recording{}, fmt.Errorf("repair recording: %w", err)
	}
	return rec, nil
}

// Reads of a file that is hashed grow from the first to the second, as the file turns out to be long: most recordings
// of a busy hour are of callers who soon hang up.
const shortRead, longRead = 4 << 10, 256 << 10

// digest returns the size and hash of a whole file, read by b and larger buffers.
func digest(ctx context.Context, f io.ReaderAt, b []byte) (int64, string, error) {
	h := sha256.New()
	for at := int64(0); ; {
		n, err := f.ReadAt(b, at)
		h.Write(b[:n])
		at += int64(n)
		switch {
		case err == io.EOF:
			return at, hex.EncodeToString(h.Sum(nil)), nil
		case err != nil:
			return 0, "", fmt.Errorf("hash: %w", err)
		case ctx.Err() != nil:
			return 0, "", fmt.Errorf("hash: %w", context.Cause(ctx))
		case len(b) < longRead:
			b = make([]byte, 4*len(b))
		}
	}
}
