package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/resolve"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// Registration is what a phone or a trunk registers.
type Registration struct {
	// Server is the registrar: "host[:port][;transport=udp|tcp|tls]".
	Server string
	// Domain is the domain of the address of record; the server's host when empty.
	Domain string
	// User is the user of the address of record and of the credentials.
	User, Password string
	// Expires is asked for, 600 s when 0; the registrar may shorten it.
	Expires time.Duration
	// Changed is told when the registration is made and when it is lost. It must
	// not block.
	Changed func(registered bool)
}

// Registered is a registration that is kept until closed.
type Registered struct {
	ua   *UA
	reg  Registration
	auth *digest.Client
	flow transport.Flow
	id   string
	tag  string
	seq  uint32
	on   bool

	cancel context.CancelFunc
	done   chan struct{}
	once   sync.Once
}

// Register registers with a registrar and keeps it so until Close or the end of
// Run. It returns when the registrar has agreed; a refusal is a *StatusError. The
// registration is renewed at half of its time and, once lost, tried again every
// 30 s at most.
func (ua *UA) Register(ctx context.Context, reg Registration) (*Registered, error) {
	if reg.Expires == 0 {
		reg.Expires = 10 * time.Minute
	}
	server, err := resolve.Parse(reg.Server)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	if reg.Domain == "" {
		reg.Domain = server.Host
		if strings.Contains(reg.Domain, ":") {
			reg.Domain = "[" + reg.Domain + "]"
		}
	}
	r := &Registered{
		ua: ua, reg: reg, auth: digest.NewClient(reg.User, reg.Password), id: rand.Text(), tag: rand.Text(), done: make(chan struct{}),
	}
	wait, err := r.renew(ctx, server, reg.Expires)
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	var life context.Context
	life, r.cancel = context.WithCancel(ua.run.base)
	if !ua.run.crew.Run(func() { r.keep(life, server, wait) }) {
		r.cancel()
		return nil, fmt.Errorf("register: %w", ErrStopped)
	}
	return r, nil
}

// keep renews until the context ends, then takes the registration back.
func (r *Registered) keep(ctx context.Context, s resolve.Server, wait time.Duration) {
	defer close(r.done)
	for pause(ctx, wait) {
		var err error
		if wait, err = r.renew(ctx, s, r.reg.Expires); err != nil && ctx.Err() == nil {
			r.changed(false)
			r.flow = nil // perhaps another server, or another connection
			wait = min(30*time.Second, 8*r.ua.cfg.Timers.T2)
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*r.ua.cfg.Timers.T1)
	defer cancel()
	if r.on {
		_, _ = r.renew(last, s, 0)
		r.changed(false)
	}
}

// Close takes the registration back and waits until that is done or given up.
func (r *Registered) Close() {
	r.once.Do(r.cancel)
	<-r.done
}

func (r *Registered) changed(on bool) {
	if r.on == on {
		return
	}
	r.on = on
	if r.reg.Changed != nil {
		r.reg.Changed(on)
	}
}

// renew sends one REGISTER, with credentials when asked for, to the first server
// that answers. It returns when to renew next.
func (r *Registered) renew(ctx context.Context, s resolve.Server, expires time.Duration) (time.Duration, error) {
	if r.flow != nil && alive(r.flow) {
		return r.over(ctx, r.flow, expires)
	}
	targets, err := r.ua.door.find.Find(ctx, s)
	if err != nil {
		return 0, errors.Join(ErrUnreachable, err)
	}
	for _, t := range targets {
		var f transport.Flow
		if f, err = r.ua.reach(ctx, destination{target: t}, 0); err != nil {
			continue
		}
		var wait time.Duration
		if wait, err = r.over(ctx, f, expires); err == nil {
			r.flow = f
			return wait, nil
		}
		if !errors.Is(err, ErrUnreachable) {
			break
		}
	}
	return 0, err
}

// over registers over one flow.
func (r *Registered) over(ctx context.Context, f transport.Flow, expires time.Duration) (time.Duration, error) {
	for tries := 0; ; tries++ {
		req := r.request(f, expires)
		if field, ok := r.auth.Field(req.Method, req.URI); ok {
			req.Fields = append(req.Fields, field)
		}
		m, err := r.send(ctx, req, f)
		switch {
		case err != nil:
			return 0, err
		case m.Status < 300:
			r.changed(expires > 0)
			return r.granted(m, expires) / 2, nil
		case (m.Status == 401 || m.Status == 407) && tries < 2 && r.auth.Learn(m) == nil:
		case m.Status == 423 && tries < 2:
			n, _ := m.Number("Min-Expires")
			expires = max(expires, time.Duration(n)*time.Second)
		default:
			return 0, refusal(m)
		}
	}
}

// send waits for the answer no longer than a registration is worth.
func (r *Registered) send(ctx context.Context, req *wire.Request, f transport.Flow) (*wire.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*r.ua.cfg.Timers.Silence)
	defer cancel()
	return r.ua.ask(ctx, req, f)
}

func (r *Registered) request(f transport.Flow, expires time.Duration) *wire.Request {
	r.seq++
	aor := "<sip:" + wire.EscapeUser(r.reg.User) + "@" + r.reg.Domain + ">"
	return &wire.Request{
		Method: "REGISTER", URI: "sip:" + r.reg.Domain, From: aor + ";tag=" + r.tag, To: aor, CallID: r.id, Seq: r.seq,
		Fields: []wire.Field{
			{Name: "Contact", Value: r.ua.contact(f, r.reg.User)},
			{Name: "Expires", Value: seconds(expires)},
			r.ua.allow(),
			{Name: "Supported", Value: r.ua.supported()},
			{Name: "User-Agent", Value: r.ua.cfg.Product},
		},
	}
}

// granted is the time the registrar gave our contact: the longest it names, since
// it may write our contact in its own way.
func (r *Registered) granted(m *wire.Message, asked time.Duration) time.Duration {
	granted := time.Duration(0)
	contacts, _ := m.Contacts()
	for _, c := range contacts {
		if c.URI.Number() != r.reg.User {
			continue
		}
		if s, ok := c.Params.Get("expires"); ok {
			if d, err := time.ParseDuration(s + "s"); err == nil {
				granted = max(granted, d)
			}
		}
	}
	if n, ok := m.Number("Expires"); ok && granted == 0 {
		granted = time.Duration(n) * time.Second
	}
	if granted <= 0 || granted > asked && asked > 0 {
		granted = max(asked, time.Minute)
	}
	return granted
}
