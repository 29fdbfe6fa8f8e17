package ivrtest

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"hotline/ivr"
)

// Reading is how long it takes to say a text: about four Chinese characters or
// two and a half words a second.
func Reading(text string) time.Duration {
	var d time.Duration
	word := false
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			d += 250 * time.Millisecond
			word = false
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if !word {
				d += 400 * time.Millisecond
			}
			word = true
		default:
			word = false
		}
	}
	return d
}

// Say lets the caller hear a saying. The lines hear of the script are ticked
// off; a press that follows them happens during the words.
func (s *stage) Say(ctx context.Context, y ivr.Saying) (ivr.Key, error) {
	if ctx.Err() != nil {
		return ivr.NoKey, context.Cause(ctx)
	}
	s.settle()
	s.report.heard(y)
	s.hearing(y)
	if key, ok := s.interrupt(y); ok {
		s.pass(time.Second)
		return key, nil
	}
	if st, ok := s.peek(); ok && st.verb == "hangup" && y.Music == "" {
		s.pass(Reading(y.Text) / 2)
		s.take()
		return ivr.NoKey, s.leave(ctx)
	}
	if s.line != nil {
		return s.onHold(ctx, y)
	}
	s.pass(Reading(y.Text))
	return ivr.NoKey, ctx.Err()
}

// hearing ticks off the prompts the script waits for.
func (s *stage) hearing(y ivr.Saying) {
	for _, id := range y.Prompts {
		st, ok := s.peek()
		if !ok || st.verb != "hear" || st.args[0] != id {
			continue
		}
		if len(st.args) == 1 {
			s.take()
			continue
		}
		s.steps[0].args = slices.Clone(st.args[1:])
	}
}

// interrupt presses a key during the words.
func (s *stage) interrupt(y ivr.Saying) (ivr.Key, bool) {
	if s.typed == "" {
		st, ok := s.peek()
		early := ok && st.verb == "press" && len(st.args) == 2
		if !ok || st.verb != "press" || y.Keys == ivr.Drop && !early {
			return ivr.NoKey, false
		}
		s.press(s.take().args[0])
	}
	if y.Keys == ivr.Drop {
		s.typed = ""
	}
	if y.Keys != ivr.Interrupt {
		return ivr.NoKey, false
	}
	key := ivr.Key(s.typed[0])
	s.typed = s.typed[1:]
	return key, true
}

func (s *stage) press(keys string) {
	s.report.say("press " + keys)
	s.typed += keys
}

// Input takes the keys the script presses, or its silence.
func (s *stage) Input(ctx context.Context, r ivr.InputRequest) (ivr.Input, error) {
	if ctx.Err() != nil {
		return ivr.Input{}, context.Cause(ctx)
	}
	var in ivr.Input
	for _, k := range []byte(r.Typed) {
		if done := in.Take(r, ivr.Key(k)); done {
			return in, nil
		}
	}
	for {
		for s.typed != "" {
			key := ivr.Key(s.typed[0])
			s.typed = s.typed[1:]
			if in.Take(r, key) {
				return in, nil
			}
		}
		more, err := s.waitForKey(ctx, r, in.Keys != "")
		if err != nil || !more {
			if in.Keys != "" {
				in.End = ivr.PauseEnd
			}
			return in, err
		}
	}
}

// waitForKey plays the script up to the next key; false is silence.
func (s *stage) waitForKey(ctx context.Context, r ivr.InputRequest, begun bool) (bool, error) {
	limit := r.First
	if begun {
		limit = r.Next
	}
	s.settle()
	st, ok := s.peek()
	switch {
	case !ok || st.verb == "expect":
		s.pass(limit)
		return false, nil
	case st.verb == "press":
		s.pass(time.Second)
		s.press(s.take().args[0])
		return true, nil
	case st.verb == "silence" || begun:
		if st.verb == "silence" {
			s.take()
		}
		s.report.say("silence")
		s.pass(limit)
		return false, nil
	case st.verb == "hangup":
		s.take()
		return false, s.leave(ctx)
	case s.line != nil:
		s.pass(limit)
		return false, nil
	default:
		return false, s.fail(st, "the flow waits for a key (%s), the script goes on with: %s", strings.Join(s.report.last, " "), st)
	}
}

// Record keeps what the script's caller says.
func (s *stage) Record(ctx context.Context, r ivr.RecordRequest) (ivr.RecordResult, error) {
	if src := s.world.Sources["recorder"]; src.Broken {
		return ivr.RecordResult{}, errBroken
	}
	s.settle()
	s.report.recordings++
	take := ivr.RecordResult{ID: r.Class + "-" + string(rune('0'+s.report.recordings%10))}
	st, ok := s.peek()
	if ok && st.verb == "speak" {
		spoke, _ := time.ParseDuration(s.take().args[0])
		spoke = min(spoke, r.Limit)
		s.report.say("speak " + spoke.String())
		s.pass(spoke)
		take.Length, take.Voice = spoke, spoke
		st, ok = s.peek()
	}
	switch {
	case ok && st.verb == "hangup":
		s.take()
		return take, s.leave(ctx)
	case ok && st.verb == "press":
		s.press(s.take().args[0])
		take.Stop, s.typed = ivr.Key(s.typed[0]), s.typed[1:]
	case ok && st.verb == "silence":
		s.take()
	}
	return take, nil
}

// Note keeps an event.
func (s *stage) Note(e ivr.Event) { s.report.note(e) }
