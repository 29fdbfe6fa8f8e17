package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"hotline/acd"
	"hotline/console"
	"hotline/store"
)

// serve runs the console on a port of its own until the test is over.
func (r *rig) serve() (address string, stop func()) {
	r.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(r.t.Context(), "tcp", "127.0.0.1:0")
	must(r.t, err)
	ctx, cancel := context.WithCancel(r.t.Context())
	over := make(chan error, 1)
	go func() { over <- r.server.Serve(ctx, l) }()
	done := false
	stop = func() {
		if done {
			return
		}
		done = true
		cancel()
		if err := <-over; err != nil {
			r.t.Errorf("serve: %v", err)
		}
	}
	r.t.Cleanup(stop)
	return l.Addr().String(), stop
}

// stream is one live stream as a browser reads it.
type stream struct {
	t      testing.TB
	events chan sse
	stop   func()
}

type sse struct{ id, event, data string }

// open opens a live stream of a browser's session; last is the id of the last frame it has.
func (b *browser) open(address, last string) *stream {
	t := b.r.t
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+address+"/api/floor/events", nil)
	must(t, err)
	for _, c := range b.cookies {
		req.AddCookie(c)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	res, err := (&http.Client{Transport: transport}).Do(req)
	must(t, err)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("stream: %s %s", res.Status, res.Header)
	}
	s := &stream{t: t, events: make(chan sse, 1000)}
	over := make(chan struct{})
	go func() {
		defer close(over)
		s.read(res.Body)
	}()
	s.stop = func() { cancel(); <-over; _ = res.Body.Close() }
	t.Cleanup(s.stop)
	return s
}

func (s *stream) read(from io.Reader) {
	defer close(s.events)
	var e sse
	for lines := bufio.NewScanner(from); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "id":
			e.id = value
		case "event":
			e.event = value
		case "data":
			e.data = value
		case "":
			s.events <- e
			e = sse{}
		}
	}
}

// of waits for an event of a kind that holds all the words, and gives what it says.
func (s *stream) of(event string, words ...string) string {
	s.t.Helper()
	for {
		select {
		case e, ok := <-s.events:
			if !ok {
				s.t.Fatalf("the stream ended before %s %q", event, words)
			}
			if e.event == event && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(e.data, w) }) {
				return e.data
			}
		case <-time.After(10 * time.Second):
			s.t.Fatalf("no %s %q", event, words)
		}
	}
}

// next is the next event that is no heartbeat and not about oneself; false when the stream is over.
func (s *stream) next() (sse, bool) {
	s.t.Helper()
	for {
		select {
		case e, ok := <-s.events:
			if e.event == "beat" || e.event == "mine" {
				continue
			}
			return e, ok
		case <-time.After(10 * time.Second):
			s.t.Fatal("the stream is silent")
		}
	}
}

// until reads frames until one holds all the words.
func (s *stream) until(words ...string) sse {
	s.t.Helper()
	for {
		e, ok := s.next()
		if !ok {
			s.t.Fatalf("the stream ended before %q", words)
		}
		missing := false
		for _, w := range words {
			missing = missing || !strings.Contains(e.data, w)
		}
		if !missing {
			return e
		}
	}
}

type board struct {
	At    time.Time `json:"at"`
	Full  bool      `json:"full"`
	Floor map[string]struct {
		Calls, Menu, Talking int
		Open                 *int `json:"messages_open"`
		Due                  *int `json:"messages_due"`
	} `json:"floor"`
	Queues map[string]*struct {
		Name    string
		Waiting int
		Longest time.Time
		Promise *struct{ Within, Target float64 }
		Today   struct {
			Offered, Answered int
			Level             *float64
		}
	} `json:"queues"`
	Agents map[string]*struct {
		State, Name, Extension, Contact, Reason string
	} `json:"agents"`
	Callers map[string]*struct {
		Queue    string
		Position int
		Danger   bool
	} `json:"callers"`
	Alarms    map[string]*struct{ Kind, Queue, Name string } `json:"alarms"`
	Listening map[string]json.RawMessage                     `json:"listening"`
}

func TestTheFloorIsLive(t *testing.T) {
	r := newRig(t, nil)
	address, _ := r.serve()
	b := r.signIn("boss", false)
	s := b.open(address, "")
	first, _ := s.next()
	if whole := decode[board](t, []byte(first.data)); !whole.Full || len(whole.Queues) != 2 || first.id == "" {
		t.Fatalf("begins with %+v", first)
	}
	r.work("8001")
	s.until(`"state":"ready"`, `"name":"Li Na"`)
	r.talk("C-77")
	busy := s.until(`"state":"busy"`, `"contact":"C-77"`)
	frame := decode[board](t, []byte(busy.data))
	if frame.Full || frame.Queues["labour"] == nil || frame.Queues["labour"].Today.Answered != 1 || frame.Queues["minors"] != nil {
		t.Errorf("a frame holds what changed and nothing else: %s", busy.data)
	}
	if f := frame.Floor["all"]; f.Talking != 1 || f.Calls != 3 || f.Menu != 2 {
		t.Errorf("floor %+v", f)
	}
	waiting := r.join("minors", "C-78")
	defer waiting.Leave(acd.Ending{})
	if frame := decode[board](t, []byte(s.until(`"minors"`, `"waiting":1`).data)); time.Since(frame.Queues["minors"].Longest).Abs() > 5*time.Second {
		t.Errorf("the longest wait began %s", frame.Queues["minors"].Longest)
	}
	if n := testutil.CollectAndCount(r.reg, "hotline_console_frame_delay_seconds"); n != 1 {
		t.Errorf("%d histograms of the delay", n)
	}
}

// From an event of the router to the bytes at the browser in less than 300 ms: measured here as an order of events, with
// a pace of an hour nothing but the event itself can have caused the frame.
func TestAnEventNeedsNoTick(t *testing.T) {
	r := newRig(t, func(c *console.Config) { c.Limits.Refresh = time.Hour })
	address, _ := r.serve()
	s := r.signIn("desk", false).open(address, "")
	_, _ = s.next()
	r.work("8001")
	s.until(`"state":"ready"`)
	r.talk("C-1")
	s.until(`"state":"busy"`)
}

func TestMessagesAreCounted(t *testing.T) {
	r := newRig(t, nil)
	address, _ := r.serve()
	s := r.signIn("desk", false).open(address, "")
	f := decode[board](t, []byte(s.until(`"messages_due":2`).data)).Floor["all"]
	if f.Open == nil || *f.Open != 5 {
		t.Errorf("messages %+v", f)
	}
}

func TestWithoutTheRightThereAreNoNames(t *testing.T) {
	r := newRig(t, nil)
	r.work("8001")
	r.talk("C-1")
	r.busy("8010")
	must(t, r.router.Break("8010", "dentist"))
	ticket, err := r.router.Join(acd.Request{Queue: "minors", Contact: "C-secret", Claims: acd.Danger | acd.Minor, Person: "13800138000"})
	must(t, err)
	defer ticket.Leave(acd.Ending{})
	secrets := []string{"Li Na", "Zhou Ping", "8001", "8010", "dentist", "C-1", "C-secret", `"danger":true`, "listening", "parties"}
	for _, b := range []*browser{r.signIn("desk", false), r.signIn("boss", true)} {
		text := b.expect(200, "", "GET", "/api/floor", "").Body.String()
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q is shown: %s", secret, text)
			}
		}
		if !strings.Contains(text, `"state":"busy"`) || !strings.Contains(text, `"protected":true`) {
			t.Errorf("the floor itself is not: %s", text)
		}
	}
	for _, login := range []string{"boss", "lead"} {
		text := r.signIn(login, false).expect(200, "", "GET", "/api/floor", "").Body.String()
		for _, known := range []string{"Li Na", "8001", "dentist", `"contact":"C-1"`, `"danger":true`} {
			if !strings.Contains(text, known) {
				t.Errorf("%s does not see %q: %s", login, known, text)
			}
		}
		if strings.Contains(text, "13800138000") || strings.Contains(text, "C-secret") {
			t.Errorf("%s sees a caller's number, or who waits: %s", login, text)
		}
	}
}

// A browser whose network was away gets what it missed, and nothing twice.
func TestAStreamGoesOnWhereItBroke(t *testing.T) {
	r := newRig(t, nil)
	address, _ := r.serve()
	b := r.signIn("boss", false)
	watcher := r.signIn("desk", false).open(address, "") // keeps the frames coming
	one := b.open(address, "")
	r.work("8001")
	seen := one.until(`"state":"ready"`)
	one.stop()
	must(t, r.router.Break("8001", "lunch"))
	watcher.until(`"state":"break"`)
	two := b.open(address, seen.id)
	missed, _ := two.next()
	if frame := decode[board](t, []byte(missed.data)); frame.Full || frame.Queues["minors"] != nil || !strings.Contains(missed.data, "lunch") {
		t.Errorf("what was missed: %s", missed.data)
	}
	for _, last := range []string{"gone-5", seen.id + "9999", "x", strings.Replace(seen.id, "n-", "p-", 1)} {
		e, _ := b.open(address, last).next()
		if !decode[board](t, []byte(e.data)).Full {
			t.Errorf("after %q only %s", last, e.data)
		}
	}
}

func TestStreamsEndWithTheSession(t *testing.T) {
	r := newRig(t, func(c *console.Config) { c.Limits.Heartbeat, c.Limits.Recheck = 20*time.Millisecond, time.Millisecond })
	address, _ := r.serve()
	bye := func(s *stream) string {
		for {
			e, ok := s.next()
			if !ok {
				return "nothing"
			}
			if e.event == "bye" {
				if _, more := s.next(); more {
					t.Error("more after bye")
				}
				return e.data
			}
		}
	}
	b := r.signIn("desk", false)
	s := b.open(address, "")
	b.expect(204, "", "DELETE", "/api/session", "")
	if got := bye(s); got != `{"code":"signed_out","why":"left"}` {
		t.Errorf("signed out: %s", got)
	}
	s = r.signIn("lead", false).open(address, "")
	r.staff.change("lead", func(s *store.Staff) { s.Roles = []store.Role{store.RoleCounselor} })
	if got := bye(s); got != `{"code":"changed"}` {
		t.Errorf("other rights: %s", got)
	}
	s = r.signIn("boss", false).open(address, "")
	r.staff.change("boss", func(s *store.Staff) { s.Status = store.StatusSuspended })
	if got := bye(s); got != `{"code":"signed_out","why":"suspended"}` {
		t.Errorf("suspended: %s", got)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	r := newRig(t, func(c *console.Config) { c.Limits.Streams = 13 })
	address, stop := r.serve()
	b := r.signIn("desk", false)
	for range 12 {
		b.open(address, "")
	}
	b.expect(503, "too_many_streams", "GET", "/api/floor/events", "")
	other := r.signIn("desk", false)
	other.open(address, "")
	other.expect(503, "too_many_streams", "GET", "/api/floor/events", "")
	if got := value(t, r, "hotline_console_streams"); got != 13 {
		t.Errorf("%v streams counted", got)
	}
	stop() // the streams end with the server
}

func value(t *testing.T, r *rig, name string) float64 {
	t.Helper()
	families, err := r.reg.Gather()
	must(t, err)
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}
