package load

import "time"

// figures are all measured times.
type figures struct {
	answer  *histogram // INVITE to 200
	audio   *histogram // 200 to the first packet
	hangup  *histogram // BYE to its 200
	next    *histogram // a counselor free to the same phone ringing again
	jitter  *histogram // deviation of arrivals
	delay   *histogram // mouth to ear
	streams *histogram // the p99 of each stream's jitter
	late    *histogram // our ticks
	sending *histogram // our packets, after their time
	answers rate
}

func newFigures() figures {
	h := func() *histogram { return newHistogram(fine) }
	return figures{answer: h(), audio: h(), hangup: h(), next: h(), jitter: h(), delay: h(), streams: h(), late: h(), sending: h()}
}

// begin forgets what belongs to the time before measuring: everything when calls come and go, but not how they were
// set up when that is over.
func (f *figures) begin(flows bool) {
	for _, h := range []*histogram{f.jitter, f.delay, f.streams, f.late, f.sending, f.next} {
		h.reset()
	}
	if flows {
		for _, h := range []*histogram{f.answer, f.audio, f.hangup} {
			h.reset()
		}
	}
}

// stream counts a stream's own jitter, when it was heard long enough to say.
func (f *figures) stream(s *stream) {
	if s.in.jitter.n >= 50 {
		f.streams.add(s.in.jitter.quantile(0.99))
	}
}

// tally counts during the measured time.
type tally struct {
	sent, unsent   int           // packets, and those the kernel refused
	received, late int           // packets, and those behind a later one
	lost           int           // packets, by sequence numbers
	marks, unheard int           // marks heard, and those missing in between
	crossed        int           // marks of somebody else than before
	answered       int           // calls
	finished       int           // calls
	rang           int           // counselors' phones
	repeated       int           // SIP messages
	skipped        int           // ticks we missed
	talked         time.Duration // of all calls together
}

// diary notes how calls end.
type diary struct {
	causes map[string]int
	fatal  error
}

func (d *diary) count(cause string) { d.causes[cause]++ }

// rate finds the most answers within one second.
type rate struct {
	second time.Duration
	now    int
	most   int
	total  int
	first  time.Duration
	last   time.Duration
}

func (r *rate) add(at time.Duration) {
	if s := at.Truncate(time.Second); s != r.second {
		r.second, r.now = s, 0
	}
	if r.total == 0 {
		r.first = at
	}
	r.now++
	r.total++
	r.last = at
	r.most = max(r.most, r.now)
}

// mean is how many a second there were.
func (r *rate) mean() float64 {
	if span := (r.last - r.first).Seconds(); span > 0 {
		return float64(r.total-1) / span
	}
	return float64(r.total)
}
