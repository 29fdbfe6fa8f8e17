package main_test

import (
	"bytes"
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

// keyedPhone starts baresip for an extension and waits until the counselor is ready.
func (h *house) keyedPhone(t *testing.T, extension string) *keyedPhone {
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
	writeText(t, filepath.Join(dir, "config"), strings.Join([]string{
		"module_path " + modules[0], "module g711.so", "module aufile.so", "module_app account.so", "module_app menu.so",
		"module_app ctrl_tcp.so", "ctrl_tcp_listen " + s.control, "sip_listen 127.0.0.1:0", "call_max_calls 4",
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

// conversing waits until a counselor talks with a caller of a line.
func (h *house) conversing(t *testing.T, line, extension string) {
	t.Helper()
	await(t, extension+" talks", func() bool {
		return h.count(`SELECT count(*) FROM call_events e JOIN contacts c ON c.id = e.contact_id
			WHERE c.dialled = $1 AND e.kind = 'connected' AND e.data->>'extension' = $2`, line, extension) > 0
	})
}
