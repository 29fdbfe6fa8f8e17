package media

import (
	"errors"
	"fmt"
	"sync"
	"time"

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
	due    time.Duration // the scribe's next visit

	mu     sync.Mutex // guards the rest; held for an instant only
	reel   reel
	tracks []track // of the channels, and behind them those of further voices
	gaps   gapLog
	pause  pausing
	state  recording
}

// track is one voice: of a channel, or a further one on it.
type track struct {
	session *Session
	channel int
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
	for i := range r.tracks {
		r.tracks[i].channel = i
	}
	return r, nil
}

// place returns where the recording stands.
func (r *Recorder) place(now time.Duration) int64 { return int64((now - r.origin) / sample) }

// Position returns how long the recording is by now.
func (r *Recorder) Position() time.Duration { return r.scribe.now() - r.origin }

// Attach records what a session hears on a channel, counted from 0.
func (r *Recorder) Attach(s *Session, channel int) error {
	return r.attach(s, func() (int, bool) {
		return channel, channel >= 0 && channel < r.header.Channels && r.tracks[channel].session == nil
	})
}

// Join records what a further session hears on a channel that may have one already: their voices
// are added up. The channel's length of audio and its silences are told of the first alone.
func (r *Recorder) Join(s *Session, channel int) error {
	return r.attach(s, func() (int, bool) {
		if channel < 0 || channel >= r.header.Channels {
			return 0, false
		}
		for i := r.header.Channels; i < len(r.tracks); i++ {
			if r.tracks[i].session == nil {
				r.tracks[i].channel = channel
				return i, true
			}
		}
		if len(r.tracks) > mostMembers {
			return 0, false
		}
		r.tracks = append(r.tracks, track{channel: channel})
		return len(r.tracks) - 1, true
	})
}

// attach records a session on the track that find gives, with the lock of the recorder held.
func (r *Recorder) attach(s *Session, find func() (int, bool)) error {
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
	}
	n, free := find()
	if !free {
		return fmt.Errorf("record: %w", ErrChannel)
	}
	t := &r.tracks[n]
	t.session, t.line, t.edge = s, timeline{}, r.place(r.scribe.now())
	s.in.tap.recorder, s.in.tap.track = r, n
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
	n := s.in.tap.track
	s.in.tap.recorder = nil
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mute(n, r.place(r.scribe.now()), "")
	r.tracks[n].session = nil
}

// further tells whether a track is one of a further voice on its channel.
func (r *Recorder) further(n int) bool { return n >= r.header.Channels }

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
