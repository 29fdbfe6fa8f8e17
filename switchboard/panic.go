package switchboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/store/event"
)

// ErrNotSupervisor is returned to who may not say that a danger is over.
var ErrNotSupervisor = errors.New("only a supervisor may do that")

// ErrNoDanger means a call for which nobody has called for help.
var ErrNoDanger = errors.New("nobody called for help")

// Panic calls for help in the talk of a contact, for who is in it: the caller counts as in danger from now on and cannot be
// hung up on, the phones of all supervisors at work ring at once and after some seconds those of people on duty, and the first
// who answers joins the talk. When the caller's line drops, the caller is called back. It does not wait for any of it. A
// second call for help changes nothing while somebody comes. It returns ErrNoTalk and ErrPrivate.
func (s *Service) Panic(by acd.AgentID, contact acd.ContactID) error {
	o, err := s.talks.find(contact)
	if err == nil && !o.panic(string(by)) {
		err = ErrNoTalk
	}
	if err != nil {
		return fmt.Errorf("call for help: %w", err)
	}
	return nil
}

// StandDown says, for a supervisor, that the danger of a contact is over: the caller may be hung up on again, and the alarm is
// cleared, also that of a call that has ended. It returns ErrNotSupervisor, and ErrNoDanger when nobody called for help.
func (s *Service) StandDown(by acd.AgentID, contact acd.ContactID) error {
	if a, ok := s.Office.Agent(string(by)); !ok || a.Site != acd.Supervisor {
		return fmt.Errorf("stand down: %w", ErrNotSupervisor)
	}
	d, ok := s.dangers.take(contact)
	if !ok {
		return fmt.Errorf("stand down: %w", ErrNoDanger)
	}
	d.call.grip.release()
	s.talks.nudge(contact)
	d.call.file.note(&event.Noted{Name: "panic.over", Value: string(by)})
	s.Router.Calm(d.agent)
	return nil
}

// KeepSilent says that it is not safe to call the caller of a contact back, or that it is after all. by is the extension that
// says so, as filed. It returns ErrNoTalk and ErrPrivate.
func (s *Service) KeepSilent(by acd.AgentID, contact acd.ContactID, on bool) error {
	o, err := s.talks.find(contact)
	if err != nil {
		return fmt.Errorf("keep silent: %w", err)
	}
	o.call.keepSilent(string(by), on)
	return nil
}

func (c *Call) keepSilent(by string, on bool) {
	c.grip.hush(on)
	c.file.note(&event.Noted{Name: "redial.unsafe", Value: yesNo(on) + " by " + by})
}

// InDanger lists the contacts for which somebody called for help and that are not over, longest first.
func (s *Service) InDanger() []Danger { return s.dangers.list() }

// panic begins what a call for help means. It is false for a talk that is over, or that nobody may be let into.
func (o *circle) panic(by string) bool {
	c := o.call
	if c.private() {
		return false
	}
	if c.grip.hold(by) {
		c.inDanger(acd.AgentID(by))
	}
	return o.rally()
}

// inDanger makes the call one in danger, everywhere at once.
func (c *Call) inDanger(by acd.AgentID) {
	c.file.note(&event.Noted{Name: "panic", Value: string(by)})
	c.progress.mark(ivr.Marks{}.With(ivr.Danger))
	c.file.note(&event.Classified{Class: event.ClassDanger, Risk: "R3", By: string(by), Reason: "panic"})
	c.tape.raise(event.ClassDanger)
	contact := c.contact()
	if p := c.partner.Load(); p != nil && p.offer != nil {
		if err := p.offer.Learn(acd.Lesson{Add: acd.Danger}); err != nil {
			c.log.Error("danger not told to the router", "error", err)
		}
	}
	c.svc.dangers.add(contact, danger{call: c, agent: by, since: time.Now()})
	c.svc.Router.Distress(by, contact)
	c.log.Warn("call for help", "agent", by)
}

// panic is the code that calls for help.
func (h *hands) panic(string) []string {
	if !h.circle.panic(string(h.who)) {
		return []string{"D-NOT-HERE"}
	}
	return []string{"D-HELP-COMES"}
}

// standDown is the code by which a supervisor says that the danger is over.
func (h *hands) standDown(string) []string {
	switch err := h.call.svc.StandDown(h.who, h.call.contact()); {
	case errors.Is(err, ErrNotSupervisor):
		return []string{"D-SUPERVISOR"}
	case err != nil:
		return []string{"D-NOT-HERE"}
	}
	return []string{"D-DANGER-OVER"}
}

// unsafe is the code that says that the caller must not be called back.
func (h *hands) unsafe(string) []string {
	h.call.keepSilent(string(h.who), true)
	return []string{"D-REDIAL-NO"}
}

// safe is the code that says that the caller may be called back after all.
func (h *hands) safe(string) []string {
	h.call.keepSilent(string(h.who), false)
	return []string{"D-REDIAL-YES"}
}

// parting finds people for a caller who is held until the caller has gone or is held no more, and gives leave to hang up.
func (c *Call) parting(ctx context.Context, end error) (farewell, error) {
	for {
		line := c.here(ctx)
		leave, ok := c.grip.farewell(line)
		if ok {
			return leave, end
		}
		if end = c.keepOn(line); end != nil && line.Err() == nil {
			c.log.Error("nobody found for a caller in danger, tried again", "error", end)
			c.linger(line, rallyPause)
		}
	}
}

// keepOn finds somebody for a caller who is held: a supervisor, people on duty, or who is on the line.
func (c *Call) keepOn(ctx context.Context) error {
	p, err := c.vigil(ctx)
	if err != nil {
		return err
	}
	if p != nil {
		_, err = c.with(ctx, p)
		return err
	}
	return c.rescue(ctx, ivr.Result{Marks: c.progress.marked()})
}

// vigil keeps the caller until somebody who was called for help comes. It is nil when one round of them has not come.
func (c *Call) vigil(ctx context.Context) (*partner, error) {
	o, err := c.meet(nil, "")
	if err != nil {
		return nil, err
	}
	defer o.Close()
	if heir := o.vigil(ctx); heir != nil {
		return heir.yield(), nil
	}
	return nil, nil //nolint:nilnil // nobody is no fault
}

// linger lets the caller hear music for a while.
func (c *Call) linger(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	c.plainHold(ctx, nil)
	<-ctx.Done()
}

// supervisors are those at work.
func (s *Service) supervisors() (all []acd.AgentID) {
	for _, a := range s.Router.Snapshot().Agents {
		if a.Site == acd.Supervisor && a.Device != acd.DeviceGone {
			all = append(all, a.ID)
		}
	}
	slices.Sort(all)
	return all
}
