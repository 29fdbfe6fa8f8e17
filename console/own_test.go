package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hotline/acd"
	"hotline/console"
)

func TestCounselorsDoTheirOwn(t *testing.T) {
	r := newRig(t, nil)
	b := r.signIn("desk", false)
	b.expect(404, "no_call", "POST", "/api/me/panic", "") // nobody is called on yet
	r.work("8001")
	r.talk("C-1")
	for _, deed := range []struct{ method, path, body, asked, record string }{
		{"PUT", "/api/me/state", `{"state":"ready"}`, "be ready 8001 ", "console.be staff:8001"},
		{"PUT", "/api/me/state", `{"state":"break","reason":"meal"}`, "be break 8001 meal", "console.be staff:8001"},
		{"PUT", "/api/me/state", `{"state":"wrapped"}`, "be wrapped 8001 ", "console.be staff:8001"},
		{"POST", "/api/me/panic", "", "panic 8001 C-1", "console.panic contact:C-1"},
		{"PUT", "/api/me/recording-pause", "", "pause true 8001 C-1", "console.pause contact:C-1"},
		{"POST", "/api/me/warning", "", "warn 8001 C-1", "console.warn contact:C-1"},
		{"POST", "/api/me/abuse-end", `{"reason":"insults"}`, "end insults 8001 C-1", "console.end_abuse contact:C-1"},
		{"DELETE", "/api/me/recording-pause", "", "pause false 8001 C-1", "console.resume contact:C-1"},
	} {
		r.super.asked = nil
		b.expect(204, "", deed.method, deed.path, deed.body)
		if got := strings.Join(r.super.asked, ","); got != deed.asked {
			t.Errorf("%s: asked for %q", deed.path, got)
		}
		if !strings.Contains(r.audit.text(), "8001 "+deed.record) {
			t.Errorf("%s is not on record:\n%s", deed.record, r.audit.text())
		}
		r.super.err = fmt.Errorf("pause: %w", console.ErrNotRecorded)
		b.expect(409, "not_recorded", deed.method, deed.path, deed.body)
		r.super.err = nil
	}
	for _, body := range []string{`{"state":"away"}`, `{"state":"break"}`, `{"state":"break","reason":"13800138000"}`} {
		b.expect(400, "bad_request", "PUT", "/api/me/state", body)
	}
	b.expect(400, "bad_request", "POST", "/api/me/abuse-end", `{"reason":"boring"}`)
	for login, wall := range map[string]bool{"lead": false, "boss": true} { // who is not at work, and who is nobody
		b := r.signIn(login, wall)
		b.expect(403, "forbidden", "PUT", "/api/me/state", `{"state":"ready"}`)
		b.expect(403, "forbidden", "POST", "/api/me/panic", "")
	}
}

// Counselors see of themselves what the board hides from them of others: their reason, who listens, what is paused.
func TestCounselorsSeeTheirOwn(t *testing.T) {
	r := newRig(t, nil)
	address, _ := r.serve()
	l := r.signIn("desk", false).open(address, "")
	if got := l.of("mine"); got != "null" {
		t.Errorf("not at work: %s", got)
	}
	r.work("8001")
	l.of("mine", `"state":"ready"`)
	r.talk("C-1")
	got := l.of("mine", `"talking":true`)
	for _, want := range []string{`"state":"busy"`, `"queue":"labour"`, `"paused":true`, `"danger":true`, `"listeners":[{"name":"Zhou Ping","mode":"monitor"}]`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if got := r.signIn("boss", false).open(address, "").of("mine"); got != "null" {
		t.Errorf("another is told of it: %s", got)
	}
}

// Whoever is shown the door is told why.
func TestAPageIsToldWhyItIsSignedOut(t *testing.T) {
	for why, end := range map[string]func(r *rig, b *browser){
		"left": func(_ *rig, b *browser) { b.expect(204, "", "DELETE", "/api/session", "") },
		"replaced": func(r *rig, _ *browser) {
			for range 20 {
				r.signIn("desk", false)
			}
		},
	} {
		t.Run(why, func(t *testing.T) {
			r := newRig(t, nil)
			b := r.signIn("desk", false)
			address, _ := r.serve()
			l := b.open(address, "")
			l.of("floor")
			end(r, b)
			if got := l.of("bye"); got != `{"code":"signed_out","why":"`+why+`"}` {
				t.Errorf("told %s", got)
			}
		})
	}
}

// deaf is a browser that takes everything and counts it.
type deaf struct {
	header http.Header
	took   chan struct{}
}

func (d *deaf) Header() http.Header { return d.header }
func (d *deaf) WriteHeader(int)     {}
func (d *deaf) Flush()              { d.took <- struct{}{} }

func (d *deaf) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkWatchers is what one event costs while so many look: allocations are of the event and of all who look together.
func BenchmarkWatchers(b *testing.B) {
	for _, watchers := range []int{1, 100} {
		b.Run(fmt.Sprint(watchers), func(b *testing.B) {
			r := newRig(b, nil)
			for i := range 30 {
				must(b, r.router.SignIn(acd.Agent{ID: acd.AgentID(fmt.Sprint(8100 + i)), Device: acd.DeviceIdle}))
			}
			r.work("8001")
			page := r.signIn("boss", false)
			out := &deaf{header: http.Header{}, took: make(chan struct{}, 4*watchers)}
			for n := range watchers {
				if n%12 == 11 { // one session has no more
					page = r.signIn("boss", false)
				}
				go r.handler.ServeHTTP(out, page.request("GET", "/api/floor/events", ""))
				<-out.took
				<-out.took // floor, and mine
			}
			b.ReportAllocs()
			reasons := []string{"meal", "rest"}
			for i := 0; b.Loop(); i++ {
				must(b, r.router.Break("8001", reasons[i%2]))
				r.server.Publish()
				for range watchers {
					<-out.took
				}
			}
		})
	}
}
