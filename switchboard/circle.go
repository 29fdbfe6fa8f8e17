package switchboard

import (
	"context"
	"errors"

	"hotline/media"
)

// circle is who takes part in a talk: the caller, the counselor, and supervisors who came in.
type circle struct {
	call *Call
	mix  *media.Mix
	over chan struct{} // closed when the talk is

	// The rest is guarded by the talks.
	staff   *media.Party // who serves the caller: the counselor, or the supervisor who takes over
	leg     *Leg         // of that one
	helpers []*helper
}

// meet lets caller and counselor hear each other. A private talk is not to be found by those who would listen.
func (c *Call) meet(leg *Leg) (*circle, error) {
	o := &circle{call: c, mix: media.NewMix(c.caller.audio), over: make(chan struct{}), leg: leg}
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

// after returns the supervisor who goes on with the caller when the talk has ended in a way: one who has joined the two. It
// is nil when nobody has, the caller has gone, or has been handed on.
func (o *circle) after(ctx context.Context, end error) *helper {
	var m *move
	if ctx.Err() != nil || errors.As(end, &m) {
		return nil
	}
	return o.call.svc.talks.heir(o)
}

// successor is a supervisor who goes on with the caller. As an error it is why a talk with another ended.
type successor struct{ *partner }

// Error says that a supervisor goes on.
func (*successor) Error() string { return "taken over by a supervisor" }
