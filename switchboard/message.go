package switchboard

import (
	"context"
	"time"

	"hotline/ivr"
	"hotline/media"
	"hotline/store/event"
)

// Record keeps what the caller says in a recording of its own; see ivr.Phone. The call's own recording is silent
// meanwhile: nothing is kept twice.
func (c *Call) Record(ctx context.Context, r ivr.RecordRequest) (ivr.RecordResult, error) {
	if c.private() {
		return ivr.RecordResult{}, errPrivate
	}
	beep := media.Playlist{Prompts: []*media.Prompt{c.svc.Prompts.Tone("beep")}}
	if err := c.caller.audio.Play(ctx, beep); err != nil {
		return ivr.RecordResult{}, playError(ctx, err)
	}
	c.caller.dropKeys()
	class := event.RecordingVoicemail
	if r.Class == "comment" {
		class = event.RecordingSurvey
	}
	c.tape.detach(c.caller.Leg)
	take := c.svc.record(c.file, class, 1, "caller", c.log)
	take.attach(c.caller.Leg, callerChannel)
	spoken := c.caller.audio.Spoke()
	err := c.listen(ctx, r)
	take.detach(c.caller.Leg)
	result := ivr.RecordResult{ID: take.id().String(), Voice: c.caller.audio.Spoke() - spoken}
	result.Length = take.close(ctx)
	c.tape.attach(c.caller.Leg, callerChannel)
	if r.Replaces != "" {
		c.file.note(&event.Noted{Name: "message_replaced", Value: r.Replaces})
	}
	if !take.running() && err == nil {
		err = errNotRecorded
	}
	return result, err
}

// listen waits until the caller has finished: a key, the limit, or a long silence after some speech.
func (c *Call) listen(ctx context.Context, r ivr.RecordRequest) error {
	for deadline := time.Now().Add(r.Limit); ; {
		left := time.Until(deadline)
		if left <= 0 {
			return nil
		}
		before := c.caller.audio.Spoke()
		key, err := c.caller.nextKey(ctx, min(left, pause))
		if err != nil {
			return err
		}
		if containsKey(r.Stop, key) {
			return nil
		}
		if !key.Valid() && c.caller.audio.Spoke() == before {
			return nil
		}
	}
}

func containsKey(keys string, k ivr.Key) bool {
	for _, b := range []byte(keys) {
		if ivr.Key(b) == k {
			return true
		}
	}
	return false
}

// pause is a silence after which a message is over.
const pause = 8 * time.Second
