package ivr

import (
	"context"
	"slices"
	"time"
)

// Prompts every flow relies on.
const (
	promptSorry  = "P-SORRY-TECH" // a fault of ours; the caller goes to a person
	promptWrong  = "P-WRONG"      // a key that does nothing
	promptRetry  = "P-RETRY"      // a number that cannot be right
	promptMoment = "P-MOMENT"     // while a slow source is asked again
	promptLang   = "P-LANG-OWN"   // the key of a language, said in that language
	promptSoon   = "P-VM-SOON"    // a message is kept, and no time can be promised
)

// BuiltIn lists the prompts every flow relies on, besides those it names.
func BuiltIn() []string {
	return []string{promptSorry, promptWrong, promptRetry, promptMoment, promptLang, promptSoon}
}

// langKeys are the keys of the languages, as promptLang says them.
func langKeys() map[Key]Lang { return map[Key]Lang{'1': "zh-CN", '2': "yue", '3': "en"} }

// Times for keys.
const (
	firstKey     = 5 * time.Second
	nextKeyWait  = 4 * time.Second
	slowFirstKey = 15 * time.Second
	slowNextKey  = 6 * time.Second
	maxAgain     = 3  // repeats within one visit; more count as wrong keys
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
	s := sentence{edition: v.flow.edition, lang: v.state.lang}
	s.value = func(name string) Value { return v.state.vars[with.variable(name)] }
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

// question is something asked for one key.
type question struct {
	prompts prompts
	with    bindings
	each    []Saying // instead of prompts: composed already
	keys    string   // that mean something
	silence Way      // after as many tries without a key
	wrong   Way      // after as many wrong keys
	tries   tries
	wait    span // for the first key; the profile's own when 0
}

// ask says the question and takes one key of those that mean something. With
// no key the way says where to go: again, to a common key's place, or out.
func (v *visit) ask(ctx context.Context, q question) (Key, Way, error) {
	if err := v.pose(ctx, q); err != nil {
		return NoKey, Way{}, err
	}
	in, err := v.phone.Input(ctx, InputRequest{
		First: v.first(q.wait), Next: v.next(), Max: 1, Typed: v.pending(1),
		Expect: q.keys + v.common(q.keys), Marks: v.state.marks,
	})
	if err != nil {
		return NoKey, Way{}, err
	}
	if in.Keys == "" {
		return NoKey, v.silent(q.silence, q.tries), nil
	}
	key := Key(in.Keys[0])
	v.state.turn.keys += key.String()
	if key.in(q.keys) {
		return key, Way{}, nil
	}
	way, err := v.aside(ctx, key, q.wrong, q.tries, promptWrong)
	return NoKey, way, err
}

func (v *visit) pose(ctx context.Context, q question) error {
	for _, s := range q.each {
		if err := v.send(ctx, s); err != nil {
			return err
		}
	}
	return v.play(ctx, q.prompts, q.with)
}

// pending takes keys typed ahead.
func (v *visit) pending(most int) string {
	n := min(most, len(v.state.ahead))
	typed := v.state.ahead[:n]
	v.state.ahead = v.state.ahead[n:]
	return typed
}

func (v *visit) first(wait span) time.Duration {
	profile := firstKey
	if v.state.slow {
		profile = slowFirstKey
	}
	if wait > 0 && !v.state.slow {
		return time.Duration(wait)
	}
	return max(profile, time.Duration(wait))
}

func (v *visit) next() time.Duration {
	if v.state.slow {
		return slowNextKey
	}
	return nextKeyWait
}

// silent counts a question without an answer. A time-out is never a success.
func (v *visit) silent(out Way, most tries) Way {
	v.state.turn.silence++
	if v.state.turn.silence < int(most) {
		return Way{kind: wayStay}
	}
	return out
}

// wrongly counts a wrong answer, saying so first unless it was the last one.
func (v *visit) wrongly(ctx context.Context, out Way, most tries, say string) (Way, error) {
	v.state.turn.wrong++
	if v.state.turn.wrong >= int(most) {
		return out, nil
	}
	return Way{kind: wayStay}, v.play(ctx, v.words(say), nil)
}

// common lists the keys with one meaning everywhere that mean it here.
func (v *visit) common(taken string) string {
	keys := ""
	for _, k := range []Key{KeyPerson, KeyAgain, KeyLanguage, KeyMessage} {
		if !k.in(taken) && v.means(k) {
			keys += k.String()
		}
	}
	return keys
}

func (v *visit) means(k Key) bool {
	switch k {
	case KeyPerson:
		return v.has(wayPerson)
	case KeyMessage:
		return v.has(wayMessage)
	case KeyLanguage:
		return len(v.flow.Languages) > 1
	default:
		return k == KeyAgain
	}
}

// aside answers a key that the node itself has no use for: one of the keys
// with one meaning everywhere, or a wrong one.
func (v *visit) aside(ctx context.Context, key Key, wrong Way, most tries, say string) (Way, error) {
	if !v.means(key) {
		return v.wrongly(ctx, wrong, most, say)
	}
	if key == KeyPerson {
		return Way{kind: wayPerson}, nil
	}
	if key == KeyMessage {
		return Way{kind: wayMessage}, nil
	}
	v.state.turn.again++
	if v.state.turn.again > maxAgain {
		return v.wrongly(ctx, wrong, most, say)
	}
	if key == KeyLanguage {
		return Way{kind: wayStay}, v.changeLanguage(ctx)
	}
	return Way{kind: wayStay}, nil
}

// changeLanguage lets the caller choose a language, each named in itself.
// Anything but a language's key leaves the language as it is.
func (v *visit) changeLanguage(ctx context.Context) error {
	sayings, err := v.languageSayings()
	if err != nil {
		return err
	}
	for _, s := range sayings {
		if err := v.send(ctx, s); err != nil {
			return err
		}
	}
	in, err := v.phone.Input(ctx, InputRequest{
		First: v.first(0), Next: v.next(), Max: 1, Typed: v.pending(1), Expect: v.languageKeys(), Marks: v.state.marks,
	})
	if err != nil || in.Keys == "" {
		return err
	}
	v.state.turn.keys += in.Keys
	if lang, ok := langKeys()[Key(in.Keys[0])]; ok && slices.Contains(v.flow.Languages, lang) {
		v.speakIn(lang)
	}
	return nil
}

// languageSayings say each language's key in that language.
func (v *visit) languageSayings() ([]Saying, error) {
	var out []Saying
	for _, lang := range v.flow.Languages {
		s := sentence{edition: v.flow.edition, lang: lang, value: func(string) Value { return Value{} }}
		if err := s.add(promptLang); err != nil {
			return nil, err
		}
		s.saying.Text, s.saying.Marks = s.text.String(), v.state.marks
		out = append(out, s.saying)
	}
	return out, nil
}

func (v *visit) languageKeys() string {
	keys := ""
	for _, k := range []Key{'1', '2', '3'} {
		if slices.Contains(v.flow.Languages, langKeys()[k]) {
			keys += k.String()
		}
	}
	return keys
}

// speakIn goes on in a language the caller has chosen.
func (v *visit) speakIn(lang Lang) {
	v.state.lang, v.state.chosen = lang, true
	v.note(Event{Kind: Spoke, Value: string(lang)})
}

// stage goes on to another question of the same node.
func (v *visit) stage(n int) Way {
	v.state.turn.stage, v.state.turn.silence, v.state.turn.wrong, v.state.turn.again = n, 0, 0, 0
	return Way{kind: wayStay}
}

// assign fills a variable and files it.
func (v *visit) assign(name string, value Value, secret bool) {
	v.state.vars[name] = value
	e := Event{Kind: Assigned, Name: name, Value: value.Text()}
	if secret {
		e.Value = ""
	}
	v.note(e)
}
