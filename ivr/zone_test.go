package ivr_test

import (
	"context"
	"testing"
	"time"

	"hotline/ivr"
)

// listener is a phone that keeps the words it hears.
type listener struct {
	screen
	heard []string
}

func (l *listener) Say(_ context.Context, s ivr.Saying) (ivr.Key, error) {
	l.heard = append(l.heard, s.Text)
	return ivr.NoKey, nil
}

// TestTimesAreSaidInTheCallsZone says a moment of a machine that runs on another clock.
func TestTimesAreSaidInTheCallsZone(t *testing.T) {
	e := load(t, map[string]string{
		"words/": "P-V: {zh-CN: \"{v}\", yue: \"{v}\", en: \"{v}\", vars: {v: datetime}}",
		"main":   line("  a: {say: P-A, then: bye}"),
		"told":   "flow: told\nuse: leg\nlanguages: [en]\ngiven: {v: time}\nstart: a\nperson: return done\noutcomes: [done]\nnodes:\n  a: {say: P-V, then: return done}\n",
	})
	f, _ := e.Flow("told")
	at := time.Date(2026, 3, 5, 2, 0, 0, 0, time.UTC)
	for zone, want := range map[*time.Location]string{nil: "Thursday 5 March 02:00 ", time.FixedZone("CST", 8*3600): "Thursday 5 March 10:00 "} {
		phone := &listener{}
		_, err := ivr.Run(t.Context(), f, phone, ivr.Call{Lang: "en", Zone: zone, Vars: map[string]ivr.Value{"v": ivr.Instant(at)}})
		if err != nil || len(phone.heard) != 1 || phone.heard[0] != want {
			t.Errorf("in %v: %q, %v", zone, phone.heard, err)
		}
	}
}
