package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"hotline/media"
	"hotline/media/sdp"
)

// plane is the server's side of a run.
type plane struct {
	engine *media.Engine
	reg    *prometheus.Registry
	folder string
	legs   []*media.Session
	recs   []*media.Recorder
}

// serve is the media plane's process.
func serve(o options) error {
	runtime.GOMAXPROCS(2) // a processor for the plane's thread and one for everything else
	p := &plane{reg: prometheus.NewRegistry()}
	var err error
	if p.folder, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	defer os.RemoveAll(p.folder)
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if p.engine, err = media.New(media.Config{PortMin: 20000, PortMax: 29999, Planes: 1}, log, p.reg); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.engine.Run(ctx) }()
	err = p.converse(ctx, o)
	cancel()
	return errors.Join(err, <-done)
}

// converse follows the driver's word.
func (p *plane) converse(ctx context.Context, o options) error {
	in, out := json.NewDecoder(bufio.NewReader(os.Stdin)), json.NewEncoder(os.Stdout)
	var phones plan
	if err := in.Decode(&phones); err != nil {
		return err
	}
	if err := p.open(ctx, o.Work, phones.Phones); err != nil {
		return err
	}
	var legs ready
	for _, s := range p.legs {
		l := s.Local()
		legs.Legs = append(legs.Legs, netip.AddrPortFrom(l.Address, l.Port).String())
	}
	if err := out.Encode(legs); err != nil {
		return err
	}
	var word string
	if err := in.Decode(&word); err != nil {
		return err
	}
	stop, err := profile(o.Profile)
	if err != nil {
		return err
	}
	begin, used := time.Now(), cpu()
	if err := in.Decode(&word); err != nil {
		return err
	}
	r := result{CPU: cpu() - used, Wall: time.Since(begin)}
	stop()
	debug.FreeOSMemory()
	r.RSS = memory()
	p.metrics(&r)
	for _, rec := range p.recs {
		if _, err := rec.Close(ctx); err != nil {
			return err
		}
	}
	return out.Encode(r)
}

// open opens the legs of a workload.
func (p *plane) open(ctx context.Context, work string, phones []string) error {
	music := media.Tone(440, -10, 10*time.Second)
	for i, phone := range phones {
		s, err := p.leg(phone)
		if err != nil {
			return err
		}
		p.legs = append(p.legs, s)
		switch {
		case work == "w1":
			go func() { _ = s.Play(ctx, media.Playlist{Prompts: []*media.Prompt{music}, Loop: true}) }()
		case i%2 == 1:
			if err := p.pair(p.legs[i-1], s, i/2); err != nil {
				return err
			}
		}
	}
	return nil
}

// leg opens one session for a phone.
func (p *plane) leg(phone string) (*media.Session, error) {
	addr, err := netip.ParseAddrPort(phone)
	if err != nil {
		return nil, err
	}
	s, err := p.engine.Open(nil)
	if err != nil {
		return nil, err
	}
	return s, s.Apply(sdp.Params{
		RTP: addr, RTCP: netip.AddrPortFrom(addr.Addr(), addr.Port()), Mux: true,
		Codec: sdp.PCMA, Payload: 8, Events: 101, EventsIn: 101,
	})
}

// pair bridges and records two legs.
func (p *plane) pair(a, b *media.Session, n int) error {
	if _, err := media.Connect(a, b); err != nil {
		return err
	}
	rec, err := p.engine.Record(media.RecordOptions{Path: filepath.Join(p.folder, strconv.Itoa(n)+".wav"), Channels: 2})
	if err != nil {
		return err
	}
	p.recs = append(p.recs, rec)
	return errors.Join(rec.Attach(a, 0), rec.Attach(b, 1))
}

// cpu returns the processor time this process has used.
func cpu() time.Duration {
	var r unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// memory returns the resident memory of this process in bytes.
func memory() int64 {
	b, _ := os.ReadFile("/proc/self/statm")
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(f[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// profile starts a CPU profile, when asked for.
func profile(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// metrics reads the engine's own figures.
func (p *plane) metrics(r *result) {
	families, _ := p.reg.Gather()
	for _, f := range families {
		switch m := f.GetMetric()[0]; f.GetName() {
		case "hotline_media_tick_late_seconds":
			var late []string
			h := m.GetHistogram()
			for _, b := range h.GetBucket() {
				share := 100 * float64(b.GetCumulativeCount()) / float64(h.GetSampleCount())
				late = append(late, fmt.Sprintf("<=%gms %.2f%%", 1000*b.GetUpperBound(), share))
			}
			r.Late = strings.Join(late, " ")
		case "hotline_rtp_unsent_packets_total":
			r.Unsent = m.GetCounter().GetValue()
		case "hotline_media_skipped_slots_total":
			r.Skipped = m.GetCounter().GetValue()
		}
	}
}
