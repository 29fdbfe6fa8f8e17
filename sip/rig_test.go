package sip_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"hotline/sip"
	"hotline/sip/siptest"
)

// TestMain holds that nothing is left running. Timers that fire at the very end get time to find that out.
func TestMain(m *testing.M) {
	code := m.Run()
	for tries := 0; code == 0; tries++ {
		err := goleak.Find()
		if err == nil {
			break
		}
		if tries == 10 {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// handler is a Handler made of a function.
type handler func(ctx context.Context, d *sip.Dialog)

func (h handler) ServeCall(ctx context.Context, d *sip.Dialog) { h(ctx, d) }

// accounts are extensions with the password "secret", and whether they may dial out.
type accounts map[string]bool

func (a accounts) Account(ext string) (sip.Account, bool) {
	dialOut, ok := a[ext]
	if !ok {
		return sip.Account{}, false
	}
	md5, sha := sip.HashPassword(ext, "hotline", "secret")
	account := sip.Account{Extension: ext, MD5: md5, SHA256: sha, DialOut: dialOut}
	if ext == "8009" {
		account.Mobile = sip.Outside{Trunk: "city", Number: "13800000009"}
	}
	return account, true
}

// quick are timers for tests on real sockets: everything a tenth or less.
var quick = sip.Timers{T1: 30 * time.Millisecond, T2: 120 * time.Millisecond, T4: 150 * time.Millisecond, Silence: 200 * time.Millisecond, Qualify: -1}

// rig is a user agent on loopback with all it reports.
type rig struct {
	t    *testing.T
	ua   *sip.UA
	reg  *prometheus.Registry
	log  *syncBuffer
	stop func()
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// start runs a user agent that takes 127.0.0.1 for its trunk and has the
// extensions 8001 (may dial out) and 8002.
func start(t *testing.T, h sip.Handler, change ...func(*sip.Config)) *rig {
	t.Helper()
	cfg := sip.Config{
		Listen:   []string{"127.0.0.1:0"},
		Trunks:   []sip.Trunk{{Name: "city", Addresses: loopback, Ping: -1}},
		Accounts: accounts{"8001": true, "8002": false, "8009": false},
		Timers:   quick,
	}
	for _, c := range change {
		c(&cfg)
	}
	r := &rig{t: t, reg: prometheus.NewRegistry(), log: &syncBuffer{}}
	ua, err := sip.New(cfg, h, slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), r.reg)
	if err != nil {
		t.Fatal(err)
	}
	if err := ua.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ua.Run(ctx) }()
	r.ua = ua
	r.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("run: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("run does not return")
		}
	})
	t.Cleanup(r.stop)
	return r
}

// peer is a scripted caller on the trunk's address.
func (r *rig) peer() *siptest.Peer { return siptest.UDP(r.t, r.ua.Addr()) }

// count is the value of a counter or gauge, all labels added up.
func (r *rig) count(name string) float64 {
	r.t.Helper()
	all, err := r.reg.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	sum := 0.0
	for _, f := range all {
		if f.GetName() != "hotline_sip_"+name {
			continue
		}
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return sum
}

// answering takes every call and says how it ended.
func answering(ends chan<- error) handler {
	return func(ctx context.Context, d *sip.Dialog) {
		_ = d.Ring()
		sdp := siptest.Answer
		if _, err := d.Answer(ctx, []byte(sdp)); err != nil {
			ends <- err
			return
		}
		<-ctx.Done()
		ends <- context.Cause(ctx)
	}
}

// end waits for one.
func end(t *testing.T, ends <-chan error) error {
	t.Helper()
	select {
	case err := <-ends:
		return err
	case <-time.After(20 * time.Second):
		t.Fatal("the call does not end")
		return nil
	}
}

func wantCause(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("ended with %v, want %v", err, want)
	}
}

// eventually waits for a condition that another goroutine brings about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func mustAddr(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }
