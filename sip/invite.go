package sip

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotline/sip/internal/wire"
)

// Invite is a call to be placed.
type Invite struct {
	// To is whom to call: an Extension, a Mobile, an Emergency, a URI, or what
	// Ticket.Dial and Dialog.Recall return.
	To Destination
	// Offer is our session description; it must be there.
	Offer []byte
	// From is who calls, as the called side sees it. A trunk shows its own number
	// instead, whatever stands here.
	From Caller
	// Headers are added to the INVITE, values cleaned. Those that the protocol
	// needs cannot be set.
	Headers map[string]string
	// Progress is told of provisional answers above 100 and of the description
	// they may carry. It must not block.
	Progress func(code int, sdp []byte)
	// Rings is told of the place of every phone that rings, which Replaced takes
	// calls for. It must not block.
	Rings func(Place)
	// Credentials answer challenges of a URI's server.
	Credentials *Credentials
	// Silence is how long nothing at all may be heard before a place counts as
	// not reachable; Timers.Silence when 0.
	Silence time.Duration
	// Replaces is a call of ours with the same other side, whose place this one is
	// to take (RFC 3891).
	Replaces *Dialog
	// Replaced takes calls that ask for the place of this one, from when it rings;
	// see Dialog.OnReplace.
	Replaced func(ctx context.Context, by *Dialog)
	// For is the call that this one serves, if any. Its Max-Forwards is inherited
	// less one, so that calls between such services cannot go in circles; when
	// nothing is left, Invite fails with 483 (RFC 7332).
	For *Dialog
}

// Credentials are a user name and password for digest challenges.
type Credentials struct{ Username, Password string }

// reserved are headers that an Invite cannot set.
var reserved = map[string]bool{ // table
	"via": true, "from": true, "to": true, "call-id": true, "cseq": true, "contact": true, "max-forwards": true,
	"route": true, "record-route": true, "content-length": true, "content-type": true, "content-encoding": true,
	"authorization": true, "proxy-authorization": true, "require": true, "proxy-require": true, "supported": true,
	"allow": true, "session-expires": true, "min-se": true, "rseq": true, "rack": true, "replaces": true, "p-asserted-identity": true,
}

// Invite places a call and returns when it is answered, acknowledged and ready, or
// when it has failed. All phones of an extension are called at once; the first
// that answers has the call, the others are cancelled with Elsewhere as the reason,
// and one that answers all the same is hung up. The servers of a trunk are tried
// one after the other, the next on 503 and on silence.
//
// A refusal is a *StatusError, silence ErrUnreachable. When ctx ends before the
// answer, the call is cancelled with the Reason that the cause of ctx holds as an
// *EndError, and the cause is returned.
func (ua *UA) Invite(ctx context.Context, in Invite) (*Dialog, error) {
	d, err := ua.place(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("place call: %w", err)
	}
	return d, nil
}

func (ua *UA) place(ctx context.Context, in Invite) (*Dialog, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.Silence == 0 {
		in.Silence = ua.cfg.Timers.Silence
	}
	switch to := in.To.(type) {
	case Extension:
		return ua.toExtension(ctx, in, string(to))
	case Mobile:
		return ua.toMobile(ctx, in, string(to))
	case Emergency:
		return ua.toEmergency(ctx, in, string(to))
	case recalled:
		return ua.toCaller(ctx, in, to)
	case outside:
		if !ua.mayDialOut(to.extension) {
			return nil, ErrNotAllowed
		}
		return ua.toTrunk(ctx, in, to)
	case URI:
		if ua.cfg.Accounts != nil {
			return nil, ErrNotAllowed
		}
		return ua.toURI(ctx, in, string(to))
	default:
		return nil, ErrNotAllowed
	}
}

func (in *Invite) check() error {
	switch {
	case len(in.Offer) == 0:
		return errors.New("no offer")
	case in.For != nil && in.For.call != nil && in.For.Hops() == 0:
		return &StatusError{Status: 483}
	}
	for name := range in.Headers {
		if !wire.IsToken(name) || reserved[wire.Canonical(name)] {
			return fmt.Errorf("header %q cannot be set", name)
		}
	}
	return nil
}

// hops is the Max-Forwards of the INVITE; 0 stands for the usual.
func (in *Invite) hops() int {
	if in.For == nil || in.For.call == nil {
		return 0
	}
	return max(1, in.For.Hops()-1)
}

// toExtension calls every phone of an extension at once, those that do not answer
// OPTIONS only when there is no other.
func (ua *UA) toExtension(ctx context.Context, in Invite, ext string) (*Dialog, error) {
	var places []destination
	for _, b := range ua.registrar.reachable(ext) {
		places = append(places, destination{
			uri: b.uri, flow: b.flow, to: "<sip:" + wire.EscapeUser(ext) + "@" + ua.host(b.flow) + ">",
			origin: Origin{Extension: ext}, called: ext,
		})
	}
	if len(places) == 0 {
		return nil, ErrUnreachable
	}
	return ua.fork(ctx, in, places)
}

// toURI calls a URI from the command line or a test.
func (ua *UA) toURI(ctx context.Context, in Invite, s string) (*Dialog, error) {
	places, err := ua.locate(ctx, s)
	if err != nil {
		return nil, err
	}
	return ua.oneByOne(ctx, in, places, nil)
}

// oneByOne tries places until one takes or refuses the call: 503 and silence go on
// to the next (RFC 3263 section 4.3).
func (ua *UA) oneByOne(ctx context.Context, in Invite, places []destination, note func(destination, bool)) (*Dialog, error) {
	err := ErrUnreachable
	for _, p := range places {
		var d *Dialog
		if p.flow, err = ua.reach(ctx, p, len(in.Offer)); err == nil {
			d, err = ua.fork(ctx, in, []destination{p})
		}
		if ctx.Err() != nil {
			return nil, err
		}
		var refused *StatusError
		gone := errors.As(err, &refused) && refused.Status == 503 || errors.Is(err, ErrUnreachable)
		if note != nil {
			note(p, !gone)
		}
		if !gone {
			return d, err
		}
	}
	return nil, err
}
