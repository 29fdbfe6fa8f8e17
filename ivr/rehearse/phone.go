package rehearse

import (
	"context"
	"strings"
	"time"

	"hotline/ivr"
	"hotline/ivr/ivrtest"
)

// Say shows what is heard. In real time a line typed meanwhile interrupts it.
func (t *terminal) Say(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	if ctx.Err() != nil {
		return ivr.NoKey, context.Cause(ctx)
	}
	if s.Music != "" {
		return t.music(ctx, s)
	}
	t.print("  [%s] %s", strings.Join(s.Prompts, " "), strings.TrimSpace(s.Text))
	length := ivrtest.Reading(s.Text)
	if !t.Real {
		t.clock.Pass(length)
	} else if t.typed == "" {
		t.listen(ctx, length)
	}
	return t.interrupt(s.Keys), context.Cause(ctx)
}

// listen takes a line typed while something is said.
func (t *terminal) listen(ctx context.Context, length time.Duration) {
	until := time.Now().Add(length)
	for t.typed == "" && ctx.Err() == nil {
		line, typed := t.lines(ctx, time.Until(until))
		if !typed {
			return
		}
		if !t.command(line) {
			t.typed += strings.TrimSpace(line)
		}
	}
}

// interrupt is the key that stops the words, if one does.
func (t *terminal) interrupt(rule ivr.KeyRule) ivr.Key {
	switch {
	case rule == ivr.Drop:
		t.typed = ""
		return ivr.NoKey
	case rule == ivr.Keep || t.typed == "":
		return ivr.NoKey
	}
	key := ivr.Key(t.typed[0])
	t.typed = t.typed[1:]
	return key
}

// Input takes keys from the lines typed.
func (t *terminal) Input(ctx context.Context, r ivr.InputRequest) (ivr.Input, error) {
	t.typed = r.Typed + t.typed
	var in ivr.Input
	for ctx.Err() == nil {
		for t.typed != "" {
			key := ivr.Key(t.typed[0])
			t.typed = t.typed[1:]
			if in.Take(r, key) {
				return in, nil
			}
		}
		wait := r.First
		if in.Keys != "" {
			wait = r.Next
		}
		t.ask(r)
		line, typed := t.lines(ctx, wait)
		switch {
		case t.command(line):
		case !typed || strings.TrimSpace(line) == "":
			if in.Keys != "" {
				in.End = ivr.PauseEnd
			}
			return in, context.Cause(ctx)
		default:
			t.typed += strings.TrimSpace(line)
		}
	}
	return in, context.Cause(ctx)
}

// ask shows which keys mean something.
func (t *terminal) ask(r ivr.InputRequest) {
	if r.Max == 1 {
		t.print("  keys: %s", strings.Join(strings.Split(r.Expect, ""), " "))
		return
	}
	t.print("  a number, such as %s", r.Example+ending(r))
}

func ending(r ivr.InputRequest) string {
	if len(r.Example) < r.Max && strings.Contains(r.Stop, "#") {
		return "#"
	}
	return ""
}

// Record takes words typed as words spoken.
func (t *terminal) Record(ctx context.Context, r ivr.RecordRequest) (ivr.RecordResult, error) {
	t.print("  (recording) type what is said; Enter alone is nothing")
	line, _ := t.lines(ctx, r.Limit)
	take := ivr.RecordResult{ID: r.Class}
	if strings.Trim(line, ivr.AllKeys) == "" {
		if line != "" {
			take.Stop = ivr.Key(line[0])
		}
		return take, context.Cause(ctx)
	}
	take.Voice = max(ivrtest.Reading(line), time.Second)
	take.Length = take.Voice
	t.clock.Pass(take.Voice)
	return take, context.Cause(ctx)
}

// Note shows what is worth knowing of what is filed.
func (t *terminal) Note(e ivr.Event) {
	switch e.Kind {
	case ivr.Entered:
		t.print("-- %s: %s", e.Node, e.Where.Kind)
	case ivr.Marked, ivr.Agreed, ivr.Answered, ivr.Tapped, ivr.Message, ivr.Promised, ivr.Booked, ivr.Requested, ivr.Unserved, ivr.FaultEvent, ivr.Spoke:
		line := strings.Join(strings.Fields(string(e.Kind)+" "+e.Name+" "+e.Value), " ")
		if !e.Due.IsZero() {
			line += " by " + e.Due.Format("2006-01-02 15:04")
		}
		t.print("  (filed) %s", line)
	default:
	}
}
