package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hotline/sip/internal/memnet"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// These tests run user agents on a network in memory and on fake time, so that
// half an hour costs nothing and every time is exact.

const (
	offer  = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n"
	answer = "v=0\r\no=- 2 2 IN IP4 192.0.2.2\r\n"
)

type serve func(ctx context.Context, d *Dialog)

func (s serve) ServeCall(ctx context.Context, d *Dialog) { s(ctx, d) }

// agent runs a user agent inside a bubble until stop is called.
func agent(t *testing.T, n *memnet.Net, addr string, h Handler, change ...func(*Config)) (ua *UA, stop func()) {
	t.Helper()
	cfg := Config{Listen: []string{addr}, Trunks: []Trunk{{Name: "all", Addresses: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Ping: -1}}}
	for _, c := range change {
		c(&cfg)
	}
	ua, err := build(cfg, h, slog.New(slog.DiscardHandler), nil, n.Host(addr))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- ua.Run(ctx) }()
	return ua, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// actor is a scripted end of the network.
type actor struct {
	host *memnet.Host
	mu   sync.Mutex
	got  []*wire.Message
	when []time.Duration
	from time.Time
	flow transport.Flow
	stop context.CancelFunc
}

func newActor(t *testing.T, n *memnet.Net, addr, to string) *actor {
	t.Helper()
	a := &actor{host: n.Host(addr), from: time.Now()}
	a.flow, _ = a.host.Flow(netip.MustParseAddrPort(to))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = a.host.Serve(ctx, a)
	}()
	a.stop = func() { cancel(); <-done }
	return a
}

func (a *actor) Receive(m *wire.Message, _ transport.Flow) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.got = append(a.got, m)
	a.when = append(a.when, time.Since(a.from))
}
func (a *actor) Malformed(*wire.Message, *wire.SyntaxError, transport.Flow) {}
func (a *actor) Closed(transport.Flow)                                      {}

// times are when messages of a kind came: a method, or a status of a method.
func (a *actor) times(what string) (out []time.Duration) {
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, m := range a.got {
		if m.Method == what || fmt.Sprint(m.Status, " ", m.Verb) == what {
			out = append(out, a.when[i])
		}
	}
	return out
}

// last is the latest message of a kind.
func (a *actor) last(t *testing.T, what string) *wire.Message {
	t.Helper()
	synctest.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range slices.Backward(a.got) {
		if m.Method == what || fmt.Sprint(m.Status, " ", m.Verb) == what {
			return m
		}
	}
	t.Fatalf("no %s arrived", what)
	return nil
}

// send sends a request of a dialog with the user agent.
func (a *actor) send(method string, seq uint32, to string, body string, fields ...wire.Field) {
	fields = append(fields, wire.Field{Name: "Contact", Value: "<sip:actor@" + a.flow.Local().String() + ">"})
	r := wire.Request{
		Method: method, URI: "sip:12348@" + a.flow.Remote().String(), Via: "SIP/2.0/UDP " + a.flow.Local().String(), Branch: fmt.Sprintf("z9hG4bK%s%d", method, seq),
		From: "<sip:actor@h>;tag=f", To: to, CallID: "c", Seq: seq, Fields: fields, Body: []byte(body),
	}
	_ = a.flow.Send(r.Bytes())
}

func (a *actor) reply(m *wire.Message, status int, tag string, fields ...wire.Field) {
	fields = append(fields, wire.Field{Name: "Contact", Value: "<sip:actor@" + a.flow.Local().String() + ">"})
	_ = a.flow.Send(m.Reply(wire.Reply{Status: status, Tag: tag, Fields: fields, Type: sdpType, Body: []byte(answer)}, a.flow.Remote()))
}

const to = "<sip:12348@h>"

// taking answers and waits; how calls end is told in order.
func taking(ends *[]error) serve {
	return func(ctx context.Context, d *Dialog) {
		if _, err := d.Answer(ctx, []byte(answer)); err == nil {
			<-ctx.Done()
		}
		*ends = append(*ends, context.Cause(ctx))
	}
}

func TestAnswerRepetitionTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		var ends []error
		_, stop := agent(t, &n, "192.0.2.1:5060", taking(&ends))
		a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
		a.send("INVITE", 1, to, offer)
		time.Sleep(33 * time.Second)
		ms := time.Millisecond
		want := []time.Duration{0, 500 * ms, 1500 * ms, 3500 * ms, 7500 * ms, 11500 * ms, 15500 * ms, 19500 * ms, 23500 * ms, 27500 * ms, 31500 * ms}
		if got := a.times("200 INVITE"); !slices.Equal(got, want) {
			t.Errorf("answered at %v, want %v", got, want)
		}
		if got := a.times("BYE"); len(got) == 0 || got[0] != 32*time.Second {
			t.Errorf("BYE at %v, want 32 s", got)
		}
		a.reply(a.last(t, "BYE"), 200, "")
		synctest.Wait()
		if len(ends) != 1 || !errors.Is(ends[0], ErrNoAck) {
			t.Errorf("ended with %v", ends)
		}
		stop()
		a.stop()
	})
}

// A peer that was to refresh and did not loses the call a third of the interval, at
// most 32 s, before its end; refreshing puts that off.
func TestSessionUnrefreshed(t *testing.T) {
	for _, tt := range []struct {
		asked  string
		every  time.Duration
		margin time.Duration
	}{{"90", 90 * time.Second, 30 * time.Second}, {"1200", 1200 * time.Second, 32 * time.Second}, {"7200", 1800 * time.Second, 32 * time.Second}} {
		t.Run(tt.asked, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n memnet.Net
				var ends []error
				_, stop := agent(t, &n, "192.0.2.1:5060", taking(&ends))
				a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
				timer := []wire.Field{{Name: "Supported", Value: "timer"}, {Name: "Session-Expires", Value: tt.asked + ";refresher=uac"}}
				a.send("INVITE", 1, to, offer, timer...)
				ok := a.last(t, "200 INVITE")
				if ok.Header("Session-Expires") != seconds(tt.every)+";refresher=uac" || !ok.Has("Require", "timer") {
					t.Errorf("agreed on %q", ok.Header("Session-Expires"))
				}
				with := ok.Header("To")
				a.send("ACK", 1, with, "")
				time.Sleep(tt.every / 2)
				a.send("UPDATE", 2, with, "", timer...)
				if up := a.last(t, "200 UPDATE"); up.Header("Session-Expires") != ok.Header("Session-Expires") {
					t.Errorf("UPDATE agreed on %q", up.Header("Session-Expires"))
				}
				time.Sleep(tt.every)
				if got := a.times("BYE"); len(got) == 0 || got[0] != tt.every/2+tt.every-tt.margin {
					t.Errorf("BYE at %v, want %v", got, tt.every/2+tt.every-tt.margin)
				}
				a.reply(a.last(t, "BYE"), 200, "")
				synctest.Wait()
				if len(ends) != 1 || !errors.Is(ends[0], ErrSessionExpired) {
					t.Errorf("ended with %v", ends)
				}
				stop()
				a.stop()
			})
		})
	}
}

// A caller without session timers is refreshed by us: by UPDATE when it allows
// that, else by a re-INVITE with the description in force, at half of the interval.
func TestSessionRefreshedByUs(t *testing.T) {
	for _, method := range []string{"UPDATE", "INVITE"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n memnet.Net
				var ends []error
				_, stop := agent(t, &n, "192.0.2.1:5060", taking(&ends))
				a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
				a.send("INVITE", 1, to, offer, wire.Field{Name: "Allow", Value: "INVITE, ACK, BYE, " + method})
				ok := a.last(t, "200 INVITE")
				if ok.Header("Session-Expires") != "1800;refresher=uas" || ok.Has("Require", "timer") {
					t.Errorf("agreed on %q", ok.Header("Session-Expires"))
				}
				a.send("ACK", 1, ok.Header("To"), "")
				for round := 1; round <= 3; round++ {
					time.Sleep(15 * time.Minute)
					m := a.last(t, method)
					if m.Header("Session-Expires") != "1800;refresher=uac" || method == "INVITE" && string(m.Body) != answer || method == "UPDATE" && m.Body != nil {
						t.Errorf("refreshed by %q with %q", m.Header("Session-Expires"), m.Body)
					}
					a.reply(m, 200, "")
					if got := len(a.times(method)); got != round {
						t.Errorf("%d refreshes after %d quarters of an hour", got, round)
					}
				}
				time.Sleep(15 * time.Minute)
				a.reply(a.last(t, method), 481, "")
				time.Sleep(time.Second)
				synctest.Wait()
				if len(ends) != 1 || !errors.Is(ends[0], ErrGone) {
					t.Errorf("ended with %v", ends)
				}
				a.reply(a.last(t, "BYE"), 481, "")
				stop()
				a.stop()
			})
		})
	}
}

// A refresh that is refused does not end the call before its time; one that the
// peer wants longer is asked longer.
func TestSessionRefreshRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		var ends []error
		_, stop := agent(t, &n, "192.0.2.1:5060", taking(&ends))
		a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
		a.send("INVITE", 1, to, offer, wire.Field{Name: "Allow", Value: "UPDATE"})
		a.send("ACK", 1, a.last(t, "200 INVITE").Header("To"), "")
		time.Sleep(15 * time.Minute)
		a.reply(a.last(t, "UPDATE"), 422, "", wire.Field{Name: "Min-SE", Value: "3600"})
		m := a.last(t, "UPDATE")
		if m.Header("Session-Expires") != "3600;refresher=uac" {
			t.Errorf("after 422: %q", m.Header("Session-Expires"))
		}
		a.reply(m, 500, "")
		time.Sleep(15*time.Minute - 33*time.Second)
		if len(a.times("BYE")) != 0 {
			t.Error("ended before its time")
		}
		time.Sleep(2 * time.Second)
		a.reply(a.last(t, "BYE"), 200, "")
		synctest.Wait()
		if len(ends) != 1 || !errors.Is(ends[0], ErrSessionExpired) {
			t.Errorf("ended with %v", ends)
		}
		stop()
		a.stop()
	})
}

// What goes wrong with a dialog's session is told where the user wants it, without the
// peer's Call-ID: peers write numbers into it.
func TestDialogLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		var log strings.Builder
		_, stop := agent(t, &n, "192.0.2.1:5060", serve(func(ctx context.Context, d *Dialog) {
			d.Log(slog.New(slog.NewTextHandler(&log, nil)).With("call", "one"))
			_, _ = d.Answer(ctx, []byte(answer))
			<-ctx.Done()
		}))
		a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
		a.send("INVITE", 1, to, offer, wire.Field{Name: "Allow", Value: "UPDATE"})
		ok := a.last(t, "200 INVITE")
		a.send("ACK", 1, ok.Header("To"), "")
		time.Sleep(15 * time.Minute)
		a.reply(a.last(t, "UPDATE"), 500, "")
		synctest.Wait()
		const want = `msg="session not refreshed" call=one error="refused with 500 Server Internal Error"` + "\n"
		if got := log.String(); !strings.HasSuffix(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
		a.send("BYE", 2, ok.Header("To"), "")
		stop()
		a.stop()
	})
}

// Two of our user agents keep a call alive for hours and agree on who refreshes.
func TestLongCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		var ends []error
		refreshes := 0
		n.Rule(func(p memnet.Packet) int {
			if p.Message.Method == "UPDATE" {
				refreshes++
			}
			return 1
		})
		_, stop := agent(t, &n, "192.0.2.1:5060", taking(&ends))
		b, stopB := agent(t, &n, "192.0.2.2:5060", nil)
		d, err := b.Invite(t.Context(), Invite{To: URI("sip:12348@192.0.2.1"), Offer: []byte(offer)})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(6*time.Hour + time.Minute)
		if !d.Connected() || refreshes != 24 {
			t.Errorf("connected %v after six hours, %d refreshes", d.Connected(), refreshes)
		}
		if err := d.Hangup(t.Context(), NormalClearing()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(ends) != 1 || !errors.Is(ends[0], ErrHungUp) {
			t.Errorf("ended with %v", ends)
		}
		stop()
		stopB()
	})
}

// Both sides offer at the same instant, again and again: both get through within
// 5 s each time.
func TestGlareConverges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		sides := make(chan *Dialog, 1)
		_, stop := agent(t, &n, "192.0.2.1:5060", serve(func(ctx context.Context, d *Dialog) {
			if _, err := d.Answer(ctx, []byte(answer)); err != nil {
				t.Error(err)
			}
			d.Serve(agreeing{})
			sides <- d
			<-ctx.Done()
		}))
		b, stopB := agent(t, &n, "192.0.2.2:5060", nil)
		far, err := b.Invite(t.Context(), Invite{To: URI("sip:12348@192.0.2.1"), Offer: []byte(offer)})
		if err != nil {
			t.Fatal(err)
		}
		far.Serve(agreeing{})
		near := <-sides
		for round := range 200 {
			begin := time.Now()
			var wg sync.WaitGroup
			for _, d := range []*Dialog{near, far} {
				wg.Go(func() {
					if _, err := d.Reoffer(t.Context(), []byte(offer)); err != nil {
						t.Errorf("round %d: %v", round, err)
					}
				})
			}
			wg.Wait()
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("round %d took %v", round, took)
			}
		}
		_ = far.Hangup(t.Context(), NormalClearing())
		stop()
		stopB()
	})
}

type agreeing struct{}

func (agreeing) AnswerOffer([]byte) ([]byte, error) { return []byte(answer), nil }
func (agreeing) MakeOffer() ([]byte, error)         { return []byte(offer), nil }
func (agreeing) TakeAnswer([]byte) error            { return nil }

// Calls over a network that loses, doubles and delays, hung up and cancelled from
// both sides at random instants: in the end neither side knows of any call.
func TestRandomCallsLeaveNothing(t *testing.T) {
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			var mu sync.Mutex
			roll := func(n int) int {
				mu.Lock()
				defer mu.Unlock()
				return random.IntN(n)
			}
			moment := func(most time.Duration) time.Duration { return time.Duration(roll(int(most))) }
			var n memnet.Net
			n.Rule(func(memnet.Packet) int {
				switch roll(10) {
				case 0, 1:
					return 0
				case 2:
					return 2
				}
				return 1
			})
			a, stop := agent(t, &n, "192.0.2.1:5060", serve(func(ctx context.Context, d *Dialog) {
				if !pause(ctx, moment(3*time.Second)) {
					return
				}
				_ = d.Ring()
				switch pause(ctx, moment(6*time.Second)); roll(4) {
				case 0:
					_ = d.Reject(&StatusError{Status: 486})
				case 1:
					return
				default:
					if _, err := d.Answer(ctx, []byte(answer)); err != nil {
						return
					}
					d.Serve(agreeing{})
					if roll(2) == 0 {
						_, _ = d.Reoffer(ctx, []byte(offer))
					}
					pause(ctx, moment(20*time.Second))
				}
			}))
			b, stopB := agent(t, &n, "192.0.2.2:5060", nil)
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					time.Sleep(moment(10 * time.Second))
					ctx, cancel := context.WithTimeout(t.Context(), moment(12*time.Second))
					defer cancel()
					d, err := b.Invite(ctx, Invite{To: URI("sip:12348@192.0.2.1"), Offer: []byte(offer), Silence: 10 * time.Second})
					if err != nil {
						return
					}
					d.Serve(agreeing{})
					if roll(3) == 0 {
						_, _ = d.Reoffer(d.Context(), []byte(offer))
					}
					pause(d.Context(), moment(20*time.Second))
					_ = d.Hangup(t.Context(), NormalClearing())
				})
			}
			wg.Wait()
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			for _, ua := range []*UA{a, b} {
				pending, parked := ua.tx.Len()
				if left := ua.dialogs.len(); left+pending+parked != 0 {
					t.Errorf("seed %d: %d dialogs, %d pending and %d parked transactions left", seed, left, pending, parked)
				}
			}
			stop()
			stopB()
		})
	}
}

// Requests that were being answered when the agent stops do not keep it.
func TestStopIsQuick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		n.Rule(func(p memnet.Packet) int { return map[bool]int{true: 0, false: 1}[p.Message.Method == "BYE"] })
		var ends []error
		_, stop := agent(t, &n, "192.0.2.1:5060", taking(&ends))
		b, stopB := agent(t, &n, "192.0.2.2:5060", nil)
		if _, err := b.Invite(t.Context(), Invite{To: URI("sip:12348@192.0.2.1"), Offer: []byte(offer)}); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		stop()
		if took := time.Since(begin); took > 3*time.Second {
			t.Errorf("stopped after %v", took)
		}
		stopB()
	})
}

func TestAgreed(t *testing.T) {
	cfg := Session{Expires: 1800 * time.Second, MinExpires: 90 * time.Second}
	for in, want := range map[string]string{
		"":                                       "1800;uas",
		"Supported: timer":                       "1800;uac",
		"Supported: timer|Session-Expires: 600":  "600;uac",
		"k: timer|x: 600 ; Refresher = UAS":      "600;uas",
		"Supported: timer|Session-Expires: 9999": "1800;uac",
		"Supported: timer|Session-Expires: 9999|Min-SE: 3000": "3000;uac",
		"Session-Expires: 600":                                "1800;uas",
		"Min-SE: 3000":                                        "3000;uas",
		"Supported: timer|Session-Expires: x":                 "1800;uac",
	} {
		m, err := wire.Parse([]byte("INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n" +
			strings.ReplaceAll(in+"|Foo: y", "|", "\r\n")[map[bool]int{true: 2, false: 0}[in == ""]:] + "\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		got := agreed(m, cfg)
		if s := seconds(got.length) + ";" + got.refresher; s != want {
			t.Errorf("%q: %s, want %s", in, s, want)
		}
	}
}

func TestLadder(t *testing.T) {
	climb := func(l ladder) (out []time.Duration) {
		at := time.Duration(0)
		for wait, ok := l.next(); ok; wait, ok = l.next() {
			at += wait
			out = append(out, at)
		}
		return out
	}
	timers := Config{}.withDefaults().Timers
	s := time.Second
	if got := climb(provisionals(timers)); !slices.Equal(got, []time.Duration{s / 2, 3 * s / 2, 7 * s / 2, 15 * s / 2, 31 * s / 2, 63 * s / 2, 32 * s}) {
		t.Errorf("provisionals at %v", got)
	}
	if got := climb(answers(timers)); len(got) != 11 || got[3] != 7*s+s/2 || got[4] != 11*s+s/2 || got[10] != 32*s {
		t.Errorf("answers at %v", got)
	}
}

func TestGlarePause(t *testing.T) {
	for range 1000 {
		if p := glarePause(true); p < 2100*time.Millisecond || p > 4*time.Second || p%(10*time.Millisecond) != 0 {
			t.Fatalf("the owner waits %v", p)
		}
		if p := glarePause(false); p < 0 || p > 2*time.Second || p%(10*time.Millisecond) != 0 {
			t.Fatalf("the other waits %v", p)
		}
	}
}

// Advertise stands in Contact and Via towards everybody but this machine itself.
func TestAdvertise(t *testing.T) {
	for advertise, want := range map[string]string{"": "192.0.2.1:5060", "203.0.113.9": "203.0.113.9:5060", "sip.example:5070": "sip.example:5070", "2001:db8::1": "[2001:db8::1]:5060"} {
		synctest.Test(t, func(t *testing.T) {
			var n memnet.Net
			var ends []error
			_, stop := agent(t, &n, "192.0.2.1:5060", taking(&ends), func(c *Config) { c.Advertise = advertise })
			a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
			a.send("INVITE", 1, to, offer)
			ok := a.last(t, "200 INVITE")
			if got := ok.Header("Contact"); got != "<sip:12348@"+want+">" {
				t.Errorf("Contact %s, want %s", got, want)
			}
			a.send("ACK", 1, ok.Header("To"), "")
			a.send("OPTIONS", 2, ok.Header("To"), "")
			a.send("BYE", 3, ok.Header("To"), "")
			synctest.Wait()
			stop()
			a.stop()
		})
	}
}

// The requests of one call are taken in the order they came, whatever their number.
func TestTrapSipgo11RequestsStayInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		var got []string
		_, stop := agent(t, &n, "192.0.2.1:5060", serve(func(ctx context.Context, d *Dialog) {
			d.OnInfo(func(_ string, body []byte) error {
				got = append(got, string(body))
				return nil
			})
			if _, err := d.Answer(ctx, []byte(answer)); err == nil {
				<-ctx.Done()
			}
		}))
		a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
		a.send("INVITE", 1, to, offer)
		with := a.last(t, "200 INVITE").Header("To")
		a.send("ACK", 1, with, "")
		for i := range 500 {
			a.send("INFO", uint32(i+2), with, fmt.Sprint(i))
		}
		a.send("BYE", 1000, with, "")
		synctest.Wait()
		if len(got) != 500 || !slices.IsSortedFunc(got, func(a, b string) int { return len(a)*1000 - len(b)*1000 + strings.Compare(a, b) }) {
			t.Errorf("%d digits, out of order", len(got))
		}
		if refused := a.times("500 INFO"); len(refused) != 0 {
			t.Errorf("%d refused as late", len(refused))
		}
		stop()
		a.stop()
	})
}

// Over IPv6 all hosts are written as references.
func TestIPv6(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		var vias, contacts []string
		n.Rule(func(p memnet.Packet) int {
			if p.Message.Method == "INVITE" {
				vias = append(vias, p.Message.Header("Via"))
			}
			contacts = append(contacts, p.Message.Values("Contact")...)
			return 1
		})
		var ends []error
		_, stop := agent(t, &n, "[2001:db8::1]:5060", taking(&ends), func(c *Config) {
			c.Trunks[0].Addresses = []netip.Prefix{netip.MustParsePrefix("2001:db8::/64")}
		})
		b, stopB := agent(t, &n, "[2001:db8::2]:5070", nil)
		d, err := b.Invite(t.Context(), Invite{To: URI("sip:12348@[2001:db8::1]"), Offer: []byte(offer)})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Hangup(t.Context(), NormalClearing()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(ends) != 1 || !errors.Is(ends[0], ErrHungUp) {
			t.Errorf("ended with %v", ends)
		}
		if !strings.HasPrefix(vias[0], "SIP/2.0/UDP [2001:db8::2]:5070;rport;branch=") || contacts[0] != "<sip:[2001:db8::2]:5070>" || contacts[1] != "<sip:12348@[2001:db8::1]:5060>" {
			t.Errorf("Via %q, Contacts %q", vias, contacts)
		}
		stop()
		stopB()
	})
}

// Within a call placed with credentials, requests carry them, and a challenge of a
// re-INVITE or UPDATE is answered.
func TestChallengesWithinACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		b, stop := agent(t, &n, "192.0.2.1:5060", nil)
		a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
		var d *Dialog
		placed := make(chan error, 1)
		go func() {
			var err error
			d, err = b.Invite(t.Context(), Invite{To: URI("sip:1@192.0.2.2"), Offer: []byte(offer), Credentials: &Credentials{"u", "p"}})
			placed <- err
		}()
		challenge := func(nonce string) wire.Field {
			return wire.Field{Name: "WWW-Authenticate", Value: `Digest realm="r", nonce="` + nonce + `", qop="auth"`}
		}
		a.reply(a.last(t, "INVITE"), 401, "t", challenge("1"))
		a.reply(a.last(t, "INVITE"), 200, "t", wire.Field{Name: "Allow", Value: "UPDATE"}, wire.Field{Name: "Session-Expires", Value: "600;refresher=uac"})
		if err := <-placed; err != nil {
			t.Fatal(err)
		}
		offered := make(chan error, 1)
		go func() {
			_, err := d.Reoffer(t.Context(), []byte(offer))
			offered <- err
		}()
		m := a.last(t, "INVITE")
		if !strings.Contains(m.Header("Authorization"), "nc=00000002") {
			t.Errorf("re-INVITE authorised by %q", m.Header("Authorization"))
		}
		a.reply(m, 401, "", challenge("2"))
		m = a.last(t, "INVITE")
		if !strings.Contains(m.Header("Authorization"), `nonce="2"`) {
			t.Errorf("second re-INVITE authorised by %q", m.Header("Authorization"))
		}
		a.reply(m, 422, "", wire.Field{Name: "Min-SE", Value: "1000"})
		m = a.last(t, "INVITE")
		if m.Header("Session-Expires") != "1000;refresher=uac" {
			t.Errorf("after 422: %q", m.Header("Session-Expires"))
		}
		a.reply(m, 200, "", wire.Field{Name: "Session-Expires", Value: "1000;refresher=uac"}, wire.Field{Name: "Allow", Value: "UPDATE"})
		if err := <-offered; err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Second)
		m = a.last(t, "UPDATE")
		a.reply(m, 401, "", challenge("3"))
		m = a.last(t, "UPDATE")
		if !strings.Contains(m.Header("Authorization"), `nonce="3"`) {
			t.Errorf("UPDATE authorised by %q", m.Header("Authorization"))
		}
		a.reply(m, 200, "")
		time.Sleep(500 * time.Second)
		for range 3 { // an UPDATE that is never answered ends the call
			time.Sleep(20 * time.Second)
		}
		if !errors.Is(context.Cause(d.Context()), ErrGone) {
			t.Errorf("ended with %v", context.Cause(d.Context()))
		}
		a.reply(a.last(t, "BYE"), 200, "")
		synctest.Wait()
		stop()
		a.stop()
	})
}

// A BYE of a phone comes from a new port of its address (its router forgot the old
// one): it is taken, and ours go there from then on.
func TestPhoneMovesWithinACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		ua, stop := agent(t, &n, "192.0.2.1:5060", nil, func(c *Config) {
			c.Accounts = anyone{}
			c.Trunks[0].Addresses = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
		})
		a := newActor(t, &n, "192.0.2.2:5060", "192.0.2.1:5060")
		moved := newActor(t, &n, "192.0.2.2:6070", "192.0.2.1:5060")
		flow, err := ua.net.Dial(t.Context(), 0, a.flow.Local(), "")
		if err != nil {
			t.Fatal(err)
		}
		ua.registrar.change(message(t, "REGISTER"), flow, "8001", []change{{uri: "sip:8001@10.0.0.5", key: "k", expires: time.Hour}})
		placed := make(chan *Dialog, 1)
		go func() {
			d, err := ua.Invite(t.Context(), Invite{To: Extension("8001"), Offer: []byte(offer)})
			if err != nil {
				t.Error(err)
			}
			placed <- d
		}()
		m := a.last(t, "INVITE")
		a.reply(m, 200, "t")
		d := <-placed
		r := wire.Request{
			Method: "OPTIONS", URI: "sip:x@192.0.2.1", Via: "SIP/2.0/UDP 10.0.0.5", Branch: "z9hG4bKmoved", From: m.Header("To") + ";tag=t", To: m.Header("From"), CallID: m.CallID, Seq: 7,
		}
		_ = moved.flow.Send(r.Bytes())
		moved.last(t, "200 OPTIONS")
		go func() { _ = d.Hangup(t.Context(), NormalClearing()) }()
		moved.reply(moved.last(t, "BYE"), 200, "")
		synctest.Wait()
		if len(a.times("BYE")) != 0 {
			t.Error("BYE went to the old port")
		}
		stop()
		a.stop()
		moved.stop()
	})
}
