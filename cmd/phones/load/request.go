package load

import "time"

// Timers of RFC 3261 section 17.
const (
	t1      = 500 * time.Millisecond
	t2      = 4 * time.Second
	silence = 64 * t1
)

// request is a request of ours that waits for an answer, sent again until then.
type request struct {
	end    *end
	bytes  []byte
	every  time.Duration
	until  time.Duration
	repeat *timer
	failed func()
	open   bool
	told   bool // something was heard
}

// begin sends a request. failed is called when nothing was heard for 32 s.
func (r *request) begin(e *end, b []byte, failed func()) {
	r.repeat.stop()
	*r = request{end: e, bytes: b, every: t1, until: e.fleet.loop.now + silence, failed: failed, open: true}
	e.send(b)
	r.repeat = e.fleet.loop.after(r.every, r.again)
}

func (r *request) again() {
	if r.end.fleet.loop.now >= r.until {
		r.open = false
		r.failed()
		return
	}
	r.end.fleet.tally.repeated++
	r.end.send(r.bytes)
	r.every = min(2*r.every, t2)
	r.repeat = r.end.fleet.loop.after(r.every, r.again)
}

// heard stops the repetitions: a provisional answer came.
func (r *request) heard() {
	r.repeat.stop()
	r.told = true
}

// close ends the request: a final answer came.
func (r *request) close() {
	r.repeat.stop()
	r.open = false
}

// done tells whether nothing is awaited.
func (r *request) done() bool { return !r.open }
