package console

import (
	"bytes"
	"fmt"
	"net/http"
	"time"
)

// showFloor answers with the whole floor as it is now.
func (s *Server) showFloor(w http.ResponseWriter, _ *http.Request, v view) error {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(s.hub.whole(v.person.rights.has(seeNames))) // who asked may have gone
	return nil
}

// Events of a stream besides floor, which carries frames, and mine, which tells people at work of themselves.
const (
	// bye says that the stream ends and why: the session is over, or what its owner may see has changed.
	byeSignedOut = "event: bye\ndata: {\"code\":\"signed_out\",\"why\":%q}\n\n"
	byeChanged   = "event: bye\ndata: {\"code\":\"changed\"}\n\n"
	// beat keeps proxies from closing a silent stream, and lets the browser notice one that has died.
	beat = "event: beat\ndata: {}\n\n"
)

// streamFloor sends frames for as long as the session lasts (WHATWG HTML, 9.2). It begins with the whole floor, or with
// what was missed when the browser names the last frame it has.
func (s *Server) streamFloor(w http.ResponseWriter, r *http.Request, v view) error {
	if !s.sessions.stream(v.id) {
		return refusal(tooManyStreams)
	}
	defer s.sessions.streamOver(v.id)
	if !s.hub.watching() {
		return refusal(tooManyStreams)
	}
	defer s.hub.gone()
	last := r.Header.Get("Last-Event-ID")
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep frames back
	out := flow{ResponseController: http.NewResponseController(w), w: w}
	_ = out.SetReadDeadline(time.Time{}) // the server's own limit is for requests that end
	named, told := v.person.rights.has(seeNames), []byte(nil)
	works := v.person.rights.has(work) && s.config.Own != nil
	beats := time.NewTicker(s.config.Limits.Heartbeat)
	defer beats.Stop()
	for out.err == nil {
		text, newest, more := s.hub.missing(named, last)
		last = newest
		if len(text) > 0 {
			out.send(text)
		}
		if works {
			if own := s.hub.mine(v.person.extension); !bytes.Equal(own, told) {
				out.send(own)
				told = own
			}
		}
		select {
		case <-more:
		case <-beats.C:
			now, ok := s.guard.session(r, false)
			switch {
			case !ok:
				out.send(fmt.Appendf(nil, byeSignedOut, s.sessions.why(v)))
				return nil
			case now.person.rights != v.person.rights:
				out.send([]byte(byeChanged))
				return nil
			}
			out.send([]byte(beat))
		case <-v.ended.over:
			out.send(fmt.Appendf(nil, byeSignedOut, s.sessions.why(v)))
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
	return nil
}

// flow writes to a stream; whoever does not read for so long is let go.
type flow struct {
	*http.ResponseController
	w   http.ResponseWriter
	err error
}

const slowest = 10 * time.Second

func (f *flow) send(text []byte) {
	_ = f.SetWriteDeadline(time.Now().Add(slowest)) // a recorder in a test has none
	if _, f.err = f.w.Write(text); f.err == nil {
		f.err = f.Flush()
	}
}
