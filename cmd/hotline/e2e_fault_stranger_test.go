package main_test

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/sip/siptest"
)

// strangerHz is the tone of audio that nobody asked for.
const strangerHz = 2500

// The ports a house lends for audio when strangers aim at all of them.
const firstPort, lastPort = 30100, 30139

// TestStrangersAudio aims audio, keys and farewells at every media port of a running talk, from the host of the
// telephones and from another. Nobody hears it, no recording has it, no key is counted, and the talk goes on.
func TestStrangersAudio(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1, env: map[string]string{"HOTLINE_MEDIA_PORTS": fmt.Sprintf("%d-%d", firstPort, lastPort)}})
	d, told, heard := h.desks[0], make(chan phone.Report, 1), t.TempDir()
	h.seat(t, d.extension, phone.Answering{Script: steps(t, "stay"), Record: heard, Told: func(r phone.Report) { told <- r }})
	c := h.recording(t, d.line, "13900000601", heard)
	h.staged(t, d.line, "talk")
	h.recorded(t, d.line, 1500*time.Millisecond)
	for _, host := range []string{"127.0.0.1", "127.0.0.66"} {
		shout(t, host, time.Second)
	}
	h.recorded(t, d.line, 500*time.Millisecond)
	reports := map[string]phone.Report{"caller": c.hangUp(), "counselor": <-told}

	h.ended(t, d.line, "caller")
	sounds := map[string]wav.File{}
	var err error
	for who, r := range reports {
		if r.Keys != "" || r.File == "" {
			t.Errorf("the %s saw %+v", who, r)
		}
		sounds[who], err = wav.Read(r.File)
		must(t, err)
	}
	sounds["recording"], err = wav.Read(h.file(h.contacts(d.line)[0].tapes[0]))
	must(t, err)
	for who, f := range sounds {
		for channel := range f.Channels {
			// What a busy machine loses clicks, and a click has all frequencies.
			level, clicks := tone.In(f, channel, strangerHz), max(tone.In(f, channel, 2150), tone.In(f, channel, 2900))
			if level > max(-45, clicks+6) {
				t.Errorf("%s, channel %d: the stranger is heard at %.0f dBm0, clicks at %.0f", who, channel, level, clicks)
			}
		}
	}
	if level := tone.In(sounds["counselor"], 0, callerHz); level < -20 {
		t.Errorf("the counselor heard the caller at %.0f dBm0", level)
	}
	if n := h.count(`SELECT count(*) FROM call_events WHERE kind = 'keyed'`); n != 1 {
		t.Errorf("%d keys are filed, want the caller's one", n)
	}
	if n := h.metrics()[`hotline_rtp_dropped_packets_total{reason="stranger"}`]; n < 100 {
		t.Errorf("%v packets of strangers are counted", n)
	}
}

// recording places a call whose telephone keeps what it hears.
func (h *house) recording(t *testing.T, line, from, folder string) talk {
	t.Helper()
	folder = filepath.Join(folder, "caller")
	writeText(t, filepath.Join(folder, "README"), "what the caller heard")
	p := h.phone(t, phone.Config{Number: from, Tone: callerHz, Answering: phone.Answering{Record: folder}})
	return h.place(t, p, line, "wait 1200ms, press 1, stay")
}

// shout sends a second's worth of everything a stranger could think of to every media port.
func shout(t *testing.T, host string, d time.Duration) {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(host)})
	must(t, err)
	defer func() { _ = c.Close() }()
	speech := tone.Sine(strangerHz, -5, d)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for seq := 0; (seq+1)*160 <= len(speech); seq++ {
		law := make([]byte, 160)
		for i := range law {
			law[i] = encodeALaw(speech[seq*160+i])
		}
		key := []byte{9, 0x8a, 0x03, 0x20} // RFC 4733: key 9, its end
		farewell := []byte{0x81, 203, 0, 1, 0, 0, 0, 7}
		for port := firstPort; port <= lastPort; port++ {
			to := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
			for _, packet := range [][]byte{rtp(8, seq, law), rtp(101, seq, key), farewell} {
				_, _ = c.WriteToUDP(packet, to) // most ports are nobody's
			}
		}
		<-tick.C
	}
}

// rtp makes a packet.
func rtp(payload byte, seq int, body []byte) []byte {
	head := []byte{0x80, payload}
	head = binary.BigEndian.AppendUint16(head, uint16(seq))
	head = binary.BigEndian.AppendUint32(head, uint32(seq*160))
	return append(binary.BigEndian.AppendUint32(head, 7), body...)
}

// TestStrangersLearnNothing compares what an unknown address is told about what exists and what does not: there is no
// difference, and nothing rings.
func TestStrangersLearnNothing(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1, env: map[string]string{"HOTLINE_TRUNKS": "127.0.0.9"}})
	rung := make(chan phone.Report, 1)
	h.seat(t, h.desks[0].extension, phone.Answering{Script: steps(t, "stay"), Told: func(r phone.Report) { rung <- r }})
	for n, method := range []string{"INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER", "BYE"} {
		t.Run(method, func(t *testing.T) {
			stranger := siptest.UDPFrom(t, fmt.Sprint("127.0.0.", 60+n), h.sip) // each may ask little
			told := map[string][]string{}
			for _, number := range []string{h.desks[0].extension, "8999", h.desks[0].line, "12999", "013800138000"} {
				stranger.Call(number).Send(method)
				answer := stranger.Next()
				told[shape(answer)] = append(told[shape(answer)], number)
				if answer.Status() != 403 {
					t.Errorf("%s %s: %s", method, number, answer.Start)
				}
			}
			if len(told) != 1 {
				t.Errorf("%s is answered in %d ways: %v", method, len(told), told)
			}
		})
	}
	t.Run("REGISTER", func(t *testing.T) {
		told := map[string]bool{}
		for _, extension := range []string{h.desks[0].extension, "8999"} {
			stranger := siptest.UDPFrom(t, "127.0.0.66", h.sip)
			call := stranger.Call(extension)
			call.Send("REGISTER")
			asked := stranger.Next()
			call.Send("REGISTER", "Authorization: "+siptest.Authorize(asked.Get("WWW-Authenticate"), extension, "a guess", "REGISTER", call.Target, 1))
			answer := stranger.Next()
			if asked.Status() != 401 || answer.Status() != 403 && answer.Status() != 401 {
				t.Errorf("%s: %s, then %s", extension, asked.Start, answer.Start)
			}
			told[shape(asked)+shape(answer)] = true
		}
		if len(told) != 1 {
			t.Errorf("an extension that exists is told from one that does not:\n%v", told)
		}
	})
	if n := h.count(`SELECT count(*) FROM contacts`); n != 0 || len(rung) != 0 {
		t.Errorf("%d contacts, %d calls rang", n, len(rung))
	}
}

// shape is what an answer tells: its first line and the names of its headers.
func shape(m *siptest.Message) string {
	names := []string{m.Start}
	for _, header := range m.Headers {
		name, _, _ := strings.Cut(header, ":")
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

// TestNobodyDialsOut has everybody but an authenticated counselor who may dial out try to reach a trunk. The trunk
// sees one call: that counselor's, placed last.
func TestNobodyDialsOut(t *testing.T) {
	t.Parallel()
	carrier := siptest.UDPFrom(t, "127.0.0.9", netip.AddrPort{})
	h := newHouse(t, plan{desks: 2})
	file := filepath.Join(t.TempDir(), "hotline.yaml")
	writeText(t, file, fmt.Sprintf(`trunks: [{name: carrier, addresses: [127.0.0.9], servers: ["%s"], from: "02012348", prefixes: ["0"]}]`, carrier.Addr()))
	h.env["HOTLINE_CONFIG"] = file
	may, mayNot := h.desks[0].extension, h.desks[1].extension
	h.sql(`UPDATE staff SET dial_out = true WHERE extension = $1`, may)
	h.start()
	carrier.Aim(h.sip)
	carrier.Reply(carrier.Expect("OPTIONS"), "200 OK", "t", "")
	outside := 0
	number := func() string { outside++; return fmt.Sprint("01380013800", outside) }

	stranger := siptest.UDPFrom(t, "127.0.0.66", h.sip)
	for _, from := range []string{"13900000602", may, "02012348"} {
		c := stranger.Call(number())
		c.From = "<sip:" + from + "@" + h.sip.String() + ">;tag=t" + from
		c.Invite(siptest.Offer, "P-Asserted-Identity: <sip:"+may+"@"+h.sip.String()+">")
		c.AckRefusal(stranger.Expect("403 INVITE"))
	}
	c := carrier.Call(number())
	c.Invite(siptest.Offer)
	c.AckRefusal(carrier.Expect("404 INVITE"))
	for what, p := range map[string]*phone.Phone{
		"nobody":                        h.phone(t, phone.Config{Number: "13900000603"}),
		"a guess of the password":       h.phone(t, phone.Config{Extension: may, Password: "a guess at the password"}),
		"a counselor who may not":       h.seatWith(t, phone.Config{Extension: mayNot, Password: password}),
		"a phone that is not logged in": h.phone(t, phone.Config{Extension: may, Password: password}),
	} {
		report, _ := p.Call(t.Context(), number(), steps(t, "stay"))
		if report.Status != 403 {
			t.Errorf("%s got %+v", what, report)
		}
	}

	const last = "013900139000"
	call := h.place(t, h.seatWith(t, phone.Config{Extension: may, Password: password}), last, "stay")
	for {
		m := carrier.Next()
		if m.Method() == "OPTIONS" && m.Status() == 0 {
			carrier.Reply(m, "200 OK", "t", "")
			continue
		}
		if m.Method() != "INVITE" || !strings.Contains(m.Start, last) {
			t.Fatalf("the trunk saw %s", m.Start)
		}
		carrier.Reply(m, "486 Busy Here", "t", "")
		break
	}
	if report := <-call.report; report.Status != 486 {
		t.Errorf("the counselor who may was told %+v", report)
	}
}
