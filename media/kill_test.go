package media

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/media/sdp"
	"hotline/media/tone"
	"hotline/media/wav"
)

// recordForEver records a phone that sounds a tone, in a process of its own, and prints how many
// milliseconds of it were sent, until it is killed.
func recordForEver(path string) {
	must := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	e, err := New(Config{}, quietLog(), prometheus.NewRegistry())
	must(err)
	go func() { _ = e.Run(context.Background()) }()
	s, err := e.Open(nil)
	must(err)
	pair, err := newPorts(Config{}.withDefaults()).borrow()
	must(err)
	must(s.Apply(sdp.Params{RTP: addrOf(pair.rtp), RTCP: addrOf(pair.rtcp), Codec: sdp.PCMA, Payload: 8, Events: sdp.NoEvents, EventsIn: sdp.NoEvents}))
	rec, err := e.Record(RecordOptions{Path: path, Channels: 2})
	must(err)
	must(rec.Attach(s, 1))
	sound := encode(sdp.PCMA, tone.Sine(440, -10, time.Second))
	b := make([]byte, headerSize+frame)
	ticker := time.NewTicker(20 * time.Millisecond)
	for i := uint16(0); ; i++ {
		<-ticker.C
		stamp{seq: i, ts: uint32(i) * frame, kind: 8}.write(b, 7)
		at := int(i) % 50 * frame
		copy(b[headerSize:], sound[at:at+frame])
		send(pair.rtp, b, local(s, 0))
		fmt.Println(20 * (int(i) + 1))
	}
}

// TestKill kills the program at several instants of a call. At most the last second is lost, and
// the file is whole without being mended.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{300, 1180, 2020, 2540} {
		t.Run(strconv.Itoa(after), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "killed.wav")
			child := exec.CommandContext(t.Context(), self)
			child.Env = append(os.Environ(), "MEDIA_TEST_RECORD="+path)
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			sent := 0
			for lines := bufio.NewScanner(out); sent < after && lines.Scan(); {
				if sent, err = strconv.Atoi(lines.Text()); err != nil {
					t.Fatal(err)
				}
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = child.Wait()
			f, err := wav.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			checkKilled(t, f, sent)
			mended, err := Repair(path)
			if err != nil || mended.Duration < f.Duration() {
				t.Errorf("mended to %v from %v, %v", mended.Duration, f.Duration(), err)
			}
			if f, err = wav.Read(path); err != nil || f.Duration() != mended.Duration {
				t.Errorf("%v, %v", f.Duration(), err)
			}
		})
	}
}

// checkKilled checks that a recording holds the tone up to its end, which is no more than a second
// before the end of what was sent.
func checkKilled(t *testing.T, f wav.File, sent int) {
	t.Helper()
	kept := int(f.Duration() / time.Millisecond)
	if kept < sent-1000 {
		t.Errorf("%d ms of %d are kept", kept, sent)
	}
	if kept > 400 {
		if level := tone.Power(f.Channel(1)[200*8:], 440); level < -11 {
			t.Errorf("the tone is at %.1f dBm0", level)
		}
	}
}
