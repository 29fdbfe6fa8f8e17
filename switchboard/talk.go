package switchboard

import (
	"context"
	"errors"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// errLostAgent means that the counselor's phone died in mid-talk and the caller is still there.
var errLostAgent = errors.New("counselor's phone lost")

// agentSilence is how long a counselor's phone may send nothing before it counts as dead: the caller is back in line
// within 15 s of its last packet.
const agentSilence = 12 * time.Second

// talk joins caller and counselor until either leaves.
func (c *Call) talk(ctx context.Context, agent *Leg, offer *acd.Offer, waited time.Duration) (ivr.QueueResult, error) {
	c.progress.at(event.StageTalk)
	c.progress.came(event.OutcomeAnswered)
	agent.audio.Limits(media.Limits{Quiet: agentSilence / 2, Lost: agentSilence})
	circle, err := c.meet(agent, offer.Agent)
	if err != nil {
		c.log.Error("not joined", "error", err)
		agent.hangUp(ctx, sip.NormalClearing())
		offer.Lost()
		return ivr.QueueResult{}, errLostAgent
	}
	defer circle.Close()
	c.tape.attach(agent, staffChannel)
	extension := string(offer.Agent)
	c.file.note(&event.Connected{Queue: queueOf(offer), Extension: extension, Leg: agent.number, Waited: waited})
	c.log.Info("call", "stage", "talk", "agent", extension)
	began := time.Now()
	by, err := c.converse(ctx, agent)
	heir := circle.after(ctx)
	if heir != nil {
		by = event.PartyStaff
	}
	c.tape.detach(agent)
	held := agent.heldFor()
	c.file.note(&event.TalkEnded{
		Extension: extension, Leg: agent.number, By: by, Held: held, Talked: max(time.Since(began)-held, 0),
	})
	agent.hangUp(ctx, sip.NormalClearing())
	if heir != nil {
		offer.Finish()
		by, err = circle.carryOn(ctx, heir)
	}
	c.progress.parted(by)
	if errors.Is(err, errLostAgent) {
		offer.Lost()
		return ivr.QueueResult{}, err
	}
	offer.Finish()
	return ivr.QueueResult{Outcome: ivr.Served}, err
}

// converse waits until either side leaves, and says who.
func (c *Call) converse(ctx context.Context, agent *Leg) (event.Party, error) {
	line := agent.audio.Line()
	for {
		select {
		case <-ctx.Done():
			return leaver(context.Cause(ctx)), context.Cause(ctx)
		case <-agent.dialog.Context().Done():
			switch cause := context.Cause(agent.dialog.Context()); {
			case errors.Is(cause, sip.ErrHungUp):
				return event.PartyStaff, nil
			case errors.Is(cause, sip.ErrStopped): // the caller's dialog ends in the same moment
				<-ctx.Done()
				return event.PartySystem, context.Cause(ctx)
			}
			return event.PartyNetwork, errLostAgent
		case <-agent.audio.Done():
			return event.PartySystem, errLostAgent
		case state, open := <-line:
			if !open {
				line = nil
			}
			if open && state == media.Lost {
				return event.PartyNetwork, errLostAgent
			}
		}
	}
}

// leaver is who ended the caller's side.
func leaver(cause error) event.Party {
	var end *sip.EndError
	if errors.As(cause, &end) {
		return blame(end, event.PartyCaller)
	}
	return event.PartySystem
}
