package sip

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// outgoing counts the calls that extensions make to the outside.
type outgoing struct {
	mu     sync.Mutex
	day    string
	daily  map[outside]int // by extension and trunk
	atOnce map[outside]int
}

func newOutgoing() *outgoing {
	return &outgoing{daily: make(map[outside]int), atOnce: make(map[outside]int)}
}

// enter counts a call in, unless the extension has had enough.
func (o *outgoing) enter(ext string, t *Trunk) bool {
	key := outside{extension: ext, trunk: t.Name}
	o.mu.Lock()
	defer o.mu.Unlock()
	if today := time.Now().Format(time.DateOnly); today != o.day {
		o.day = today
		clear(o.daily)
	}
	if o.atOnce[key] >= t.AtOnce || t.Daily >= 0 && o.daily[key] >= t.Daily {
		return false
	}
	o.atOnce[key]++
	o.daily[key]++
	return true
}

func (o *outgoing) leave(ext string, t *Trunk) {
	key := outside{extension: ext, trunk: t.Name}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.atOnce[key]--; o.atOnce[key] <= 0 {
		delete(o.atOnce, key)
	}
}

// allowed reports whether a number may be dialled on a trunk: dialable, and with
// one of the trunk's prefixes.
func (t *Trunk) allowed(number string) bool {
	if !dialable(number) {
		return false
	}
	for _, p := range t.Prefixes {
		if p != "" && strings.HasPrefix(number, p) {
			return true
		}
	}
	return false
}

// toMobile calls the duty telephone of an account, by the rules of its trunk.
func (ua *UA) toMobile(ctx context.Context, in Invite, ext string) (*Dialog, error) {
	if ua.cfg.Accounts == nil {
		return nil, ErrNotAllowed
	}
	a, ok := ua.cfg.Accounts.Account(ext)
	if !ok || a.Mobile.Number == "" {
		return nil, ErrNotAllowed
	}
	return ua.toTrunk(ctx, in, outside{extension: ext, trunk: a.Mobile.Trunk, number: a.Mobile.Number})
}

// toEmergency calls for help.
func (ua *UA) toEmergency(ctx context.Context, in Invite, number string) (*Dialog, error) {
	for _, known := range ua.cfg.Emergency {
		if l := ua.lines.named(known.Trunk); known.Number == number && l != nil {
			return ua.onTrunk(ctx, in, l, number)
		}
	}
	return nil, ErrNotAllowed
}

// toCaller calls back somebody whose line dropped, by the prefixes of the trunk.
func (ua *UA) toCaller(ctx context.Context, in Invite, to recalled) (*Dialog, error) {
	l := ua.lines.named(to.trunk)
	if l == nil || !l.allowed(to.number) {
		return nil, ErrNotAllowed
	}
	return ua.onTrunk(ctx, in, l, to.number)
}

// toTrunk calls a number on a trunk, within the limits of number, day and
// simultaneous calls.
func (ua *UA) toTrunk(ctx context.Context, in Invite, to outside) (*Dialog, error) {
	l := ua.lines.named(to.trunk)
	if l == nil || !l.allowed(to.number) || !ua.door.calls.enter(to.extension, &l.Trunk) {
		return nil, ErrNotAllowed
	}
	d, err := ua.onTrunk(ctx, in, l, to.number)
	if err != nil {
		ua.door.calls.leave(to.extension, &l.Trunk)
		return nil, err
	}
	context.AfterFunc(d.ctx, func() { ua.door.calls.leave(to.extension, &l.Trunk) })
	return d, nil
}

func (ua *UA) onTrunk(ctx context.Context, in Invite, l *line, number string) (*Dialog, error) {
	targets, err := l.targets(ctx, ua.door.find)
	if err != nil {
		return nil, errors.Join(ErrUnreachable, err)
	}
	places := make([]destination, len(targets))
	for i, t := range targets {
		uri := "sip:" + number + "@" + hostPort(t)
		places[i] = destination{
			uri: uri, to: "<" + uri + ">", target: t, origin: Origin{Trunk: l.Name}, called: number, from: l.From, auth: l.auth,
		}
	}
	return ua.oneByOne(ctx, in, places, func(p destination, up bool) { l.note(p.target.Addr, up) })
}
