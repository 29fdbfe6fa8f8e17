package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"hotline/sip/internal/resolve"
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// attend looks after a trunk until the context ends: it keeps us registered and
// asks its servers whether they are there.
func (ua *UA) attend(ctx context.Context, l *line) {
	if l.Register {
		ua.run.crew.Run(func() { ua.keepRegistered(ctx, l) })
	}
	if len(l.servers) == 0 {
		return
	}
	every := l.Ping
	if every < 0 {
		every = time.Minute // only to know the servers' addresses
	}
	for was := true; ; {
		ua.inspect(ctx, l)
		if up := l.up(); up != was {
			was = up
			ua.log.Info("trunk changed", "trunk", l.Name, "up", up)
		}
		if !pause(ctx, every) {
			return
		}
	}
}

func pause(ctx context.Context, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// inspect finds the trunk's servers and asks each whether it is there.
func (ua *UA) inspect(ctx context.Context, l *line) {
	targets, err := l.targets(ctx, ua.door.find)
	if err != nil {
		ua.log.Warn("trunk's servers not found", "trunk", l.Name, "error", err)
		return
	}
	if l.Ping < 0 {
		return
	}
	for _, t := range targets {
		up := ua.ping(ctx, t)
		if ctx.Err() == nil {
			l.note(t.Addr, up)
		}
	}
}

// ping sends OPTIONS. Any answer but 503 within Timers.Silence shows that the
// server is there and takes calls.
func (ua *UA) ping(ctx context.Context, t resolve.Target) bool {
	ctx, cancel := context.WithTimeout(ctx, ua.cfg.Timers.Silence)
	defer cancel()
	f, err := ua.reach(ctx, destination{target: t}, 0)
	if err != nil {
		return false
	}
	m, err := ua.ask(ctx, ua.question("sip:"+hostPort(t), f), f)
	return err == nil && m.Status != 503
}

// question is an OPTIONS request outside any dialog.
func (ua *UA) question(uri string, f transport.Flow) *wire.Request {
	host := ua.host(f)
	return &wire.Request{
		Method: "OPTIONS", URI: uri, To: "<" + uri + ">", From: "<sip:" + wire.EscapeUser(ua.cfg.Product) + "@" + host + ">;tag=" + rand.Text(),
		CallID: rand.Text() + "@" + host, Seq: 1,
		Fields: []wire.Field{{Name: "Accept", Value: sdpType}, {Name: "Contact", Value: ua.contact(f, "")}, {Name: "User-Agent", Value: ua.cfg.Product}},
	}
}

// keepRegistered keeps the trunk registered; after a failure it tries again in 30 s.
func (ua *UA) keepRegistered(ctx context.Context, l *line) {
	server := l.Servers[0]
	host, _, _ := strings.Cut(server, ";")
	r := Registration{Server: server, Domain: host, User: l.Username, Password: l.Password, Changed: func(on bool) {
		l.setRegistered(on)
		ua.log.Info("trunk registration changed", "trunk", l.Name, "registered", on)
	}}
	for {
		reg, err := ua.Register(ctx, r)
		if err == nil {
			<-ctx.Done()
			reg.Close()
			return
		}
		if !errors.Is(err, context.Canceled) {
			ua.log.Warn("trunk not registered", "trunk", l.Name, "error", err)
		}
		if !pause(ctx, 30*time.Second) {
			return
		}
	}
}
