package switchboard

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hotline/acd"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// helper is a supervisor in a talk.
type helper struct {
	companion
	id acd.AgentID

	turning  sync.Mutex // one change at a time
	listener *media.Listener
	speaker  *media.Speaker
	tape     *tape  // of its own, while heard by both; nil for none
	unhand   func() // ends its codes; nil while there are none

	// The rest is guarded by the talks.
	mode  Mode // empty while the phone rings
	since time.Time
}

func newHelper(o *circle, id acd.AgentID) *helper {
	return &helper{companion: newCompanion(o, string(id)), id: id}
}

// supervisorRing is how long a supervisor's phone rings: less than a browser waits.
const supervisorRing = 20 * time.Second

// come rings the supervisor's phone and lets it listen.
func (h *helper) come(ctx context.Context) error {
	c := h.circle.call
	offer, err := c.svc.Router.Engage(h.id, h.contact())
	if err != nil {
		return h.absent(ctx, err)
	}
	h.offer = offer
	if h.leg, err = c.svc.openLeg(c.file, event.RoleSupervisor, c.near()); err != nil {
		return h.absent(ctx, err)
	}
	ring, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go endWith(ring, h.quit, func() { cancel(&sip.EndError{Cause: sip.ErrLocal, Reason: sip.NormalClearing()}) })
	at := c.doorOf(offer)
	at.ring = supervisorRing
	if err = c.invite(ring, offer, at, h.leg); err == nil && at.opens != nil {
		err = at.opens(ring, h.leg)
	}
	if err != nil {
		return h.absent(ctx, err)
	}
	h.leg.audio.Limits(media.Limits{Quiet: agentSilence / 2, Lost: agentSilence})
	c.file.note(&event.Noted{Name: "supervision.began", Value: string(h.id)}) // before anything is heard
	if h.listener, err = h.circle.mix.Listen(h.leg.audio); err != nil {
		return h.absent(ctx, err)
	}
	c.svc.talks.came(h)
	h.overheard("D-OVERHEARD")
	go h.listen(context.WithoutCancel(ctx))
	return nil
}

// absent undoes what has been done for a supervisor who does not come.
func (h *helper) absent(ctx context.Context, why error) error {
	h.leave(ctx)
	select {
	case <-h.circle.over:
		return ErrNoTalk
	default:
		return fmt.Errorf("%w: %w", ErrNoPhone, why)
	}
}

// listen waits until the supervisor leaves or is sent home. It runs on its own goroutine, which the circle's Close waits for.
func (h *helper) listen(ctx context.Context) {
	h.stay()
	h.turning.Lock()
	defer h.turning.Unlock()
	f := &h.circle.call.svc.talks
	gone := f.left(h)
	h.listener.Leave()
	h.unjoin()
	h.filed(gone)
	h.overheard("D-NOT-OVERHEARD")
	h.leave(ctx)
}

// leave lets the supervisor's phone go.
func (h *helper) leave(ctx context.Context) {
	if h.part(ctx) && h.offer != nil {
		_ = h.circle.call.svc.Router.EndWrap(h.id) // there is nothing to write up
	}
	h.circle.call.svc.talks.dismissed(h)
	close(h.gone)
}

// turn makes the supervisor take part in a mode.
func (h *helper) turn(m Mode) error {
	h.turning.Lock()
	defer h.turning.Unlock()
	c, changed, err := h.circle.call.svc.talks.turn(h, m)
	if err != nil || !changed {
		return err
	}
	if err := h.hush(c.was); err != nil {
		return err
	}
	h.filed(c)
	switch m {
	case Whispering:
		return h.speak(c.staff)
	case Barging:
		return h.join()
	case Monitoring:
	}
	return nil
}

// hush makes the supervisor be heard by nobody.
func (h *helper) hush(was Mode) (err error) {
	switch was {
	case Whispering:
		h.speaker.Hush()
	case Barging:
		h.listener.Leave()
		h.unjoin()
		h.listener, err = h.circle.mix.Listen(h.leg.audio)
	case Monitoring:
	}
	if errors.Is(err, media.ErrClosed) {
		return ErrNoTalk
	}
	return err
}

// speak lets the counselor hear the supervisor.
func (h *helper) speak(staff *media.Party) (err error) {
	h.speaker, err = h.listener.Speak(staff)
	return err
}

// join lets both hear the supervisor, who is recorded apart and may key codes from now on.
func (h *helper) join() error {
	c := h.circle.call
	party, err := h.listener.Barge()
	if err != nil {
		return err
	}
	h.tape = c.svc.branch(c.tape, h.leg, "supervisor")
	c.svc.talks.joined(h, party)
	h.unhand = h.circle.hand(context.Background(), h.leg, string(h.id))
	return nil
}

// unjoin ends what join began besides being heard.
func (h *helper) unjoin() {
	if h.unhand != nil {
		h.unhand()
		h.unhand = nil
	}
	h.circle.call.tape.unbranch(h.tape)
	h.tape = nil
}

// filed files how long the supervisor took part in the mode that has ended.
func (h *helper) filed(e change) {
	c := h.circle.call
	c.file.note(&event.Noted{Name: "supervision." + string(e.was), Value: string(h.id) + " " + e.lasted.Round(time.Millisecond).String()})
	c.log.Info("supervision", "agent", h.id, "mode", e.was, "lasted", e.lasted)
}
