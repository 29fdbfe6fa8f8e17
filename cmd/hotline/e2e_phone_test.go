package main_test

import (
	"context"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
)

// The tones telephones talk with: one for whoever calls, one for whoever answers.
const (
	callerHz = 440
	staffHz  = 1700
)

// phone starts a telephone that lives as long as the test.
func (h *house) phone(t testing.TB, c phone.Config) *phone.Phone {
	t.Helper()
	c.Server = h.sip.String()
	p, err := phone.New(c)
	must(t, err)
	must(t, p.Listen(t.Context()))
	living(t, p)
	return p
}

// living lets a telephone live as long as the test.
func living(t testing.TB, p *phone.Phone) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("phone: %v", err)
		}
	})
}

// seat registers a counselor's telephone and waits until the counselor is ready.
func (h *house) seat(t testing.TB, extension string, a phone.Answering) *phone.Phone {
	t.Helper()
	return h.seatWith(t, phone.Config{Extension: extension, Password: password, Tone: staffHz, Answering: a})
}

func (h *house) seatWith(t testing.TB, c phone.Config) *phone.Phone {
	t.Helper()
	p := h.phone(t, c)
	r, err := p.Register(t.Context(), 5*time.Minute)
	must(t, err)
	t.Cleanup(r.Close)
	h.ready(t, c.Extension)
	return p
}

// ready waits until a counselor is ready.
func (h *house) ready(t testing.TB, extension string) {
	t.Helper()
	await(t, extension+" is ready", func() bool {
		rows := h.sql(`SELECT state FROM staff_states WHERE extension = $1 ORDER BY id DESC LIMIT 1`, extension)
		return len(rows) == 1 && rows[0][0] == "ready"
	})
}

// call places a call in the background and returns where its report will come.
func (h *house) call(t testing.TB, from, to, script string) <-chan phone.Report {
	t.Helper()
	return h.dial(h.phone(t, phone.Config{Number: from, Tone: callerHz}), to, steps(t, script))
}

// dial places a call from a telephone.
func (h *house) dial(p *phone.Phone, to string, s phone.Script) <-chan phone.Report {
	reports := make(chan phone.Report, 1)
	go func() {
		report, _ := p.Call(context.Background(), to, s) // a refusal is in the report
		reports <- report
	}()
	return reports
}

func steps(t testing.TB, text string) phone.Script {
	t.Helper()
	s, err := phone.ParseScript(text)
	must(t, err)
	return s
}

// happened waits until a fact of a kind is filed for a contact of a line, and returns the newest one's data.
func (h *house) happened(t testing.TB, line, kind string) map[string]any {
	t.Helper()
	var data map[string]any
	await(t, kind+" on line "+line, func() bool {
		rows := h.sql(`SELECT e.data FROM call_events e JOIN contacts c ON c.id = e.contact_id
			WHERE c.dialled = $1 AND e.kind = $2 ORDER BY e.seq DESC LIMIT 1`, line, kind)
		if len(rows) == 0 {
			return false
		}
		data, _ = rows[0][0].(map[string]any)
		return true
	})
	return data
}

// levels are what a recording has of the caller's and the counselor's tone, in dBm0, on each channel.
type levels struct{ caller, staff float64 }

// channels measures both channels of a recording: left, right.
func (h *house) channels(r taped) (left, right levels) {
	h.t.Helper()
	f, err := wav.Read(h.file(r))
	must(h.t, err)
	return levels{tone.In(f, 0, callerHz), tone.In(f, 0, staffHz)}, levels{tone.In(f, 1, callerHz), tone.In(f, 1, staffHz)}
}
