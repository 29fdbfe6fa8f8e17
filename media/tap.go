package media

// tap is where a session's audio is recorded, and whether it may be.
type tap struct {
	recorder *Recorder
	track    int
	off      [2]string // why it is not to be recorded, by who says so; empty while it is
}

// Who may say that a session is not to be recorded.
const (
	offMute = iota // nobody hears it
	offRoom        // only those in a private room do
)

// Reasons of gaps that a mix makes.
const (
	muted     = "muted"
	listening = "listening"
)

// reason returns why the session is not to be recorded, empty when it is.
func (t *tap) reason() string {
	if t.off[offRoom] != "" {
		return t.off[offRoom]
	}
	return t.off[offMute]
}

// quiet makes the session not be recorded from now on, or be recorded again when the reason is
// empty. The caller holds the lock of the session's plane.
func (t *tap) quiet(who int, reason string) {
	was := t.reason()
	t.off[who] = reason
	if is := t.reason(); is != was && t.recorder != nil {
		r := t.recorder
		r.mu.Lock()
		defer r.mu.Unlock()
		r.mute(t.track, r.place(r.scribe.now()), is)
	}
}

// muting is the state of a channel that is not to be recorded.
type muting struct {
	reason string // empty while it is recorded
	from   int64  // place where it began, or where the last one ended
}

// mute files what ends at a place, silence or a mute, and goes on for another reason, or with
// recording when that is empty. The caller holds mu.
func (r *Recorder) mute(n int, at int64, reason string) {
	t := &r.tracks[n]
	if t.session == nil {
		return
	}
	r.silent(n, at)
	if off := &t.off; off.reason != "" {
		if !r.further(n) {
			r.gaps.add(t.channel, off.from, at-off.from, off.reason)
		}
		t.edge = max(t.edge, at)
	}
	t.off = muting{reason, at}
}
