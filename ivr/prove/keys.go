package prove

import (
	"context"
	"strings"
	"time"

	"hotline/ivr"
)

// press chooses a key: none, one that means something, or one that does not.
// Asking for a language and keying none is as hearing it again.
func (w *world) press(expect string) ivr.Key {
	options := []ivr.Key{ivr.NoKey}
	for _, k := range []byte(expect) {
		if ivr.Key(k) != ivr.KeyAgain || !strings.Contains(expect, ivr.KeyLanguage.String()) {
			options = append(options, ivr.Key(k))
		}
	}
	if wrong := strings.TrimLeft(ivr.AllKeys, expect); wrong != "" {
		options = append(options, ivr.Key(wrong[0]))
	}
	key := options[w.choose(len(options))]
	if key == ivr.NoKey {
		return key
	}
	w.tell("press ", key.String())
	switch {
	case !strings.ContainsRune(expect, rune(key)):
		w.fact("key wrong")
	case key == ivr.KeyPerson || key == ivr.KeyMessage || key == ivr.KeyLanguage || key == ivr.KeyAgain:
		w.factOf("key", key.String())
	default:
		w.fact("key other")
	}
	return key
}

// Input takes a key or a number, in every way it can come.
func (w *world) Input(ctx context.Context, r ivr.InputRequest) (ivr.Input, error) {
	if ctx.Err() != nil {
		return ivr.Input{}, context.Cause(ctx)
	}
	if r.Max > 1 {
		return w.number(r), nil
	}
	if r.Typed != "" {
		return ivr.Input{Keys: r.Typed, End: ivr.FullEnd}, nil
	}
	key := ivr.NoKey
	if w.line == nil || w.line.asked < maxAsked {
		key = w.press(r.Expect)
	}
	if r.Optional {
		w.excuse()
	}
	if w.line != nil {
		w.line.asked++
	}
	if key == ivr.NoKey {
		if !r.Optional {
			w.fact("silence")
		}
		w.tell("silence")
		return ivr.Input{}, nil
	}
	return ivr.Input{Keys: key.String(), End: ivr.FullEnd}, nil
}

// number keys a number that can be right, one that cannot, part of one, a wish
// for a person, or nothing.
func (w *world) number(r ivr.InputRequest) ivr.Input {
	done := ivr.Input{Keys: r.Example, End: ivr.StopEnd, Stop: ivr.KeyEnd}
	if len(r.Example) == r.Max {
		done = ivr.Input{Keys: r.Example, End: ivr.FullEnd}
	}
	ways := []struct {
		fact, line string
		in         ivr.Input
	}{
		{"key other", "press " + r.Example + "#", done},
		{"silence", "silence", ivr.Input{}},
		{"key wrong", "press 9\nsilence", ivr.Input{Keys: "9", End: ivr.PauseEnd}},
		{"key 0", "press 0#", ivr.Input{Keys: "0", End: ivr.StopEnd, Stop: ivr.KeyEnd}},
		{"key *", "press *", ivr.Input{End: ivr.StopEnd, Stop: ivr.KeyAgain}},
	}
	way := ways[w.choose(len(ways))]
	w.fact(way.fact)
	w.tell(way.line)
	return way.in
}

// Record hears a message, or nothing, or cannot.
func (w *world) Record(ctx context.Context, r ivr.RecordRequest) (ivr.RecordResult, error) {
	if ctx.Err() != nil {
		return ivr.RecordResult{}, context.Cause(ctx)
	}
	w.fact("record")
	switch w.choose(4) {
	case 0:
		w.tell("speak 10s")
		return ivr.RecordResult{ID: r.Class, Length: 10 * time.Second, Voice: 10 * time.Second}, nil
	case 1:
		w.tell("silence")
		w.fact("silence")
		return ivr.RecordResult{}, nil
	case 2:
		w.tell("press 0")
		w.fact("key 0")
		return ivr.RecordResult{Stop: ivr.KeyPerson}, nil
	default:
		w.tell("# nothing can be recorded")
		w.fact("away recorder")
		return ivr.RecordResult{}, errAway
	}
}
