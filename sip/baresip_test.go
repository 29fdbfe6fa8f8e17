package sip_test

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// baresip runs a headless softphone for extension 8001 that answers by itself; the
// test is skipped where baresip is not installed.
func baresip(t *testing.T, r *rig, transport string) {
	t.Helper()
	path, err := exec.LookPath("baresip")
	if err != nil {
		t.Skip("baresip is not installed")
	}
	modules, err := filepath.Glob("/usr/lib*/baresip/modules")
	if err != nil || len(modules) == 0 {
		t.Skip("baresip's modules are not found")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("tone.wav", tone())
	write("accounts", "<sip:8001@"+r.ua.Addr().String()+";transport="+transport+">;auth_user=8001;auth_pass=secret;answermode=auto;regint=600\n")
	write("config", strings.Join([]string{
		"module_path " + modules[0], "module g711.so", "module aufile.so", "module_app account.so", "module_app menu.so", "sip_listen 127.0.0.1:0",
		"audio_source aufile," + filepath.Join(dir, "tone.wav"), "audio_player aufile,/dev/null", "audio_alert aufile,/dev/null", "ausrc_srate 8000", "auplay_srate 8000", "",
	}, "\n"))
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, path, "-f", dir, "-t", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
}

// tone is one second of 440 Hz as a WAV file.
func tone() string {
	b := append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data"), 0x80, 0x3e, 0, 0)
	for i := range 8000 {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(8000*math.Sin(2*math.Pi*440*float64(i)/8000))))
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return string(b)
}

// A real softphone registers, is known to be there, answers, is put on hold, and is
// hung up; when it is killed that is noticed.
func TestBaresip(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			r := start(t, handler(counselor), outsider, func(c *sip.Config) {
				c.Timers = sip.Timers{Qualify: 600 * time.Millisecond, Silence: 400 * time.Millisecond}
			})
			baresip(t, r, transport)
			eventually(t, "registered", func() bool { return len(r.ua.Registrar().Contacts("8001")) == 1 })
			d, err := r.ua.Invite(t.Context(), sip.Invite{To: sip.Extension("8001"), Offer: []byte(siptest.Offer), From: sip.Caller{Number: "12348", Display: "热线"}})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(d.Answered()), "m=audio") {
				t.Errorf("answered with %q", d.Answered())
			}
			for _, offer := range []string{held, siptest.Offer} {
				answer, err := d.Reoffer(t.Context(), []byte(offer))
				if err != nil || strings.Contains(string(answer), "a=recvonly") != (offer == held) {
					t.Errorf("offered again: %v, %q", err, answer)
				}
			}
			if got := r.ua.Registrar().Contacts("8001"); len(got) != 1 || !got[0].Reachable || !strings.HasPrefix(got[0].UserAgent, "baresip") {
				t.Errorf("contacts %+v", got)
			}
			if err := d.Hangup(t.Context(), sip.NormalClearing()); err != nil {
				t.Error(err)
			}
		})
	}
}
