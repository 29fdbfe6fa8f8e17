package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hotline/acd"
	"hotline/store"
)

// hub turns events of the floor into frames and keeps them for the streams. There are two boards: with names and
// without. Streams fetch what they miss, so a slow one costs nobody anything: it gets the whole floor when it has missed
// too much.
type hub struct {
	config  Config
	metrics *metrics
	painter painter
	poke    chan struct{} // something has changed; one mark is enough
	first   atomic.Int64  // when the first change since the last frame came, in Unix nanoseconds; 0 for none
	counted atomic.Pointer[counted]

	mu      sync.Mutex
	boards  [2]board
	own     map[acd.AgentID][]byte // what each agent is told of itself
	changed chan struct{}          // closed at the next frame
	streams int
}

// counted is what is asked of the database now and then.
type counted struct {
	messages *store.Messages
}

func newHub(c Config, m *metrics) *hub {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: the runtime ends the process instead
	h := &hub{
		config: c, metrics: m, painter: painter{directory: c.Directory, secret: secret, moments: map[string]time.Time{}},
		poke: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	run := hex.EncodeToString(secret[:4])
	h.boards[0].run, h.boards[1].run = run+"p", run+"n"
	h.counted.Store(&counted{})
	c.Floor.Watch(func(acd.Event) { h.touch() })
	return h
}

// key names an agent without telling who it is.
func (h *hub) key(id acd.AgentID) string { return h.painter.key(id) }

// touch says that the floor has changed. It never blocks.
func (h *hub) touch() {
	h.first.CompareAndSwap(0, time.Now().UnixNano())
	select {
	case h.poke <- struct{}{}:
	default:
	}
}

// run makes frames until ctx ends: at once after an event, at most one per pace, and now and then without an event for
// what changes by itself.
func (h *hub) run(ctx context.Context) error {
	var counting sync.WaitGroup
	defer counting.Wait()
	counting.Go(func() { h.count(ctx) })
	refresh := time.NewTicker(h.config.Limits.Refresh)
	defer refresh.Stop()
	pace := time.NewTicker(h.config.Limits.Pace)
	defer pace.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-h.poke:
		case <-refresh.C:
		}
		h.publish()
		pace.Reset(h.config.Limits.Pace)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-pace.C:
		}
	}
}

// count asks the database for what is due; what it does not answer is shown as not known.
func (h *hub) count(ctx context.Context) {
	tick := time.NewTicker(5 * h.config.Limits.Refresh)
	defer tick.Stop()
	for {
		h.counted.Store(h.ask(ctx))
		h.touch()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (h *hub) ask(ctx context.Context) *counted {
	ctx, cancel := context.WithTimeout(ctx, 4*h.config.Limits.Refresh)
	defer cancel()
	var c counted
	if h.config.Messages != nil {
		if m, err := h.config.Messages.Messages(ctx, time.Now()); err == nil {
			c.messages = &m
		} else if ctx.Err() == nil {
			h.config.Log.Warn("messages not counted", "error", err)
		}
	}
	return &c
}

// publish draws the floor and keeps what changed as frames. While nobody looks nothing is drawn.
func (h *hub) publish() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams == 0 {
		h.first.Store(0)
		return
	}
	h.draw()
}

// draw is publish with the lock held.
func (h *hub) draw() {
	since := h.first.Swap(0)
	counted := h.counted.Load()
	s := scene{
		now: h.config.Floor.Snapshot(), callers: h.config.Floor.Callers(listed), live: h.config.Floor.Live(),
		messages: counted.messages,
	}
	if h.config.Supervision != nil {
		s.listening = h.config.Supervision.Listening()
	}
	if h.config.Conference != nil {
		s.parties = h.config.Conference.Parties()
	}
	if len(h.painter.moments) > 10_000 { // of callers who have gone
		clear(h.painter.moments)
	}
	if h.config.Alarms != nil {
		s.alarms = h.config.Alarms.Alarms()
	}
	if h.config.Own != nil {
		s.talks = map[acd.ContactID]talk{}
		for _, a := range s.now.Agents {
			if call := acd.ContactID(a.Reason); a.State == acd.Busy {
				s.talks[call] = talk{h.config.Own.Paused(call), h.config.Own.Overheard(call)}
			}
		}
	}
	news := h.owns(&s)
	for i := range h.boards {
		now, err := h.painter.draw(s, i == 1)
		if err != nil {
			h.config.Log.Error("floor not drawn", "error", err)
			return
		}
		news = h.boards[i].add(now, s.now.At) || news
	}
	if !news {
		return
	}
	h.metrics.frames.Inc()
	if since > 0 {
		h.metrics.delay.Observe(time.Since(time.Unix(0, since)).Seconds())
	}
	close(h.changed)
	h.changed = make(chan struct{})
}

// owns draws what each agent is told of itself; false when nothing of it changed.
func (h *hub) owns(s *scene) (news bool) {
	if h.config.Own == nil {
		return false
	}
	own := make(map[acd.AgentID][]byte, len(s.now.Agents))
	for _, a := range s.now.Agents {
		row, err := json.Marshal(h.painter.own(a, s))
		if err != nil {
			h.config.Log.Error("agent not drawn", "error", err)
			continue
		}
		own[a.ID] = fmt.Appendf(nil, "event: mine\ndata: %s\n\n", row)
		news = news || !bytes.Equal(own[a.ID], h.own[a.ID])
	}
	news = news || len(own) != len(h.own)
	h.own = own
	return news
}

// nobody is told to who is not at work.
var nobody = []byte("event: mine\ndata: null\n\n") // table

// mine is what an agent is told of itself now.
func (h *hub) mine(id acd.AgentID) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	if text := h.own[id]; text != nil {
		return text
	}
	return nobody
}

// watching counts a stream in, and brings its board up to date.
func (h *hub) watching() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams >= h.config.Limits.Streams {
		return false
	}
	h.streams++
	h.draw()
	return true
}

func (h *hub) gone() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams--
}

// missing gives what a stream misses and the channel that closes when there is more. The text is shared: nobody changes it.
func (h *hub) missing(named bool, last string) (text []byte, newest string, more <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	b := h.board(named)
	have, known := b.parse(last)
	frames := b.since(have, known)
	switch len(frames) {
	case 0:
		return nil, last, h.changed
	case 1:
		return frames[0].text, frames[0].id, h.changed
	}
	for _, f := range frames {
		text = append(text, f.text...)
	}
	return text, frames[len(frames)-1].id, h.changed
}

// whole is the floor as it is now.
func (h *hub) whole(named bool) []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.draw()
	b := h.board(named)
	return b.now.encode(b.at, true)
}

func (h *hub) board(named bool) *board {
	if named {
		return &h.boards[1]
	}
	return &h.boards[0]
}

func (h *hub) looking() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.streams
}
