package media

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"golang.org/x/sys/unix"

	"hotline/media/sdp"
	"hotline/media/wav"
)

// quietLog is a log nobody reads.
func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// running returns an engine that runs by itself, and how to stop it.
func running(t testing.TB, c Config) (*Engine, *prometheus.Registry, func()) {
	t.Helper()
	reg := prometheus.NewRegistry()
	e, err := New(c, quietLog(), reg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	stop := func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		done <- nil
	}
	t.Cleanup(stop)
	return e, reg, stop
}

// await returns the next packet of at least one that comes.
func (h *handset) await() rtp.Packet {
	h.t.Helper()
	for len(h.got) == 0 {
		fds := []unix.PollFd{{Fd: int32(h.pair.rtp), Events: unix.POLLIN}}
		if n, err := unix.Poll(fds, 5000); n == 0 && err == nil {
			h.t.Fatal("nothing comes")
		}
		h.heard()
	}
	p := h.got[0]
	h.got = h.got[1:]
	return p
}

// TestRunningEngine carries a call on real time: prompt, bridge, keys, recording.
func TestRunningEngine(t *testing.T) {
	e, reg, stop := running(t, Config{})
	s, err := e.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := e.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	x, y := newHandset(t, s, 7).apply(sdp.PCMA), newHandset(t, o, 8).apply(sdp.PCMU)
	if err := s.Play(t.Context(), Playlist{Prompts: []*Prompt{newPrompt(sdp.PCMA, same(1))}}); err != nil {
		t.Fatal(err)
	}
	for x.await().Payload[0] != 1 {
	}
	rec, err := e.Record(RecordOptions{Path: filepath.Join(t.TempDir(), "call.wav"), Channels: 2})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(rec.Attach(s, 0), rec.Attach(o, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := Connect(s, o); err != nil {
		t.Fatal(err)
	}
	x.audio(same(9))
	for y.await().Payload[0] != aToMu[9] {
	}
	s.Press('5')
	if k := <-s.Keys(); k != (Key{'5', Info}) {
		t.Errorf("key %v", k)
	}
	if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	stop()
	<-s.Done()
	got, err := rec.Close(t.Context()) // after the engine: what was heard is on disk all the same
	if err != nil || got.Bytes != wav.HeaderSize+2*int64(got.Duration/sample) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := e.Open(nil); !errors.Is(err, ErrClosed) {
		t.Errorf("opened after the end: %v", err)
	}
	if _, err := e.Record(RecordOptions{Path: filepath.Join(t.TempDir(), "late.wav"), Channels: 1}); !errors.Is(err, ErrClosed) {
		t.Errorf("recorded after the end: %v", err)
	}
}

// TestEngineSleepsAndWakes opens a session long after the plane went to sleep for want of any.
func TestEngineSleepsAndWakes(t *testing.T) {
	e, _, _ := running(t, Config{Planes: 1})
	for range 3 {
		s, err := e.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		h := newHandset(t, s, 7).apply(sdp.PCMA)
		h.await()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConfigFaults(t *testing.T) {
	for name, c := range map[string]struct {
		config Config
		want   string
	}{
		"unspecified": {Config{Address: netip.IPv4Unspecified()}, "cannot be advertised"},
		"families":    {Config{Advertise: netip.IPv6Loopback()}, "different families"},
		"no pair":     {Config{PortMin: 20000, PortMax: 20000}, "at least one pair"},
		"low ports":   {Config{PortMin: 100, PortMax: 200}, "above 1023"},
		"planes":      {Config{Planes: -1}, "-1 planes"},
		"backlog":     {Config{Backlog: time.Millisecond}, "backlog"},
	} {
		if _, err := New(c.config, quietLog(), prometheus.NewRegistry()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
	both := Config{Planes: -1, Rest: -1}
	if err := both.withDefaults().validate(); err == nil || !strings.Contains(err.Error(), "planes") || !strings.Contains(err.Error(), "rest") {
		t.Errorf("not all faults at once: %v", err)
	}
	reg := prometheus.NewRegistry()
	running := func() error {
		e, err := New(Config{}, quietLog(), reg)
		if err == nil {
			t.Cleanup(e.release)
		}
		return err
	}
	if err := running(); err != nil {
		t.Fatal(err)
	}
	if err := running(); err == nil {
		t.Error("two engines share a registry")
	}
}

func TestOwnAddresses(t *testing.T) {
	e, err := New(Config{Address: netip.IPv4Unspecified(), Advertise: netip.MustParseAddr("198.51.100.1"), PortMin: 40000, PortMax: 40999}, quietLog(), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.release)
	for addr, want := range map[string]bool{
		"127.0.0.1:40000": true, "127.5.5.5:40500": true, "198.51.100.1:40999": false, // a telephone on this machine may have any port not lent
		"127.0.0.1:39999": true, "198.51.100.2:40000": true, "198.51.100.1:41000": true,
	} {
		if got := e.reachable(netip.MustParseAddrPort(addr)) == nil; got != want {
			t.Errorf("%s reachable: %v", addr, got)
		}
	}
	lent, err := e.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lent.Close() }()
	for _, port := range []uint16{lent.Local().Port, lent.Local().Port + 1} {
		if e.reachable(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)) == nil {
			t.Error("a port that is lent is reachable")
		}
	}
}

func TestNoPorts(t *testing.T) {
	base := free(t, 4)
	r := newRig(t, 1)
	r.e.ports = newPorts(Config{Address: netip.MustParseAddr("127.0.0.1"), PortMin: base, PortMax: base + 1})
	s := r.open(nil)
	if _, err := r.e.Open(nil); !errors.Is(err, ErrNoPorts) {
		t.Errorf("second session: %v", err)
	}
	_ = s.Close()
	if s := r.open(nil); s.Local().Port != base {
		t.Errorf("lent %d", s.Local().Port)
	}
}

func TestMetrics(t *testing.T) {
	r := newRig(t, 2)
	_, x, _ := pairUp(t, r, sdp.PCMA, sdp.PCMA)
	x.say(r, same(1), time.Second)
	x.packet(rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 77, SequenceNumber: x.seq + 1, SSRC: 7}})
	x.seq += 11
	x.say(r, same(1), 3*time.Second)
	reg := prometheus.NewRegistry()
	reg.MustRegister(newCollector(r.e))
	want := `# HELP hotline_rtp_dropped_packets_total Received packets of no use, by reason.
# TYPE hotline_rtp_dropped_packets_total counter
hotline_rtp_dropped_packets_total{reason="duplicate"} 0
hotline_rtp_dropped_packets_total{reason="foreign"} 0
hotline_rtp_dropped_packets_total{reason="malformed"} 0
hotline_rtp_dropped_packets_total{reason="payload"} 1
hotline_rtp_dropped_packets_total{reason="stranger"} 0
hotline_rtp_dropped_packets_total{reason="unexpected"} 0
# HELP hotline_rtp_lost_packets_total Packets sent to us that never came.
# TYPE hotline_rtp_lost_packets_total counter
hotline_rtp_lost_packets_total 10
# HELP hotline_media_sessions Sessions open.
# TYPE hotline_media_sessions gauge
hotline_media_sessions 2
# HELP hotline_media_port_pairs Port pairs lent to sessions and resting after use.
# TYPE hotline_media_port_pairs gauge
hotline_media_port_pairs{state="lent"} 2
hotline_media_port_pairs{state="resting"} 0
`
	names := []string{"hotline_rtp_dropped_packets_total", "hotline_rtp_lost_packets_total", "hotline_media_sessions", "hotline_media_port_pairs"}
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(reg, "hotline_media_tick_late_seconds"); n != 1 || err != nil {
		t.Errorf("%d histograms, %v", n, err)
	}
	_ = x.to.Close()
	if n, err := testutil.GatherAndCount(reg, "hotline_rtp_jitter_seconds", "hotline_media_mos_score"); n != 2 || err != nil {
		t.Errorf("%d histograms of quality, %v", n, err)
	}
	for why, want := range map[Reason]string{Stranger: "stranger", Unagreed: "payload", reasons: "?", 200: "?"} {
		if why.String() != want {
			t.Errorf("reason %d is %q", why, why.String())
		}
	}
}
