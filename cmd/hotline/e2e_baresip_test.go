package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/media/tone"
	"hotline/media/wav"
)

// softphone is a headless baresip: a telephone of other people, in a process of its own. It talks with a tone from a
// file, keeps what it hears in another, and is told what to do over its control port.
type softphone struct {
	dir     string
	control net.Conn

	mu      sync.Mutex
	seen    []string // types of events, such as CALL_ESTABLISHED
	console strings.Builder
}

// softphoneOf starts a softphone with an account line and a tone.
func (h *house) softphoneOf(t *testing.T, account string, hz float64) *softphone {
	t.Helper()
	path := requirePeer(t, "baresip")
	modules, _ := filepath.Glob("/usr/lib*/baresip/modules") // the pattern is right
	if len(modules) == 0 {
		missing(t, "the modules of baresip are not installed")
	}
	p, control := &softphone{dir: t.TempDir()}, "127.0.0.1:"+freePorts(t, 1)[0]
	voice := filepath.Join(p.dir, "voice.wav")
	writeText(t, voice, string(encode(tone.Sine(hz, -10, 2*time.Minute)))) // at the end of the file it would hang up
	writeText(t, filepath.Join(p.dir, "contacts"), "")
	writeText(t, filepath.Join(p.dir, "accounts"), account+"\n")
	writeText(t, filepath.Join(p.dir, "config"), strings.Join([]string{
		"module_path " + modules[0], "module g711.so", "module aufile.so", "module aubridge.so", "module sndfile.so", "module ctrl_tcp.so",
		"module_tmp account.so", "module_app menu.so", "net_interface 127.0.0.1", "sip_listen 127.0.0.1:0", "ctrl_tcp_listen " + control,
		"audio_source aufile," + voice, "audio_player aubridge,none", "audio_alert aubridge,none", "snd_path " + p.dir,
		"rtp_ports 10000-11999", // nobody else here takes these
		"ausrc_srate 8000", "auplay_srate 8000", "ausrc_channels 1", "auplay_channels 1", "",
	}, "\n"))
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "-f", p.dir)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, p, p
	must(t, cmd.Start())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = cmd.Wait() // it is killed in the end
	}()
	t.Cleanup(func() {
		stop()
		<-over
		if t.Failed() {
			t.Logf("events %v of a softphone:\n%s", p.seen, p.console.String())
		}
	})
	await(t, "a softphone listens to us", func() bool {
		c, err := net.Dial("tcp", control)
		p.control = c
		return err == nil
	})
	go p.listen()
	return p
}

// Write keeps what the softphone tells its terminal.
func (p *softphone) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.console.Write(b)
}

// do gives the softphone a command, as a netstring of JSON.
func (p *softphone) do(t *testing.T, command, params string) {
	t.Helper()
	b, err := json.Marshal(map[string]string{"command": command, "params": params})
	must(t, err)
	_, err = fmt.Fprintf(p.control, "%d:%s,", len(b), b)
	must(t, err)
}

// listen gathers the softphone's events until it is gone.
func (p *softphone) listen() {
	defer func() { _ = p.control.Close() }()
	for r := bufio.NewReader(p.control); ; {
		var n int
		if _, err := fmt.Fscanf(r, "%d:", &n); err != nil {
			return
		}
		b := make([]byte, n+1) // and the comma
		if _, err := io.ReadFull(r, b); err != nil {
			return
		}
		var e struct{ Type string }
		if json.Unmarshal(b[:n], &e) == nil && e.Type != "" {
			p.mu.Lock()
			p.seen = append(p.seen, e.Type)
			p.mu.Unlock()
		}
	}
}

// await waits for an event of the softphone.
func (p *softphone) await(t *testing.T, event string) {
	t.Helper()
	await(t, event, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, e := range p.seen {
			if e == event {
				return true
			}
		}
		return false
	})
}

// hears waits until what the softphone was sent, as it kept it, has a tone of at least a level in dBm0.
func (p *softphone) hears(t *testing.T, hz, level float64) {
	t.Helper()
	await(t, fmt.Sprintf("a softphone has heard %.0f Hz at %.0f dBm0", hz, level), func() bool {
		all, err := filepath.Glob(filepath.Join(p.dir, "dump-*-dec.wav"))
		must(t, err)
		if len(all) != 1 {
			return false
		}
		f, err := wav.Read(all[0]) // it is whole when the call is over
		return err == nil && tone.In(f, 0, hz) >= level
	})
}

// TestSoftphones has two telephones of other people talk through the whole program: the caller's keys a choice, the
// counselor's registers over TCP and answers. Each hears the other, and the recording has each voice on its own side.
func TestSoftphones(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	d, server := h.desks[0], h.sip.String()
	counselor := h.softphoneOf(t, fmt.Sprintf("<sip:%s@%s;transport=tcp>;auth_user=%[1]s;auth_pass=%[3]s;answermode=auto;regint=600", d.extension, server, password), staffHz)
	h.ready(t, d.extension)
	caller := h.softphoneOf(t, "<sip:13812345670@"+server+">;regint=0", callerHz)
	caller.do(t, "dial", "sip:"+d.line+"@"+server)
	caller.await(t, "CALL_ESTABLISHED")
	await(t, "the menu", func() bool { return h.happened(t, d.line, "node_entered")["node"] == "menu" })
	caller.do(t, "sndcode", "1")
	h.happened(t, d.line, "connected")
	h.talked(t, d.line, 3*time.Second)
	caller.do(t, "hangup", "")
	counselor.await(t, "CALL_CLOSED")
	got := h.filed(d.line, 1)[0]
	if got.outcome != "answered" || got.by != "caller" || got.caseID == "" || len(got.tapes) != 1 {
		t.Fatalf("filed as %+v", got)
	}
	if keyed := h.happened(t, d.line, "keyed"); keyed["keys"] != "1" || keyed["source"] != "rfc4733" {
		t.Errorf("filed as keyed: %v", keyed)
	}
	h.sealed(got.tapes[0])
	left, right := h.channels(got.tapes[0])
	if left.caller < -16 || right.caller > -50 || right.staff < -20 || left.staff > -50 {
		t.Errorf("tones in the recording: left %+v, right %+v dBm0", left, right)
	}
	caller.hears(t, staffHz, -25)
	counselor.hears(t, callerHz, -16)
	h.givenBack(t)
	h.flawless(t)
}

// talked waits until the recording of a line's call has grown by a time from now.
func (h *house) talked(t *testing.T, line string, d time.Duration) {
	t.Helper()
	path, _ := h.happened(t, line, "recording_started")["path"].(string)
	size := func() int64 {
		info, err := os.Stat(filepath.Join(h.data, "recordings", path))
		if err != nil || path == "" {
			return 0
		}
		return info.Size()
	}
	const second = 2 * tone.Rate // two channels of a byte
	enough := size() + int64(d.Seconds()*second)
	await(t, "enough is recorded", func() bool { return size() >= enough })
}
