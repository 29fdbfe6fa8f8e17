package sip_test

import (
	"context"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/sip"
	"hotline/sip/siptest"
)

// sipp runs a SIPp scenario against the agent; the test is skipped where SIPp is
// not installed.
func sipp(t *testing.T, r *rig, args ...string) {
	t.Helper()
	path, err := exec.LookPath("sipp")
	if err != nil {
		t.Skip("sipp is not installed")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.LocalAddr().String())
	_ = free.Close()
	args = append(args, r.ua.Addr().String(), "-i", "127.0.0.1", "-p", port, "-nostdin", "-timeout", "50s", "-timeout_error")
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(string(out), "\n")
		t.Fatalf("sipp: %v\n%s", err, strings.Join(lines[max(0, len(lines)-60):], "\n"))
	}
}

// counselor answers every call, with a negotiator, except the number "ring".
func counselor(ctx context.Context, d *sip.Dialog) {
	_ = d.Ring()
	if d.Called() == "ring" {
		<-ctx.Done()
		return
	}
	d.Serve(&desk{})
	if _, err := d.Answer(ctx, []byte(siptest.Answer)); err == nil {
		<-ctx.Done()
	}
}

func TestSIPp(t *testing.T) {
	usual := func(c *sip.Config) {
		c.Timers = sip.Timers{Qualify: -1}
		c.Auth.Algorithms = []string{"MD5"} // SIPp 3.6 knows no other
	}
	file := func(name string) string {
		path, err := filepath.Abs("testdata/sipp/" + name + ".xml")
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, args := range map[string][]string{
		"basic UDP":         {"-sn", "uac", "-m", "50", "-r", "100", "-d", "20"},
		"basic TCP":         {"-sn", "uac", "-m", "50", "-r", "100", "-d", "20", "-t", "t1"},
		"a socket a call":   {"-sn", "uac", "-m", "30", "-r", "100", "-d", "20", "-t", "tn", "-max_socket", "100"},
		"100 calls at once": {"-sn", "uac", "-m", "100", "-l", "100", "-r", "1000", "-d", "500"},
		"offerless":         {"-sf", file("offerless"), "-m", "20", "-r", "50"},
		"offerless TCP":     {"-sf", file("offerless"), "-m", "20", "-r", "50", "-t", "t1"},
		"cancel":            {"-sf", file("cancel"), "-m", "20", "-r", "50"},
		"hold":              {"-sf", file("hold"), "-m", "20", "-r", "50"},
		"register":          {"-sf", file("register"), "-m", "5", "-r", "20"},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, handler(counselor), usual)
			sipp(t, r, args...)
			eventually(t, "no dialog left", func() bool { return r.count("dialogs") == 0 })
			if n := r.count("panics_total"); n != 0 {
				t.Error(strconv.Itoa(int(n)) + " panics")
			}
		})
	}
}
