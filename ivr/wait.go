package ivr

import (
	"context"
	"time"
)

// positionDue tells whether the caller should hear the place: on entering, and
// then when it changed, not too often.
func (h *hold) positionDue() bool {
	if !h.plan.Position {
		return false
	}
	if h.told.at.IsZero() {
		return true
	}
	if h.call.Now().Sub(h.told.at) < positionEvery {
		return false
	}
	next := h.estimate(h.place.Place())
	return next.ahead != h.told.ahead || next.wait != h.told.wait
}

// estimate is what to tell: whole minutes rounded up, and never so much less
// than told before that the wait would have to have shrunk by more than it did.
func (h *hold) estimate(p Place) told {
	t := told{at: h.call.Now(), ahead: p.Ahead, real: p.Wait, wait: minutesUp(p.Wait)}
	if p.Wait > 0 && h.told.wait > 0 && h.told.real > p.Wait {
		t.wait = max(t.wait, minutesUp(h.told.wait-(h.told.real-p.Wait)))
	}
	return t
}

func minutesUp(d time.Duration) time.Duration {
	return (d + time.Minute - 1).Truncate(time.Minute)
}

// position tells the place in line.
func (h *hold) position(ctx context.Context) {
	h.told = h.estimate(h.place.Place())
	id := promptPosition
	switch {
	case h.told.ahead == 0:
		id = promptNext
	case h.told.wait > longWait:
		id = promptLong
	case h.told.wait == 0:
		id = promptAhead
	}
	s := sentence{edition: h.flow.edition, lang: h.state.lang, value: h.told.value}
	err := s.add(id)
	s.saying.Text, s.saying.Marks = s.text.String(), h.state.marks
	h.last = talk{}
	h.listen(ctx, s.saying, err)
}

// value fills {n} and {m} of the position prompts.
func (t told) value(name string) Value {
	if name == "m" {
		return Number(int64(t.wait / time.Minute))
	}
	return Number(int64(t.ahead))
}

// offerDue tells whether to offer a callback: when the wait is long or the
// crowd in front is, a few times only, and not to a caller who has come back to
// the line.
func (h *hold) offerDue() bool {
	if h.plan.Offer == 0 || h.offers >= maxOffers || h.state.loops[h.flow.Name()] > offerRounds || h.state.marks.Protected() {
		return false
	}
	if h.call.Now().Sub(h.offered) < offerEvery {
		return false
	}
	p := h.place.Place()
	return p.Wait > time.Duration(h.plan.Offer) || p.Ahead > crowd*max(p.Ready, 1)
}

// offer asks whether to call back; anything but yes waits on.
func (h *hold) offer(ctx context.Context) {
	h.offers, h.offered = h.offers+1, h.call.Now()
	key, err := h.choose(ctx)
	switch {
	case err != nil:
		h.listen(ctx, Saying{}, err)
	case key == '1':
		h.leave, h.pressed = h.callback, key
	case key != NoKey && key != '2':
		if err := h.answer(ctx, key); err != nil {
			h.listen(ctx, Saying{}, err)
		}
	}
}

func (h *hold) choose(ctx context.Context) (Key, error) {
	h.last = talk{}
	if err := h.play(ctx, h.words(promptOffer), nil); err != nil {
		return NoKey, err
	}
	in, err := h.phone.Input(ctx, InputRequest{
		First: h.first(0), Next: h.next(), Max: 1, Typed: h.pending(1), Expect: "12" + h.expected(), Optional: true, Marks: h.state.marks,
	})
	if err != nil || in.Keys == "" {
		return NoKey, err
	}
	if key := Key(in.Keys[0]); key != '1' && key != '2' {
		return key, nil
	}
	h.state.turn.keys += in.Keys
	return Key(in.Keys[0]), nil
}

func (h *hold) nextComfort() time.Time {
	t := h.plan.Comfort
	if h.comforted.Equal(h.begun) && t.After > 0 {
		return h.begun.Add(time.Duration(t.After))
	}
	return h.comforted.Add(time.Duration(t.Every))
}

func (h *hold) comfortDue() bool {
	return len(h.plan.Comfort.Say) > 0 && !h.call.Now().Before(h.nextComfort())
}

func (h *hold) nextClip() time.Time { return h.clipped.Add(time.Duration(h.plan.Clips)) }

func (h *hold) clipDue() bool {
	return h.plan.Clips > 0 && !h.noClips && !h.call.Now().Before(h.nextClip())
}

// clip plays one clip of the Civil Code; a library without one is not asked
// again.
func (h *hold) clip(ctx context.Context) {
	clip, err := within(ctx, patience, func(ctx context.Context) (Clip, error) {
		if h.call.Desk.Clips == nil {
			return Clip{}, nil
		}
		return h.call.Desk.Clips.Clip(ctx, "", h.state.lang)
	})
	if err != nil || clip.ID == "" {
		h.noClips = true
		return
	}
	s := sentence{edition: h.flow.edition, lang: h.state.lang, value: func(string) Value { return ClipOf(clip.ID) }}
	err = s.add(promptClip)
	s.saying.Text, s.saying.Marks = s.text.String(), h.state.marks
	h.last = talk{}
	h.note(Event{Kind: Played, Name: clip.ID})
	h.listen(ctx, s.saying, err)
	h.clipped = h.call.Now()
}
