package prove

import (
	"context"
	"errors"
	"strings"
	"time"

	"hotline/ivr"
)

// world is a telephone and an office that make every choice an oracle asks
// for, and write down what happened: facts for the rules, lines for people.
type world struct {
	oracle
	edition *ivr.Edition
	flow    *ivr.Flow // begun with
	now     time.Time
	facts   []string
	telling bool // lines are wanted
	lines   []string
	away    map[string]bool // sources that gave no answer in this step
	trouble int             // faults of ours before this step
	said    bool            // something was said in this step
	line    *line
	memory
}

// memory is what a world need not find out twice.
type memory struct {
	any    string // any phrase
	known  map[[2]string]string
	canSay map[string]bool
}

// line is a wait in this step.
type line struct {
	end    context.CancelFunc
	idle   int  // stretches in which the caller did nothing
	asked  int  // questions beside the wait
	acted  bool // the caller has done something: the wait ends now
	answer bool // somebody answered
}

// monday is when every walk begins: a working day, ten in the morning.
func monday() time.Time { return time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) }

// errFault is a fault of ours, such as audio that cannot be played.
var errFault = errors.New("a fault of ours")

// errAway is a source that gives no answer.
var errAway = errors.New("away")

// maxAsked is how many questions beside a wait are answered in every way;
// further ones are met with silence.
const maxAsked = 2

// maxIdle is how many stretches of a wait pass before it ends: enough to hear
// everything a wait says once.
const maxIdle = 4

func (w *world) fact(f string) { w.facts = append(w.facts, f) }

// factOf writes down a fact with a word.
func (w *world) factOf(sort, word string) {
	key := [2]string{sort, word}
	f, ok := w.known[key]
	if !ok {
		f = sort + " " + word
		if w.known == nil {
			w.known = map[[2]string]string{}
		}
		w.known[key] = f
	}
	w.fact(f)
}

// tell writes a line of the call, of words joined.
func (w *world) tell(words ...string) {
	if w.telling {
		w.lines = append(w.lines, strings.Join(words, ""))
	}
}

// begin starts a step.
func (w *world) begin(s ivr.State, told []uint8) {
	w.oracle.begin(told)
	w.now = monday()
	w.facts, w.lines = w.facts[:0], w.lines[:0]
	clear(w.away)
	w.trouble = s.Trouble()
	w.line, w.said = nil, false
}

// fails chooses a fault of ours, once a call, at the first thing a step does.
func (w *world) fails() bool {
	if w.trouble > 0 || w.line != nil || w.said {
		return false
	}
	w.said = true
	if w.choose(2) == 0 {
		return false
	}
	w.trouble++
	w.tell("# a fault of ours")
	return true
}

// Say lets the caller hear something, and press a key when keys mean something.
func (w *world) Say(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	if ctx.Err() != nil {
		return ivr.NoKey, context.Cause(ctx)
	}
	w.heard(s)
	if w.line != nil {
		return w.waiting(ctx, s)
	}
	if w.fails() {
		return ivr.NoKey, errFault
	}
	if s.Expect == "" {
		return ivr.NoKey, nil
	}
	defer w.excuse()
	return w.press(s.Expect), nil
}

// excuse makes a wrong key pressed where none was asked for a key like another.
func (w *world) excuse() {
	if n := len(w.facts) - 1; n >= 0 && w.facts[n] == "key wrong" {
		w.facts[n] = "key other"
	}
}

// heard writes down what is said, and whether it can be said in every language
// of the flow.
func (w *world) heard(s ivr.Saying) {
	if s.Music != "" {
		w.now = w.now.Add(s.For)
		return
	}
	if w.telling && len(s.Prompts) > 0 {
		w.tell("hear ", strings.Join(s.Prompts, " "))
	}
	for _, id := range s.Prompts {
		w.factOf("say", id)
		if !w.sayable(id) {
			w.fact("say missing")
			w.tell("# ", id, " cannot be said in every language")
		}
	}
}

func (w *world) sayable(id string) bool {
	can, known := w.canSay[id]
	if !known {
		can = w.lookSayable(id)
		if w.canSay == nil {
			w.canSay = map[string]bool{}
		}
		w.canSay[id] = can
	}
	return can
}

func (w *world) lookSayable(id string) bool {
	p, ok := w.edition.Prompts().Prompt(id)
	for _, lang := range w.flow.Languages {
		if !ok || !p.Has(lang) {
			return false
		}
		for _, part := range p.Segments(lang) {
			if part.Audio != "" && !w.edition.Audio().Has(lang, part.Audio) {
				return false
			}
		}
	}
	return true
}
