package sip

import (
	"strconv"
	"strings"
	"time"

	"hotline/sip/internal/wire"
)

// refresher is the session timer of a dialog (RFC 4028): who refreshes, how often,
// and what happens when nobody does. Dialog.mu guards it.
type refresher struct {
	every time.Duration // 0: no session timer
	ours  bool          // we refresh
	timer *time.Timer
	end   time.Time // when the call is given up
}

// interval is a Session-Expires value.
type interval struct {
	length    time.Duration
	refresher string // "uac", "uas" or ""
}

// readInterval reads Session-Expires; the length is 0 when there is none that can
// be read.
func readInterval(m *wire.Message) interval {
	value, params := wire.Value(m.Header("Session-Expires"))
	n, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return interval{}
	}
	who, _ := params.Get("refresher")
	return interval{time.Duration(n) * time.Second, strings.ToLower(who)}
}

func readMinimum(m *wire.Message) time.Duration {
	n, _ := m.Number("Min-SE")
	return time.Duration(n) * time.Second
}

// tooBrief is 422 for a session interval below our minimum, from a peer that
// understands it (section 9).
func tooBrief(m *wire.Message, cfg Session) *wire.Reply {
	asked := readInterval(m).length
	if asked == 0 || asked >= cfg.MinExpires || !m.Has("Supported", "timer") {
		return nil
	}
	return &wire.Reply{Status: 422, Fields: []wire.Field{{Name: "Min-SE", Value: seconds(cfg.MinExpires)}}}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// agreed is what the called side decides (section 9): not longer than we want, not
// shorter than the caller's minimum; who refreshes is the caller's choice, and the
// caller itself when it left that open but can.
func agreed(m *wire.Message, cfg Session) interval {
	asked := readInterval(m)
	able := m.Has("Supported", "timer") || m.Has("Require", "timer")
	if !able {
		return interval{max(cfg.Expires, readMinimum(m)), "uas"}
	}
	out := interval{cfg.Expires, asked.refresher}
	if asked.length > 0 {
		out.length = min(asked.length, cfg.Expires)
	}
	out.length = max(out.length, readMinimum(m), cfg.MinExpires)
	if out.refresher != "uas" {
		out.refresher = "uac"
	}
	return out
}

// accept agrees on the session timer of a request that we answer with 2xx, starts
// it, and returns the headers for the answer.
func (r *refresher) accept(d *Dialog, m *wire.Message) []wire.Field {
	is := agreed(m, d.ua.cfg.Session)
	r.start(d, is.length, is.refresher == "uas")
	out := []wire.Field{{Name: "Session-Expires", Value: seconds(is.length) + ";refresher=" + is.refresher}}
	if is.refresher == "uac" {
		out = append(out, wire.Field{Name: "Require", Value: "timer"})
	}
	return out
}

// take starts the timer that a 2xx to our request carries; without one there is no
// session timer (section 7.2).
func (r *refresher) take(d *Dialog, m *wire.Message) {
	is := readInterval(m)
	if is.length == 0 {
		if r.every > 0 && r.ours { // we refreshed a peer that does not care
			r.start(d, r.every, true)
		}
		return
	}
	r.start(d, max(is.length, d.ua.cfg.Session.MinExpires), is.refresher != "uas")
}

// start runs the timer anew. The call is given up a third of the interval, at most
// 32 s, before it ends (section 10).
func (r *refresher) start(d *Dialog, every time.Duration, ours bool) {
	r.stop()
	if d.state == ended {
		return
	}
	r.every, r.ours = every, ours
	r.end = time.Now().Add(every - min(32*time.Second, every/3))
	if ours {
		r.timer = time.AfterFunc(every/2, d.refresh)
		return
	}
	r.timer = time.AfterFunc(time.Until(r.end), d.expire)
}

func (r *refresher) stop() {
	if r.timer != nil {
		r.timer.Stop()
	}
}

// request returns the headers that a refreshing request carries.
func (r *refresher) request(cfg Session) []wire.Field {
	every := r.every
	if every == 0 {
		every = cfg.Expires
	}
	value := seconds(every)
	switch {
	case r.ours:
		value += ";refresher=uac"
	case r.every > 0:
		value += ";refresher=uas"
	}
	return []wire.Field{{Name: "Session-Expires", Value: value}, {Name: "Min-SE", Value: seconds(cfg.MinExpires)}}
}

// expire ends a call that nobody refreshed.
func (d *Dialog) expire() {
	d.terminate(&EndError{Cause: ErrSessionExpired, Reason: Reason{Protocol: "SIP", Cause: 408, Text: "Session expired"}})
}
