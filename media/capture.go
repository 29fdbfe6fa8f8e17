package media

import (
	"time"

	"hotline/media/sdp"
)

// write takes a packet of audio. It is called in a plane's turn.
func (r *Recorder) write(n int, pkt *packet, law sdp.Codec, now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	payload := pkt.payload()
	if r.state.closing || len(payload) == 0 {
		return
	}
	t := &r.tracks[n]
	if t.off.reason != "" {
		return
	}
	at, fill := t.line.place(pkt.ssrc, pkt.ts, len(payload), r.place(now))
	if at, payload = r.audible(t, at, payload); len(payload) == 0 {
		return
	}
	r.silent(n, at)
	table := translation(law, sdp.PCMA)
	if len(r.tracks) > r.header.Channels {
		late, full := r.reel.add(t.channel, at, payload, table)
		r.wrote(t, at, payload, late, full)
		return
	}
	for i := range min(int64(fill), at) {
		r.reel.write(t.channel, at-1-i, payload[:1], table)
	}
	late, full := r.reel.write(t.channel, at, payload, table)
	r.wrote(t, at, payload, late, full)
}

// wrote counts a packet, of whose samples some came too late and some found no room.
func (r *Recorder) wrote(t *track, at int64, payload []byte, late, full int) {
	t.heard += int64(len(payload) - late - full)
	t.edge = max(t.edge, at+int64(len(payload)))
	if full > 0 {
		r.lose(t.channel, at+int64(len(payload)-full), int64(full))
	}
}

// audible returns the part of a packet that is to be written, and its place: nothing from before
// the recording or from within a pause or a mute, even when it comes after; nothing the file cannot hold.
func (r *Recorder) audible(t *track, at int64, payload []byte) (int64, []byte) {
	from := max(r.pause.from, t.off.from)
	if early := from - at; r.pause.on || early >= int64(len(payload)) {
		return at, nil
	} else if early > 0 {
		payload, at = payload[early:], from
	}
	if over := at + int64(len(payload)) - r.limit(); over > 0 {
		over = min(over, int64(len(payload)))
		payload = payload[:int64(len(payload))-over]
		r.state.fault = tooLong
		r.lose(t.channel, at+int64(len(payload)), over)
	}
	return at, payload
}

// silent files the time since the last audio of a track when it was long.
func (r *Recorder) silent(n int, at int64) {
	const long = 8000 // a second
	if t := &r.tracks[n]; t.session != nil && !r.further(n) && t.off.reason == "" && at-t.edge >= long {
		r.gaps.add(t.channel, t.edge, at-t.edge, noMedia)
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
