package ivr

import (
	"context"
	"time"
)

// Prompts every flow relies on.
const (
	promptSorry  = "P-SORRY-TECH" // a fault of ours; the caller goes to a person
	promptWrong  = "P-WRONG"      // a key that does nothing
	promptRetry  = "P-RETRY"      // a number that cannot be right
	promptMoment = "P-MOMENT"     // while a slow source is asked again
	promptLang   = "P-LANG-OWN"   // the key of a language, said in that language
	promptTaken  = "P-AP-TAKEN"   // somebody was quicker
	promptSoon   = "P-VM-SOON"    // a message is kept, and no time can be promised
)

// BuiltIn lists the prompts every flow relies on, besides those it names.
func BuiltIn() []string {
	return []string{promptSorry, promptWrong, promptRetry, promptMoment, promptLang, promptSoon, promptTaken}
}

// langKeys are the keys of the languages, as promptLang says them.
func langKeys() map[Key]Lang { return map[Key]Lang{'1': "zh-CN", '2': "yue", '3': "en"} }

// Times for keys.
const (
	firstKey     = 5 * time.Second
	nextKeyWait  = 4 * time.Second
	slowFirstKey = 15 * time.Second
	slowNextKey  = 6 * time.Second
	maxAgain     = 2  // repeats within one visit; more count as wrong keys
	maxAhead     = 32 // keys typed ahead that are remembered
)

// visit is one turn of a node: what it may say, ask and do.
type visit struct {
	*Runner
	flow *Flow
}

// words makes prompts of ids the engine itself says.
func (r *Runner) words(ids ...string) prompts {
	ps := make(prompts, len(ids))
	for i, id := range ids {
		ps[i].text = id
	}
	return ps
}

// compose builds a saying in the call's language.
func (v *visit) compose(ps prompts, with bindings) (Saying, error) {
	if len(ps) == 1 {
		if s, ok := v.flow.edition.whole[v.state.lang][ps[0].text]; ok {
			s.Marks = v.state.marks
			return s, nil
		}
	}
	s := sentence{edition: v.flow.edition, lang: v.state.lang, zone: v.call.Zone}
	s.value = func(name string) Value {
		if kept, ok := v.state.turn.memo[name]; ok {
			return kept
		}
		return v.state.vars[with.variable(name)]
	}
	for _, p := range ps {
		if err := s.add(p.text); err != nil {
			return Saying{}, err
		}
	}
	s.saying.Text, s.saying.Marks = s.text.String(), v.state.marks
	return s.saying, nil
}

// play says prompts. A key that interrupts them is kept for the next input.
// After a legal text only keys pressed after its last word count.
func (v *visit) play(ctx context.Context, ps prompts, with bindings) error {
	if len(ps) == 0 {
		return nil
	}
	s, err := v.compose(ps, with)
	if err != nil {
		return err
	}
	return v.send(ctx, s)
}

// send plays a saying.
func (v *visit) send(ctx context.Context, s Saying) error {
	if s.Keys == Drop {
		v.state.ahead = ""
	}
	if s.Keys == Interrupt && v.state.ahead != "" {
		return nil
	}
	key, err := v.phone.Say(ctx, s)
	if err != nil {
		return err
	}
	if key.Valid() && s.Keys != Drop {
		v.typed(key)
	}
	return nil
}

// typed remembers a key for the next input.
func (v *visit) typed(key Key) {
	if len(v.state.ahead) < maxAhead {
		v.state.ahead += key.String()
	}
}

// stage goes on to another question of the same node.
func (v *visit) stage(n int) Way {
	v.state.turn.stage, v.state.turn.silence, v.state.turn.wrong, v.state.turn.again = n, 0, 0, 0
	return Way{kind: wayStay}
}

// memo remembers a value until the node is left.
func (v *visit) memo(name string, value Value) {
	if v.state.turn.memo == nil {
		v.state.turn.memo = map[string]Value{}
	}
	v.state.turn.memo[name] = value
}

// recall is a value remembered in this visit.
func (v *visit) recall(name string) Value { return v.state.turn.memo[name] }

// assign fills a variable and files it.
func (v *visit) assign(name string, value Value, secret bool) {
	v.state.set(name, value)
	e := Event{Kind: Assigned, Name: name, Value: value.Text()}
	if secret {
		e.Value = ""
	}
	v.note(e)
}
