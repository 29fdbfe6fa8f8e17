package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hotline/media/tone"
)

// alaw makes a file of bare A-law for SIPp to stream.
func alaw(t testing.TB, pcm []int16) string {
	t.Helper()
	law := make([]byte, len(pcm))
	for i, s := range pcm {
		law[i] = encodeALaw(s)
	}
	path := filepath.Join(t.TempDir(), "sound.alaw")
	must(t, os.WriteFile(path, law, 0o600))
	return path
}

// encodeALaw is ITU-T G.711 table 1a, written from the recommendation.
func encodeALaw(s int16) byte {
	sign, v := byte(0x80), int(s)
	if v < 0 {
		sign, v = 0, -v-1
	}
	v >>= 4 // 12 bits and a sign
	segment := 0
	for v>>segment > 0x1f {
		segment++
	}
	var law byte
	if v > 0x1f {
		law = byte(segment)<<4 | byte(v>>segment&0x0f)
		law += 0x10
	} else if v > 0x0f {
		law = 0x10 | byte(v&0x0f)
	} else {
		law = byte(v & 0x0f)
	}
	return (sign | law) ^ 0x55
}

// TestSIPpCalls has the calls of a foreign user agent, over both transports, and what is filed of each.
func TestSIPpCalls(t *testing.T) {
	t.Parallel()
	requirePeer(t, "sipp")
	speech := alaw(t, tone.Sine(callerHz, -10, time.Second))
	keys := "/usr/share/sip-tester/dtmf_2833_3.pcap"
	sounded, err := tone.Dial("3", 100*time.Millisecond, 100*time.Millisecond)
	must(t, err)
	inband := alaw(t, append(make([]int16, 4000), sounded...))
	type wanted struct{ outcome, stage, by string }
	// Words wait while a call is on hold, so where such a caller was at the end depends on when hold began.
	gone, held, done := wanted{"abandoned", "menu", "caller"}, wanted{"abandoned", "", "caller"}, wanted{"closed", "menu", "system"}
	cases := []struct {
		name   string
		call   sippCall
		want   wanted
		source string // how key 3 was told
	}{
		{"basic UDP", sippCall{scenario: "basic", keys: map[string]string{"speech": speech}}, gone, ""},
		{"basic TCP", sippCall{scenario: "basic", tcp: true, keys: map[string]string{"speech": speech}}, gone, ""},
		{"offerless UDP", sippCall{scenario: "offerless", keys: map[string]string{"speech": speech}}, gone, ""},
		{"offerless TCP", sippCall{scenario: "offerless", tcp: true, keys: map[string]string{"speech": speech}}, gone, ""},
		{"hold UDP", sippCall{scenario: "hold"}, held, ""},
		{"hold TCP", sippCall{scenario: "hold", tcp: true}, held, ""},
		{"telephone events", sippCall{scenario: "events", keys: map[string]string{"keys": keys}}, done, "rfc4733"},
		{"INFO dtmf-relay", sippCall{scenario: "info", keys: map[string]string{"type": "application/dtmf-relay", "body": "Signal=3\n    Duration=160"}}, done, "info"},
		{"INFO dtmf", sippCall{scenario: "info", keys: map[string]string{"type": "application/dtmf", "body": "3"}}, done, "info"},
		{"keys in the audio", sippCall{scenario: "inband", keys: map[string]string{"speech": inband}}, done, "inband"},
	}
	h := openHouse(t, plan{desks: len(cases)})
	t.Run("group", func(t *testing.T) {
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.call.to, c.call.caller = h.desks[i].line, fmt.Sprint(13900000100+i)
				if spoken := c.call.keys["speech"] != "" && c.source == ""; spoken {
					h.sippUntil(t, c.call, func() {
						h.reached(t, c.call.to, "menu", 1)
						h.talked(t, c.call.to, time.Second)
					})
				} else {
					h.sipp(t, c.call)
				}
				got := h.filed(c.call.to, 1)[0]
				if c.want.stage == "" {
					got.stage = ""
				}
				if filed := (wanted{got.outcome, got.stage, got.by}); filed != c.want {
					t.Errorf("filed as %+v, want %+v", filed, c.want)
				}
				for _, r := range got.tapes {
					h.sealed(r)
				}
				if c.source != "" {
					keyed := h.happened(t, c.call.to, "keyed")
					if keyed["keys"] != "3" || keyed["source"] != c.source {
						t.Errorf("filed as keyed: %v, want key 3 by %s", keyed, c.source)
					}
				}
				if c.call.scenario == "hold" {
					h.twice(t, c.call.to, "held")
					h.twice(t, c.call.to, "resumed")
				}
				if speech := c.call.keys["speech"]; speech != "" && c.source == "" {
					h.heard(t, got)
				}
			})
		}
	})
}

// twice checks that a fact was filed two times.
func (h *house) twice(t *testing.T, line, kind string) {
	t.Helper()
	n := h.count(`SELECT count(*) FROM call_events e JOIN contacts c ON c.id = e.contact_id WHERE c.dialled = $1 AND e.kind = $2`, line, kind)
	if n != 2 {
		t.Errorf("%s was filed %d times, want 2", kind, n)
	}
}

// heard checks that the caller's tone came, all of it, and that the caller was sent audio.
func (h *house) heard(t *testing.T, c contact) {
	t.Helper()
	leg := h.sql(`SELECT packets_received, packets_lost, packets_sent FROM call_legs WHERE contact_id = $1::uuid`, c.id)
	if len(leg) != 1 || leg[0][0].(int64) < 30 || leg[0][1].(int64) != 0 || leg[0][2].(int64) < 30 {
		t.Errorf("packets received, lost, sent: %v", leg)
	}
	left, right := h.channels(c.tapes[0])
	if left.caller < -20 || left.caller > -5 || right.caller > -50 {
		t.Errorf("the caller's tone in the recording: left %.0f, right %.0f dBm0", left.caller, right.caller)
	}
}
