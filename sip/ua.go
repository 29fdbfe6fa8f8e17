package sip

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/resolve"
	"hotline/sip/internal/transaction"
	"hotline/sip/internal/transport"
)

// Handler serves incoming calls. It may also be an [Admitter].
type Handler interface {
	// ServeCall serves one call and returns when it is over. It has a goroutine
	// of its own. The context is the dialog's: it ends when the caller leaves. A
	// call still unanswered at the return gets 500, an answered one is hung up; so
	// it is after a panic.
	ServeCall(ctx context.Context, d *Dialog)
}

// Admitter is a [Handler] that lets some calls in while the UA drains.
type Admitter interface {
	// Admit reports whether a call to this number is taken although no more calls
	// are. It must not block.
	Admit(called string) bool
}

// network is the sockets below: transport.Layer, or one in memory for tests.
type network interface {
	Listen(ctx context.Context) error
	Addrs(n transport.Network) []netip.AddrPort
	Serve(ctx context.Context, r transport.Receiver) error
	Dial(ctx context.Context, n transport.Network, remote netip.AddrPort, name string) (transport.Flow, error)
	Connections() int
}

// UA is a SIP user agent: it takes calls and hands each to a Handler, places
// calls, keeps the registrations of phones and the trunks.
type UA struct {
	cfg     Config
	handler Handler
	log     *slog.Logger
	met     *metrics

	net       network
	tx        *transaction.Layer
	dialogs   *dialogs
	registrar *Registrar
	watchers  *watchers
	lines     lines
	gate      *gate
	door      door
	run       run
}

// door is what decides who is let in.
type door struct {
	digest   *digest.Server
	failures *digest.Failures
	stumbles *stumbles
	tagKey   []byte
	calls    *outgoing
	find     *resolve.Finder
	draining atomic.Bool
}

// run is the UA's life.
type run struct {
	crew  crew
	base  context.Context //nolint:containedctx // the parent of all dialogs' contexts
	stop  context.CancelCauseFunc
	over  chan struct{} // closed when nothing is answered any more
	local locals
}

// New makes a user agent, or returns every fault of its configuration. A nil
// handler refuses all calls, a nil logger is silent, a nil registerer counts for
// nobody.
func New(cfg Config, h Handler, log *slog.Logger, r prometheus.Registerer) (*UA, error) {
	return build(cfg, h, log, r, nil)
}

// build is New with a network of the caller's choice.
func build(cfg Config, h Handler, log *slog.Logger, r prometheus.Registerer, n network) (*UA, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if h == nil {
		h = nobody{}
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ua := &UA{cfg: cfg, handler: h, log: log, met: newMetrics(), net: n}
	ua.run.base, ua.run.stop = context.WithCancelCause(context.Background())
	ua.run.over = make(chan struct{})
	ua.run.crew.panicked = ua.panicked
	ua.run.local = newLocals(cfg.Advertise)
	if n == nil {
		ua.net = transport.New(cfg.network(ua.guard()))
	}
	ua.gate = newGate(cfg.Limits)
	ua.lines = newLines(cfg.Trunks)
	ua.dialogs = newDialogs()
	ua.door.find = resolve.New(cfg.Resolver)
	ua.door.digest = digest.NewServer(digest.Options{Realm: cfg.Realm, Secret: cfg.Auth.Secret, Life: cfg.Auth.NonceLife, Algorithms: cfg.Auth.Algorithms})
	ua.door.failures = digest.NewFailures()
	ua.door.stumbles = newStumbles()
	ua.door.tagKey = newSecret()
	ua.door.calls = newOutgoing()
	ua.tx = transaction.New(transaction.Options{
		Timers: transaction.Timers{T1: cfg.Timers.T1, T2: cfg.Timers.T2, T4: cfg.Timers.T4},
		User:   receiver{ua}, Pending: cfg.Limits.Pending,
		Meter: transaction.Meter{
			Resent:   func() { ua.met.retransmitted.WithLabelValues("out").Inc() },
			Repeated: func() { ua.met.retransmitted.WithLabelValues("in").Inc() },
			Stray:    func() { ua.met.drop("stray answer") },
		},
	})
	ua.registrar = newRegistrar(ua)
	ua.watchers = newWatchers(&ua.run.crew)
	ua.met.gauges(ua)
	return ua, ua.met.register(r)
}

// nobody refuses calls.
type nobody struct{}

func (nobody) ServeCall(_ context.Context, d *Dialog) { _ = d.Reject(&StatusError{Status: 404}) }

func (ua *UA) guard() transport.Guard {
	return transport.Guard{
		Admit:    func(source netip.AddrPort) bool { return ua.knows(source.Addr()) || ua.gate.stranger(source.Addr()) },
		Exempt:   ua.knows,
		Dropped:  ua.met.drop,
		Panicked: ua.panicked,
	}
}

// knows reports whether an address is a trunk's, a registered phone's, or one we
// called.
func (ua *UA) knows(addr netip.Addr) bool {
	return ua.lines.from(addr) != nil || ua.registrar.holds(addr) || ua.gate.friend(addr)
}

// panicked tells of a panic. The value is not logged: it may hold a message.
func (ua *UA) panicked(any) {
	ua.met.panics.Inc()
	ua.log.Error("panic caught", "stack", string(debug.Stack()))
}

// Listen binds all sockets; a port in use is an error that names it.
func (ua *UA) Listen(ctx context.Context) error { return ua.net.Listen(ctx) }

// Addr returns the first bound UDP address, which is the first TCP address too.
// It is invalid before Listen.
func (ua *UA) Addr() netip.AddrPort {
	if addrs := ua.net.Addrs(transport.UDP); len(addrs) > 0 {
		return addrs[0]
	}
	return netip.AddrPort{}
}

// AddrTLS returns the first bound TLS address; it is invalid without one.
func (ua *UA) AddrTLS() netip.AddrPort {
	if addrs := ua.net.Addrs(transport.TLS); len(addrs) > 0 {
		return addrs[0]
	}
	return netip.AddrPort{}
}

// Run serves after Listen until the context ends. Then it hangs up all dialogs
// with ErrStopped as the cause, waits for the handlers to return, and returns
// itself. A socket that is lost ends it too, with an error. It runs once.
func (ua *UA) Run(ctx context.Context) error {
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	lost := make(chan error, 1)
	var sockets sync.WaitGroup
	sockets.Go(func() { lost <- ua.net.Serve(serving, receiver{ua}) })
	for _, l := range ua.lines {
		ua.run.crew.Run(func() { ua.attend(ctx, l) })
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-lost:
		err = errors.Join(errors.New("serve SIP: a socket was lost"), err)
	}
	ua.stop(ctx)
	cancel()
	sockets.Wait()
	ua.tx.Close()
	close(ua.run.over)
	return err
}

// stop ends all dialogs and waits for their handlers, and shortly for the answers
// to our BYEs.
func (ua *UA) stop(ctx context.Context) {
	ua.door.draining.Store(true)
	for _, d := range ua.dialogs.all() {
		d.terminate(&EndError{Cause: ErrStopped, Reason: Reason{Protocol: "SIP", Cause: 503, Text: "Service stopped"}})
	}
	ua.run.stop(ErrStopped)
	ua.registrar.close()
	ua.watchers.close()
	ua.run.crew.close()
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*ua.cfg.Timers.T1)
	defer cancel()
	ua.dialogs.wait(patience)
}

// Drain turns draining on or off. While it is on, a new call is refused with 503
// and Retry-After unless an [Admitter] lets it in, and OPTIONS gets 503, so that
// trunks go elsewhere. Registrations and running calls go on.
func (ua *UA) Drain(on bool) { ua.door.draining.Store(on) }

// retryAfter is what callers are told while draining or overloaded.
const retryAfter = 10 * time.Second

// Registrar returns the registrations of this UA.
func (ua *UA) Registrar() *Registrar { return ua.registrar }
