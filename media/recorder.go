package media

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"hotline/media/sdp"
	"hotline/media/wav"
)

// RecordOptions say what to record into.
type RecordOptions struct {
	// Path is the file, which must not exist. Its folder must.
	Path string
	// Channels is 1 for a message, 2 for a conversation (caller left, counselor right), up to 8.
	Channels int
}

// Recorder writes what sessions hear into one WAV file, each session on its own channel, at the
// place its RTP time says. Its time runs from Record to Close, whether anybody speaks or not: what
// was not heard, paused or lost is silence of the right length.
//
// The packet path only copies into memory; the engine's scribe writes. At most one second is lost
// when the program is killed.
type Recorder struct {
	scribe *scribe
	path   string
	file   file
	header wav.Header
	origin time.Duration
	done   chan struct{} // closed when everything is written

	mu     sync.Mutex // guards the rest; held for an instant only
	reel   reel
	tracks []track
	gaps   gapLog
	pause  pausing
	state  recording
}

// track is one channel.
type track struct {
	session *Session
	line    timeline
	heard   int64 // samples written
	edge    int64 // one past the last place with audio, or where listening began
	off     muting
}

// pausing is the state of Pause.
type pausing struct {
	on     bool
	from   int64 // place where it began, or where the last one ended
	reason string
}

// recording is how far a recorder is.
type recording struct {
	closing bool
	end     int64  // its length in samples, once closing
	size    int64  // bytes of audio on disk
	lost    int64  // samples lost for want of disk, of all channels
	fault   string // why the disk takes nothing now, empty while it does
	failed  bool   // something was lost for want of disk
	closed  bool   // Close was called
	left    bool   // Close has given up waiting; the scribe closes the file
}

// Errors of recording.
var (
	// ErrChannel means a channel that the recording does not have, or that another session has.
	ErrChannel = errors.New("media: no such free channel")
	// ErrRecorded means a session is being recorded already.
	ErrRecorded = errors.New("media: session is being recorded")
)

// Record begins a recording. The file is there, and valid, when it returns; on a full disk it is
// made valid as soon as there is room.
func (e *Engine) Record(o RecordOptions) (*Recorder, error) {
	if o.Channels < 1 || o.Channels > maxChannels {
		return nil, fmt.Errorf("record: %w: %d channels", ErrChannel, o.Channels)
	}
	r := &Recorder{
		scribe: e.scribe, path: o.Path, origin: e.now(), done: make(chan struct{}),
		header: wav.Header{Format: wav.ALaw, Channels: o.Channels, Rate: 8000},
		tracks: make([]track, o.Channels),
	}
	r.reel = reel{channels: o.Channels, pool: e.scribe.pools[o.Channels], ring: make([]*chunk, e.scribe.ring)}
	f, err := e.scribe.open(o.Path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	r.file = f
	if err := r.store(nil, wav.HeaderSize); err != nil {
		e.scribe.fault(r, err) // the disk may have room again before the memory has none
	}
	if err := e.scribe.enter(r); err != nil {
		return nil, errors.Join(fmt.Errorf("record: %w", err), f.Close())
	}
	return r, nil
}

// place returns where the recording stands.
func (r *Recorder) place(now time.Duration) int64 { return int64((now - r.origin) / sample) }

// Position returns how long the recording is by now.
func (r *Recorder) Position() time.Duration { return r.scribe.now() - r.origin }

// Attach records what a session hears on a channel, counted from 0.
func (r *Recorder) Attach(s *Session, channel int) error {
	p := s.lock()
	defer p.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case s.ended != nil:
		return fmt.Errorf("record: %w", s.ended)
	case r.state.closing:
		return fmt.Errorf("record: %w", ErrClosed)
	case s.in.tap.recorder != nil:
		return fmt.Errorf("record: %w", ErrRecorded)
	case channel < 0 || channel >= len(r.tracks) || r.tracks[channel].session != nil:
		return fmt.Errorf("record: %w", ErrChannel)
	}
	t := &r.tracks[channel]
	t.session, t.line, t.edge = s, timeline{}, r.place(r.scribe.now())
	s.in.tap.recorder, s.in.tap.track = r, channel
	t.off = muting{reason: s.in.tap.reason(), from: t.edge}
	return nil
}

// Detach stops recording a session. Its channel is silent from then on and free for another.
func (r *Recorder) Detach(s *Session) {
	p := s.lock()
	defer p.mu.Unlock()
	r.detach(s)
}

// detach is Detach for who holds the lock of the session's plane.
func (r *Recorder) detach(s *Session) {
	if s.in.tap.recorder != r {
		return
	}
	channel := s.in.tap.track
	s.in.tap.recorder = nil
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mute(channel, r.place(r.scribe.now()), "")
	r.tracks[channel].session = nil
}

// Pause leaves out what is said until Resume, for identity numbers and the like. The gap and its
// reason are filed. A second Pause changes nothing.
func (r *Recorder) Pause(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.pause.on && !r.state.closing {
		r.pause = pausing{on: true, from: r.place(r.scribe.now()), reason: reason}
	}
}

// Resume records again.
func (r *Recorder) Resume() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.resume(r.place(r.scribe.now()))
}

// resume ends a pause at a place.
func (r *Recorder) resume(at int64) {
	if !r.pause.on {
		return
	}
	r.gaps.add(-1, r.pause.from, at-r.pause.from, r.pause.reason)
	r.pause = pausing{from: at}
	for i := range r.tracks {
		r.tracks[i].edge = max(r.tracks[i].edge, at)
	}
}

// write takes a packet of audio. It is called in a plane's turn.
func (r *Recorder) write(channel int, pkt *packet, law sdp.Codec, now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	payload := pkt.payload()
	if r.state.closing || len(payload) == 0 {
		return
	}
	t := &r.tracks[channel]
	if t.off.reason != "" {
		return
	}
	at, fill := t.line.place(pkt.ssrc, pkt.ts, len(payload), r.place(now))
	if at, payload = r.audible(channel, at, payload); len(payload) == 0 {
		return
	}
	r.silent(channel, at)
	table := translation(law, sdp.PCMA)
	for i := range min(int64(fill), at) {
		r.reel.write(channel, at-1-i, payload[:1], table)
	}
	late, full := r.reel.write(channel, at, payload, table)
	t.heard += int64(len(payload) - late - full)
	t.edge = max(t.edge, at+int64(len(payload)))
	if full > 0 {
		r.lose(channel, at+int64(len(payload)-full), int64(full))
	}
}

// audible returns the part of a packet that is to be written, and its place: nothing from before
// the recording or from within a pause or a mute, even when it comes after; nothing the file cannot hold.
func (r *Recorder) audible(channel int, at int64, payload []byte) (int64, []byte) {
	from := max(r.pause.from, r.tracks[channel].off.from)
	if early := from - at; r.pause.on || early >= int64(len(payload)) {
		return at, nil
	} else if early > 0 {
		payload, at = payload[early:], from
	}
	if over := at + int64(len(payload)) - r.limit(); over > 0 {
		over = min(over, int64(len(payload)))
		payload = payload[:int64(len(payload))-over]
		r.state.fault = tooLong
		r.lose(channel, at+int64(len(payload)), over)
	}
	return at, payload
}

// silent files the time since the last audio of a channel when it was long.
func (r *Recorder) silent(channel int, at int64) {
	const long = 8000 // a second
	if t := &r.tracks[channel]; t.session != nil && t.off.reason == "" && at-t.edge >= long {
		r.gaps.add(channel, t.edge, at-t.edge, noMedia)
		t.edge = at
	}
}

// lose files audio the disk did not take.
func (r *Recorder) lose(channel int, at, n int64) {
	reason := r.state.fault
	if reason == "" {
		reason = slowDisk
	}
	r.gaps.add(channel, at, n, reason)
	r.state.lost += n
	r.scribe.lose(n, &r.state)
}
