package switchboard

import (
	"context"
	"errors"
	"time"

	"hotline/acd"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// circle is who takes part in a talk: the caller, the counselor, and supervisors who came in.
type circle struct {
	call *Call
	mix  *media.Mix
	over chan struct{} // closed when the talk is

	// The rest is guarded by the talks.
	staff     *media.Party // who serves the caller: the counselor, or the supervisor who took over
	leg       *Leg         // of that one
	extension acd.AgentID
	helpers   []*helper
}

// meet lets caller and counselor hear each other. A private talk is not to be found by those who would listen.
func (c *Call) meet(leg *Leg, extension acd.AgentID) (*circle, error) {
	o := &circle{call: c, mix: media.NewMix(c.caller.audio), over: make(chan struct{}), leg: leg, extension: extension}
	_, err := o.mix.Join(c.caller.audio, media.JoinOptions{})
	if err == nil {
		o.staff, err = o.mix.Join(leg.audio, media.JoinOptions{})
	}
	if err != nil {
		o.mix.Close()
		return nil, err
	}
	o.mix.Music(media.Playlist{Prompts: []*media.Prompt{c.svc.Prompts.Music("hold")}})
	c.svc.talks.open(c.file.contact, o, c.flow != nil && c.flow.Private())
	return o, nil
}

// Close ends the talk for all who are left and waits until the supervisors' phones have hung up.
func (o *circle) Close() {
	helpers := o.call.svc.talks.close(o.call.file.contact, o)
	o.mix.Close()
	for _, h := range helpers {
		<-h.gone
	}
}

// after lets the counselor go, and returns the supervisor who goes on talking with the caller: one who has joined the
// two. It is nil when the caller has gone, or nobody has joined.
func (o *circle) after(ctx context.Context) *helper {
	if ctx.Err() != nil {
		return nil
	}
	return o.call.svc.talks.heir(o)
}

// carryOn is the talk of the caller with a supervisor who took it over. It returns as converse does.
func (o *circle) carryOn(ctx context.Context, h *helper) (event.Party, error) {
	c := o.call
	c.file.note(&event.Connected{Extension: string(h.id), Leg: h.leg.number})
	c.log.Info("call", "stage", "taken over", "agent", h.id)
	began := time.Now()
	by, err := event.PartyCaller, error(nil)
	select {
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-h.gone:
		by = event.PartyStaff
		if cause := context.Cause(h.leg.dialog.Context()); h.died || !errors.Is(cause, sip.ErrHungUp) && !errors.Is(cause, sip.ErrLocal) {
			by, err = event.PartyNetwork, errLostAgent
		}
	}
	c.file.note(&event.TalkEnded{Extension: string(h.id), Leg: h.leg.number, By: by, Talked: time.Since(began)})
	return by, err
}
