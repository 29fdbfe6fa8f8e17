package sip_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// contact is what a SUBSCRIBE of a handset needs besides.
func (h *handset) contact() string { return "Contact: " + h.Contact() }

// watch sends a SUBSCRIBE that begins a subscription until it is taken as ours, and
// returns the final answer.
func (h *handset) watch(ext, event string, headers ...string) (*siptest.Call, *siptest.Message) {
	h.t.Helper()
	c := h.Call(ext)
	headers = append(headers, "Event: "+event, h.contact())
	c.Send("SUBSCRIBE", headers...)
	m := h.Expect("4xx SUBSCRIBE")
	if m.Status() == 407 {
		h.challenge, h.uses = m.Get("Proxy-Authenticate"), 0
		m = h.send(c, "SUBSCRIBE", headers...)
	}
	if m.Status() == 200 {
		c.Join(m)
	}
	return c, m
}

// told takes the next NOTIFY of a subscription.
func (h *handset) told() *siptest.Message {
	h.t.Helper()
	m := h.notified()
	h.Reply(m, "200 OK", "", "")
	return m
}

// info is what a phone reads in a dialog-info document.
type info struct {
	Version int    `xml:"version,attr"`
	State   string `xml:"state,attr"`
	Entity  string `xml:"entity,attr"`
	Dialogs []struct {
		ID    string `xml:"id,attr"`
		State string `xml:"state"`
	} `xml:"dialog"`
}

func read[T any](t *testing.T, m *siptest.Message) (out T) {
	t.Helper()
	if err := xml.Unmarshal([]byte(m.Body), &out); err != nil {
		t.Fatalf("%v in\n%s", err, m)
	}
	return out
}

// A phone sees its colleague's line: idle, ringing, busy, idle; whole at first and when
// it asks again, by parts between.
func TestWatchLine(t *testing.T) {
	r := start(t, nil, outsider)
	h := plug(r, "8001")
	c, m := h.watch("8002", "dialog", "Accept: application/dialog-info+xml", "Expires: 600")
	if m.Status() != 200 || m.Get("Expires") != "600" || m.Param("To", "tag") == "" || m.Get("Contact") == "" {
		t.Fatalf("refused:\n%s", m)
	}
	first := h.told()
	doc := read[info](t, first)
	if doc.Version != 0 || doc.State != "full" || len(doc.Dialogs) != 0 || !strings.HasPrefix(doc.Entity, "sip:8002@") {
		t.Errorf("first %+v", doc)
	}
	if first.Get("Event") != "dialog" || !strings.HasPrefix(first.Get("Subscription-State"), "active;expires=") ||
		first.Get("Content-Type") != "application/dialog-info+xml" || first.Param("From", "tag") != m.Param("To", "tag") || first.Get("Contact") == "" {
		t.Errorf("first:\n%s", first)
	}
	for i, step := range []struct {
		line sip.Line
		want string
	}{{sip.LineRinging, "early"}, {sip.LineBusy, "confirmed"}, {sip.LineIdle, "terminated"}} {
		r.ua.Publish("8002", sip.State{Line: step.line, Open: true})
		doc = read[info](t, h.told())
		if doc.Version != i+1 || doc.State != "partial" || len(doc.Dialogs) != 1 || doc.Dialogs[0].ID != "call-1" || doc.Dialogs[0].State != step.want {
			t.Errorf("step %d: %+v", i, doc)
		}
	}
	r.ua.Publish("8002", sip.State{Note: "break"}) // nothing of the line
	r.ua.Publish("8001", sip.State{Line: sip.LineBusy})
	r.ua.Publish("8002", sip.State{Line: sip.LineBusy})
	if doc = read[info](t, h.told()); doc.Version != 4 || doc.Dialogs[0].ID != "call-2" {
		t.Errorf("next call %+v", doc)
	}
	if m := h.send(c, "SUBSCRIBE", "Event: dialog", h.contact(), "Expires: 120"); m.Status() != 200 || m.Get("Expires") != "120" {
		t.Errorf("prolonged:\n%s", m)
	}
	if doc = read[info](t, h.told()); doc.Version != 5 || doc.State != "full" || doc.Dialogs[0].State != "confirmed" {
		t.Errorf("whole %+v", doc)
	}
	if m := h.send(c, "SUBSCRIBE", "Event: dialog", h.contact(), "Expires: 0"); m.Status() != 200 {
		t.Errorf("ended:\n%s", m)
	}
	if last := h.told(); last.Get("Subscription-State") != "terminated;reason=timeout" || read[info](t, last).State != "full" {
		t.Errorf("last:\n%s", last)
	}
	eventually(t, "forgotten", func() bool { return r.count("subscriptions") == 0 })
	c.Send("SUBSCRIBE", "Event: dialog", h.contact())
	h.Expect("481 SUBSCRIBE")
}

func TestWatchPresence(t *testing.T) {
	r := start(t, nil, outsider)
	r.ua.Publish("8002", sip.State{Open: true, Note: "ready & <well>"})
	h := plug(r, "8001")
	_, m := h.watch("8002", "presence;id=7")
	if m.Status() != 200 || m.Get("Expires") != "3600" {
		t.Fatalf("refused:\n%s", m)
	}
	type presence struct {
		Entity string `xml:"entity,attr"`
		Basic  string `xml:"tuple>status>basic"`
		Note   string `xml:"tuple>note"`
	}
	first := h.told()
	if doc := read[presence](t, first); doc.Basic != "open" || doc.Note != "ready & <well>" || first.Get("Event") != "presence;id=7" {
		t.Errorf("first %+v", doc)
	}
	r.ua.Publish("8002", sip.State{})
	if doc := read[presence](t, h.told()); doc.Basic != "closed" || doc.Note != "" {
		t.Errorf("second %+v", doc)
	}
}

func TestWatchMessages(t *testing.T) {
	r := start(t, nil, outsider)
	r.ua.Messages("8001", sip.Messages{New: 2, Old: 1})
	h := plug(r, "8001")
	if _, m := h.watch("8001", "message-summary"); m.Status() != 200 {
		t.Fatalf("refused:\n%s", m)
	}
	if got := h.told().Body; !strings.HasPrefix(got, "Messages-Waiting: yes\r\nMessage-Account: sip:8001@") || !strings.HasSuffix(got, "\r\nVoice-Message: 2/1\r\n") {
		t.Errorf("first %q", got)
	}
	r.ua.Messages("8001", sip.Messages{Old: 3})
	if got := h.told().Body; !strings.HasPrefix(got, "Messages-Waiting: no\r\n") || !strings.HasSuffix(got, "Voice-Message: 0/3\r\n") {
		t.Errorf("second %q", got)
	}
	if _, m := h.watch("8002", "message-summary"); m.Status() != 403 {
		t.Errorf("another's messages: %s", m.Start)
	}
}

func TestWatchRefused(t *testing.T) {
	r := start(t, nil, outsider)
	h := plug(r, "8001")
	for name, tt := range map[string]struct {
		ext, event string
		headers    []string
		want       int
	}{
		"no such package":  {"8002", "conference", nil, 489},
		"refer":            {"8002", "refer", nil, 489},
		"no such person":   {"8099", "dialog", nil, 404},
		"too brief":        {"8002", "dialog", []string{"Expires: 59"}, 423},
		"not readable":     {"8002", "dialog", []string{"Accept: text/plain"}, 406},
		"not wanted":       {"8002", "dialog", []string{"Accept: application/*;q=0"}, 406},
		"unknown option":   {"8002", "dialog", []string{"Require: eventlist"}, 420},
		"body of any kind": {"8002", "dialog", []string{"Content-Encoding: gzip"}, 415},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			if _, m := h.watch(tt.ext, tt.event, tt.headers...); m.Status() != tt.want {
				t.Errorf("got %s, want %d", m.Start, tt.want)
			}
		})
	}
	c := h.Call("8002")
	c.Send("SUBSCRIBE", h.proof("SUBSCRIBE", c.Target), "Event: dialog", "Contact: <mailto:a@b>")
	h.Expect("400 SUBSCRIBE")
	c = h.Call("8002")
	c.Send("SUBSCRIBE", h.proof("SUBSCRIBE", c.Target), h.contact())
	if m := h.Expect("489 SUBSCRIBE"); m.Get("Allow-Events") != "refer, dialog, presence, message-summary" {
		t.Errorf("without a package:\n%s", m)
	}
	stranger := siptest.UDPFrom(t, "127.0.0.66", r.ua.Addr())
	stranger.Call("8002").Send("SUBSCRIBE", "Event: dialog", "Contact: "+stranger.Contact())
	stranger.Expect("403 SUBSCRIBE")
	trunk := start(t, nil).peer()
	trunk.Call("8002").Send("SUBSCRIBE", "Event: dialog", "Contact: "+trunk.Contact())
	trunk.Expect("403 SUBSCRIBE")
	if r.count("subscriptions") != 0 {
		t.Error("one was taken")
	}
}

// Only the extension that began a subscription may change it, and only so.
func TestWatchWithin(t *testing.T) {
	r := start(t, nil, outsider)
	h := plug(r, "8001")
	c, _ := h.watch("8002", "dialog")
	h.told()
	for want, send := range map[int]func() *siptest.Message{
		407: func() *siptest.Message { c.Send("SUBSCRIBE", "Event: dialog"); return h.Expect("xxx SUBSCRIBE") },
		489: func() *siptest.Message { return h.send(c, "SUBSCRIBE", "Event: presence") },
		423: func() *siptest.Message { return h.send(c, "SUBSCRIBE", "Event: dialog", "Expires: 1") },
		405: func() *siptest.Message { c.Send("BYE"); return h.Expect("xxx BYE") },
		200: func() *siptest.Message { c.Send("OPTIONS"); return h.Expect("xxx OPTIONS") },
	} {
		if m := send(); m.Status() != want {
			t.Errorf("got %s, want %d", m.Start, want)
		}
	}
	if r.count("subscriptions") != 1 {
		t.Error("it is gone")
	}
	r.ua.Publish("8002", sip.State{Line: sip.LineBusy})
	h.Reply(h.notified(), "481 Gone", "", "")
	eventually(t, "forgotten", func() bool { return r.count("subscriptions") == 0 })
}

// One look, and the end of the time.
func TestWatchEnds(t *testing.T) {
	r := start(t, nil, outsider, func(c *sip.Config) { c.Timers.RegisterMin = time.Second })
	h := plug(r, "8001")
	_, m := h.watch("8002", "dialog", "Expires: 0")
	if m.Status() != 200 || m.Get("Expires") != "0" {
		t.Fatalf("refused:\n%s", m)
	}
	if only := h.told(); only.Get("Subscription-State") != "terminated;reason=timeout" {
		t.Errorf("one look:\n%s", only)
	}
	h.watch("8002", "dialog", "Expires: 1")
	h.told()
	if last := h.told(); last.Get("Subscription-State") != "terminated;reason=timeout" {
		t.Errorf("last:\n%s", last)
	}
	eventually(t, "forgotten", func() bool { return r.count("subscriptions") == 0 })
}

// A state that changes like a flickering lamp is told in few words, the last one right,
// and whoever tells it never waits for the phones.
func TestWatchIsPaced(t *testing.T) {
	r := start(t, nil, outsider)
	h := plug(r, "8001")
	h.watch("8002", "dialog")
	h.told()
	for i := range 1000 {
		r.ua.Publish("8002", sip.State{Line: sip.Line(i % 3)})
	}
	r.ua.Publish("8002", sip.State{Line: sip.LineBusy, Open: true})
	count := 0
	for {
		count++
		if doc := read[info](t, h.told()); len(doc.Dialogs) == 1 && doc.Dialogs[0].State == "confirmed" {
			break
		}
	}
	if count > 4 {
		t.Errorf("%d NOTIFYs", count)
	}
}

// No more subscriptions than a phone can have use for.
func TestWatchLimit(t *testing.T) {
	r := start(t, nil, outsider)
	h := plug(r, "8001")
	h.Link(func(out bool, m *siptest.Message) int {
		if !out && m.Method() == "NOTIFY" && m.Status() == 0 {
			return 0
		}
		return 1
	})
	full := 0
	for range 260 {
		if _, m := h.watch("8002", "presence"); m.Status() == 503 {
			full++
		}
	}
	if full != 4 || r.count("subscriptions") != 256 {
		t.Errorf("%d refused, %v taken", full, r.count("subscriptions"))
	}
	other := plug(r, "8002")
	if _, m := other.watch("8001", "presence"); m.Status() != 200 {
		t.Errorf("another phone: %s", m.Start)
	}
}
