package main_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/sip/siptest"
)

// keyedPhone is baresip as a counselor's telephone: it answers by itself, is told what to do over a socket, and what it
// says is kept.
type keyedPhone struct {
	t       *testing.T
	control string

	mu   sync.Mutex
	said bytes.Buffer
}

// Write keeps what baresip says.
func (s *keyedPhone) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.Write(b)
}

func (s *keyedPhone) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// do gives baresip a command.
func (s *keyedPhone) do(command, params string) {
	s.t.Helper()
	text, err := json.Marshal(map[string]string{"command": command, "params": params})
	must(s.t, err)
	c, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", s.control)
	must(s.t, err)
	defer func() { _ = c.Close() }()
	_, err = fmt.Fprintf(c, "%d:%s,", len(text), text)
	must(s.t, err)
	answer := make([]byte, 2048)
	must(s.t, c.SetReadDeadline(time.Now().Add(patience)))
	n, err := c.Read(answer)
	must(s.t, err)
	if strings.Contains(string(answer[:n]), `"ok":false`) {
		s.t.Fatalf("baresip refuses %s: %s", command, answer[:n])
	}
}

// keyedPhone starts baresip for an extension and waits until the counselor is ready. It watches colleagues when there
// are any to watch.
func (h *house) keyedPhone(t *testing.T, extension string, watched ...string) *keyedPhone {
	t.Helper()
	path := requirePeer(t, "baresip")
	modules, _ := filepath.Glob("/usr/lib*/baresip/modules") // the pattern is right
	if len(modules) == 0 {
		missing(t, "baresip's modules are not found")
	}
	dir := t.TempDir()
	s := &keyedPhone{t: t, control: "127.0.0.1:" + freePorts(t, 1)[0]}
	writeText(t, filepath.Join(dir, "tone.wav"), string(encode(tone.Sine(staffHz, -10, time.Second))))
	writeText(t, filepath.Join(dir, "accounts"), fmt.Sprintf("<sip:%s@%s>;auth_user=%s;auth_pass=%s;answermode=auto;regint=600;mwi=no\n", extension, h.sip, extension, password))
	contacts, lamps := "", ""
	for _, colleague := range watched {
		contacts += fmt.Sprintf("\"%s\" <sip:%[1]s@%s>;presence=p2p\n", colleague, h.sip)
		lamps = "module_app contact.so\nmodule_app presence.so"
	}
	writeText(t, filepath.Join(dir, "contacts"), contacts)
	writeText(t, filepath.Join(dir, "config"), strings.Join([]string{
		"module_path " + modules[0], "module g711.so", "module aufile.so", "module_app account.so", "module_app menu.so",
		"module_app ctrl_tcp.so", lamps, "ctrl_tcp_listen " + s.control, "sip_listen 127.0.0.1:0", "call_max_calls 4",
		"audio_source aufile," + filepath.Join(dir, "tone.wav"), "audio_player aufile,/dev/null", "audio_alert aufile,/dev/null",
		"ausrc_srate 8000", "auplay_srate 8000", "",
	}, "\n"))
	cmd := exec.Command(path, "-f", dir, "-t", "120")
	cmd.Stdout, cmd.Stderr = s, s
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("baresip said:\n%s", s)
		}
	})
	h.ready(t, extension)
	return s
}

// says waits until the telephone has told its owner something.
func (s *keyedPhone) says(what string) {
	s.t.Helper()
	plain := strings.NewReplacer("\x1b[31m", "", "\x1b[32m", "", "\x1b[;m", "")
	await(s.t, "the telephone tells: "+what, func() bool { return strings.Contains(plain.Replace(s.String()), what) })
}

// TestBaresipLamps has a foreign telephone show that a colleague goes and comes back (RFC 3856): it subscribes by itself,
// proves its password, and understands what we tell.
func TestBaresipLamps(t *testing.T) {
	t.Parallel()
	requirePeer(t, "baresip")
	h := openHouse(t, plan{desks: 2})
	colleague := h.desks[1].extension
	desk := h.seat(t, colleague, phone.Answering{Script: steps(t, "stay")})
	soft := h.keyedPhone(t, h.desks[0].extension, colleague)
	code := func(number string) {
		report, err := desk.Call(t.Context(), number, steps(t, "stay"))
		if err != nil || report.Status != 200 {
			t.Errorf("%s: %+v, %v", number, report, err)
		}
	}
	watched := `hotline_sip_subscriptions`
	await(t, "it watches", func() bool { return h.metrics()[watched] == 1 })
	code("*441")
	soft.says("from Online to Offline")
	code("*43")
	soft.says("from Offline to Online")
}

// TestBaresipCodes has a foreign telephone dial a code: the deed is done, words are heard that say so, and the call is ended.
func TestBaresipCodes(t *testing.T) {
	t.Parallel()
	requirePeer(t, "baresip")
	h := openHouse(t, plan{desks: 1})
	d, server := h.desks[0], h.sip.String()
	soft := h.softphoneOf(t, fmt.Sprintf("<sip:%s@%s>;auth_user=%[1]s;auth_pass=%[3]s;regint=600", d.extension, server, password), staffHz)
	h.ready(t, d.extension)
	soft.do(t, "dial", "sip:*441@"+server)
	soft.await(t, "CALL_CLOSED")
	await(t, "the counselor is on break", func() bool { return h.metrics()[`hotline_switchboard_agents{state="break"}`] == 1 })
	heard, err := filepath.Glob(filepath.Join(soft.dir, "dump-*-dec.wav"))
	must(t, err)
	if len(heard) != 1 {
		t.Fatalf("the telephone kept %v", heard)
	}
	f, err := wav.Read(heard[0])
	must(t, err)
	loud := 0
	for i := 0; i+1 < len(f.Data); i += 2 {
		if sample := int16(binary.LittleEndian.Uint16(f.Data[i:])); sample > 500 || sample < -500 { //nolint:gosec // two's complement
			loud++
		}
	}
	if loud < 800 {
		t.Errorf("%d loud samples: nothing was said", loud)
	}
}

// TestBaresipHandsOn has a foreign telephone hand a caller to a colleague by its own key. The recording has all of it.
func TestBaresipHandsOn(t *testing.T) {
	t.Parallel()
	requirePeer(t, "baresip")
	h := openHouse(t, plan{desks: 2})
	d, colleague := h.desks[0], h.desks[1].extension
	soft := h.keyedPhone(t, d.extension)
	h.seat(t, colleague, phone.Answering{Script: steps(t, "wait 2s")})
	report := h.call(t, "13800138000", d.line, "wait 1s, press 1, stay")
	h.conversing(t, d.line, d.extension)
	soft.do("transfer", "sip:"+colleague+"@"+h.sip.String())
	h.conversing(t, d.line, colleague)
	if got := <-report; got.Status != 200 {
		t.Errorf("the caller's telephone saw %+v", got)
	}
	one := h.filed(d.line, 1)[0]
	if one.outcome != "answered" || len(one.tapes) != 1 || one.tapes[0].partial != "" || one.tapes[0].length < 3*time.Second {
		t.Errorf("filed %+v", one)
	}
	if left, right := h.channels(one.tapes[0]); left.caller < -30 || right.staff < -30 {
		t.Errorf("recorded %+v %+v", left, right)
	}
}

// TestMessageLamp has a message light the lamp of a telephone that asked for it, and its answer put the lamp out.
func TestMessageLamp(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	d := h.desks[0]
	p := siptest.UDP(t, h.sip)
	if m := p.Register(d.extension, password); m.Status() != 200 {
		t.Fatalf("not registered:\n%s", m)
	}
	c := p.Call(d.extension)
	wish := []string{"Event: message-summary", "Contact: " + p.Contact()}
	c.Send("SUBSCRIBE", wish...)
	ask := p.Expect("407 SUBSCRIBE").Get("Proxy-Authenticate")
	c.Send("SUBSCRIBE", append(wish, "Proxy-Authorization: "+siptest.Authorize(ask, d.extension, password, "SUBSCRIBE", c.Target, 1))...)
	p.Expect("200 SUBSCRIBE")
	lamp := func() string {
		m := p.Expect("NOTIFY")
		p.Reply(m, "200 OK", "", "")
		return m.Body
	}
	if first := lamp(); !strings.Contains(first, "Messages-Waiting: no") {
		t.Errorf("at first %q", first)
	}
	<-h.call(t, "13800138000", d.line, "wait 1s, press 2, wait 3s")
	await(t, "the lamp is lit", func() bool { return strings.Contains(lamp(), "Voice-Message: 1/0") })
	h.sql(`UPDATE voicemails SET handled_at = now()`)
	await(t, "the lamp is out", func() bool { return strings.Contains(lamp(), "Voice-Message: 0/0") })
}

// TestSIPpLamps has a foreign telephone watch a colleague's line (RFC 4235) and its own messages (RFC 3842): it is shown that
// the line rings, talks and is free again, with what a pick-up must name, and that a message waits.
func TestSIPpLamps(t *testing.T) {
	t.Parallel()
	requirePeer(t, "sipp")
	h := openHouse(t, plan{desks: 2, env: map[string]string{"HOTLINE_SIP_DIGEST": "MD5"}})
	me, other := h.desks[0], h.desks[1]
	h.seat(t, other.extension, phone.Answering{After: time.Second, Script: steps(t, "wait 1s")})
	watches := func(to, event, shown string) <-chan error {
		keys := map[string]string{"user": me.extension, "password": password, "event": event, "shown": shown}
		run, over := h.sippRun(t, sippCall{scenario: "lamps", to: to, caller: me.extension, keys: keys}), make(chan error, 1)
		go func() { over <- run() }()
		return over
	}
	line := watches(other.extension, "dialog",
		`state=.full.|call-id=.*local-tag=.*remote-tag=.*early|call-id=.*confirmed|terminated`)
	await(t, "the line is watched", func() bool { return h.metrics()["hotline_sip_subscriptions"] == 1 })
	<-h.call(t, "13800138000", other.line, "wait 1s, press 1, stay")
	must(t, <-line)
	mail := watches(me.extension, "message-summary", "Messages-Waiting: no|Messages-Waiting: yes")
	await(t, "messages are watched", func() bool { return h.metrics()["hotline_sip_subscriptions"] >= 1 })
	<-h.call(t, "13800138000", other.line, "wait 1s, press 2, wait 3s")
	must(t, <-mail)
}

// conversing waits until a counselor talks with a caller of a line.
func (h *house) conversing(t *testing.T, line, extension string) {
	t.Helper()
	await(t, extension+" talks", func() bool {
		return h.count(`SELECT count(*) FROM call_events e JOIN contacts c ON c.id = e.contact_id
			WHERE c.dialled = $1 AND e.kind = 'connected' AND e.data->>'extension' = $2`, line, extension) > 0
	})
}
