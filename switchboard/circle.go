package switchboard

import (
	"context"
	"errors"
	"sync"

	"hotline/media"
	"hotline/store/event"
)

// circle is who takes part in a talk: the caller, the counselor, supervisors who came in and people who were invited.
type circle struct {
	call  *Call
	mix   *media.Mix
	over  chan struct{}  // closed when the talk is
	news  chan struct{}  // of capacity one: somebody has joined, or nobody will
	tasks sync.WaitGroup // that Close waits for

	// The rest is guarded by the talks.
	caller   *media.Party
	near     *Leg         // the caller's, or another after the line dropped
	staff    *media.Party // who serves the caller: the counselor, or the supervisor who takes over; nil for nobody
	leg      *Leg         // of that one
	who      string       // extension of that one; empty outside
	closed   bool
	by       event.Party   // who ended the talk for good; set before over is closed
	sides    []person      // other sides of a mediation, with calls of their own
	rallying chan struct{} // closed when the call for help ends that goes on; nil for none
	tried    bool          // a round of it was in vain
	helpers  []*helper
	guests   []*guest
	hands    []*hands     // of the house, who key codes
	rooms    []chamber    // in which some talk without the others
	locked   bool         // nobody comes in any more
	apart    *media.Room  // while counselor and guests talk without the caller
	aside    map[int]bool // by leg: who is in it
	muted    map[int]bool // by leg
}

// meet lets caller and counselor hear each other; without a counselor the caller waits for who comes. A private talk is not to be found by those who would listen.
func (c *Call) meet(leg *Leg, extension string) (*circle, error) {
	o := &circle{
		call: c, mix: media.NewMix(c.caller.audio), over: make(chan struct{}), news: make(chan struct{}, 1), near: c.caller.Leg, leg: leg, who: extension,
	}
	var err error
	if o.caller, err = o.mix.Join(c.caller.audio, media.JoinOptions{}); err == nil && leg != nil {
		o.staff, err = o.mix.Join(leg.audio, media.JoinOptions{})
	}
	if err != nil {
		o.mix.Close()
		return nil, err
	}
	o.mix.Music(media.Playlist{Prompts: []*media.Prompt{c.svc.Prompts.Music("hold")}})
	c.svc.talks.open(c.file.contact, o, c.private())
	return o, nil
}

// task does something beside the talk, on a goroutine that Close waits for. It is false when the talk is over.
func (o *circle) task(do func()) bool {
	f := &o.call.svc.talks
	f.mu.Lock()
	defer f.mu.Unlock()
	if !o.closed {
		o.tasks.Go(do)
	}
	return !o.closed
}

// Close ends the talk for all who are left and waits until the phones of whoever came in have hung up.
func (o *circle) Close() {
	all := o.call.svc.talks.close(o.call.file.contact, o)
	o.mix.Close()
	for _, m := range all {
		<-m.gone
	}
	o.tasks.Wait()
}

// after returns who goes on with the caller when the talk has ended in a way: a supervisor who has joined the two, or a
// colleague who was invited. It is nil when there is nobody, the caller has gone, or has been handed on.
func (o *circle) after(ctx context.Context, end error) *companion {
	var m *move
	if ctx.Err() != nil || errors.As(end, &m) {
		return nil
	}
	heir := o.call.svc.talks.heir(o)
	if heir != nil {
		o.together()
	}
	return heir
}

// successor is somebody who goes on with the caller. As an error it is why a talk with another ended.
type successor struct{ *partner }

// Error says that another goes on.
func (*successor) Error() string { return "taken over by another" }
