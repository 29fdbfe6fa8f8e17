package acd

import (
	"testing"
	"time"
)

// history computes the figures from the events alone, as a report over the filed events does.
type history struct {
	visits map[TicketID]*passage
	days   map[QueueID]*[intervals]Tally
	short  time.Duration
}

// passage is one ticket's visit to one queue, as far as events tell.
type passage struct {
	queue    QueueID
	entered  time.Time
	counted  bool
	callback bool
	reached  bool
}

func newHistory() *history {
	return &history{visits: map[TicketID]*passage{}, days: map[QueueID]*[intervals]Tally{}, short: 5 * time.Second}
}

// tally is where a visit is counted.
func (h *history) tally(v *passage) *Tally {
	if h.days[v.queue] == nil {
		h.days[v.queue] = new([intervals]Tally)
	}
	at := v.entered
	return &h.days[v.queue][(at.Hour()*60+at.Minute())/int(Interval/time.Minute)]
}

func (h *history) enter(e Event) {
	v := &passage{queue: e.Queue, entered: e.At}
	h.visits[e.Ticket] = v
	h.tally(v).Offered++
}

// end counts the first outcome of a visit.
func (h *history) end(e Event, outcome Outcome) {
	v := h.visits[e.Ticket]
	if v.counted {
		return
	}
	v.counted = true
	t, waited := h.tally(v), e.At.Sub(v.entered)
	switch outcome {
	case Served:
		t.Answered++
		t.Times.Answered += waited
		t.Levels.Answered.add(waited)
	case Abandoned:
		t.Abandoned++
		t.Levels.Abandoned.add(waited)
		if waited < h.short {
			t.Short++
		}
		if e.Stage == InRinging {
			t.Ringing++
		}
	case Callback:
		t.CalledBack++
	case Message:
		t.Messages++
	default:
		t.Diverted++
		for _, key := range e.Note {
			t.Keys.add(key)
		}
	}
	t.Times.Waited += waited
	t.Times.Longest = max(t.Times.Longest, waited)
}

func (h *history) hear(e Event) {
	switch e.Kind {
	case Joined:
		h.enter(e)
	case Answered:
		h.answered(e)
	case CallbackTaken:
		v := h.visits[e.Ticket]
		if e.Note == "kept" { // promised on an earlier visit, or by an earlier run
			h.tally(v).Offered--
			v.counted = true
		}
		h.end(e, Callback)
		if e.Note == "merged" {
			h.tally(v).Backs.Merged++
		}
		v.callback, v.reached = true, false
	case CallbackMissed:
		h.tally(h.visits[e.Ticket]).Backs.Missed++
		if e.Wait == 0 {
			h.tally(h.visits[e.Ticket]).Backs.Unreached++
		}
	case Returned:
		if e.Note == "lost agent" {
			h.tally(h.visits[e.Ticket]).Lost++
			h.visits[e.Ticket].callback = false
		}
	case Finished:
		if v := h.visits[e.Ticket]; v != nil {
			h.tally(v).Times.Talk += e.Wait
		}
	case Moved:
		if v := h.visits[e.Ticket]; e.Queue != v.queue || e.Note == string(v.queue) {
			h.end(Event{Ticket: e.Ticket, At: e.At}, Transferred)
			h.enter(e)
		}
	case Left:
		h.end(e, e.Outcome)
	default:
	}
}

func (h *history) answered(e Event) {
	if v := h.visits[e.Ticket]; v.callback {
		h.tally(v).Backs.Reached++
		return
	}
	h.end(e, Served)
}

// The figures of the router and those computed from its events agree, by queue and interval, whatever has happened.
func TestFiguresCanBeComputedFromEvents(t *testing.T) {
	t.Parallel()
	seeds := 2000
	if raceDetector || testing.Short() {
		seeds = 200
	}
	for seed := range uint64(seeds) {
		p := newPlay()
		h := newHistory()
		p.also = h.hear
		for _, d := range write(seed+50_000, 200) {
			p.clock.pass(time.Nanosecond, func() {})
			p.do(d)
			if p.clock.now.Day() != 2 {
				break // the next day's figures are in another book
			}
		}
		for _, l := range p.queues.order {
			want := h.days[l.name]
			if want == nil {
				want = new([intervals]Tally)
			}
			book := l.ledger.today
			if p.clock.now.Day() != 2 {
				book = l.ledger.yesterday
			}
			for i := range want {
				if got := bare(book, i); got != want[i] {
					t.Fatalf("seed %d, queue %s, interval %d:\nrouter %+v\nevents %+v", seed, l.name, i, got, want[i])
				}
			}
		}
	}
}

// bare is the router's tally without what these events do not tell: wrap-up, which is in the agents' states.
func bare(book *dayBook, i int) Tally {
	if book == nil {
		return Tally{}
	}
	t := book.tallys[i]
	t.Times.Wrap = 0
	return t
}
