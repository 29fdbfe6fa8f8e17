package media

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotline/media/wav"
)

// Close ends the recording where it stands, waits until all of it is written, syncs it and takes
// its hash. When the context ends first, the error is its cause: what is written by then is a
// whole recording up to there, and Repair takes its hash later. A second Close is ErrClosed.
func (r *Recorder) Close(ctx context.Context) (Recording, error) {
	if !r.claim() {
		return Recording{}, fmt.Errorf("close recording: %w", ErrClosed)
	}
	r.shut()
	r.scribe.kick(r)
	select {
	case <-r.done:
	case <-ctx.Done():
		if r.leave() {
			return r.result(), fmt.Errorf("close recording: %w", context.Cause(ctx))
		}
	}
	rec := r.result()
	left, err := r.scribe.sealer.settle(ctx, r.file)
	if left {
		return rec, fmt.Errorf("close recording: %w", err)
	}
	if err == nil {
		b, _ := r.scribe.reads.Get().(*[shortRead]byte)
		rec.Bytes, rec.SHA256, err = digest(ctx, r.file, b[:])
		r.scribe.reads.Put(b)
	}
	if err = errors.Join(err, r.file.Close()); err != nil {
		return rec, fmt.Errorf("close recording: %w", err)
	}
	return rec, nil
}

// claim tells whether this is the first Close.
func (r *Recorder) claim() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := !r.state.closed
	r.state.closed = true
	return first
}

// shut ends the recording's time and lets its sessions go.
func (r *Recorder) shut() {
	r.mu.Lock()
	r.finish(r.scribe.now())
	var sessions []*Session
	for _, t := range r.tracks {
		if t.session != nil {
			sessions = append(sessions, t.session)
		}
	}
	r.mu.Unlock()
	for _, s := range sessions {
		r.Detach(s)
	}
}

// finish sets the recording's end, unless it is set. The caller holds mu.
func (r *Recorder) finish(now time.Duration) {
	if r.state.closing {
		return
	}
	end := r.place(now)
	end = min(end+end%2, r.limit()) // an even number of bytes needs no padding
	r.resume(end)
	for n := range r.tracks {
		r.mute(n, end, "")
	}
	r.state.closing, r.state.end = true, end
}

// limit returns the most samples a file can hold, in whole chunks: 74 hours of stereo.
func (r *Recorder) limit() int64 {
	return wav.MaxData / int64(r.header.Frame()) / chunkSamples * chunkSamples
}

// leave hands the file to the scribe, which closes it when it has written all. It returns false
// when that has happened.
func (r *Recorder) leave() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.done:
		return false
	default:
		r.state.left = true
		return true
	}
}

// result returns what is to be filed.
func (r *Recorder) result() Recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := Recording{
		Path: r.path, Channels: r.header.Channels, Bytes: wav.HeaderSize + r.state.size,
		Duration: time.Duration(r.state.size/int64(r.header.Channels)) * sample,
		Gaps:     r.gaps.gaps, Unrecorded: time.Duration(r.state.lost) * sample,
	}
	for _, t := range r.tracks[:r.header.Channels] {
		rec.Heard = append(rec.Heard, time.Duration(t.heard)*sample)
	}
	return rec
}
