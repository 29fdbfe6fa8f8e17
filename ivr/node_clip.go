package ivr

import (
	"context"

	"hotline/ivr/source"
)

// clipNode is the library of the Civil Code: the caller picks a topic and
// hears a clip. Any key is enough of it.
type clipNode struct {
	Clip        prompts   `flow:"clip" doc:"asks for a topic"`
	Topics      keyLabels `flow:"topics" doc:"the topic behind each key"`
	Then        Way       `flow:"then" doc:"a clip was heard"`
	Silence     Way       `flow:"silence" doc:"after as many questions without a key"`
	Wrong       Way       `flow:"wrong" doc:"after as many keys without a meaning"`
	Unavailable Way       `flow:"unavailable" doc:"there is no clip"`
}

// keyLabels are names by key.
type keyLabels []struct {
	key  Key
	name label
}

func (k *keyLabels) read(r *reader, n *source.Node) {
	if n.Kind != source.Map {
		r.faults.Add(n.Position, "a map from telephone keys to names is needed, here is %v", n.Kind)
	}
	for _, f := range n.Fields {
		if len(f.Key) != 1 || !Key(f.Key[0]).Valid() {
			r.faults.Add(f.At, "%q is not among the telephone keys 0-9, * and #", f.Key)
			continue
		}
		var l label
		l.read(r, f.Value)
		*k = append(*k, struct {
			key  Key
			name label
		}{Key(f.Key[0]), l})
	}
}

func (k *keyLabels) shape() schema {
	return schema{"type": "object", "propertyNames": schema{"pattern": "^[0-9*#]$"}, "additionalProperties": named()}
}

func (k keyLabels) keys() string {
	keys := ""
	for _, e := range k {
		keys += e.key.String()
	}
	return keys
}

func (k keyLabels) find(key Key) string {
	for _, e := range k {
		if e.key == key {
			return e.name.text
		}
	}
	return ""
}

func (n *clipNode) step(ctx context.Context, v *visit) (Way, error) {
	key, way, err := v.ask(ctx, question{prompts: n.Clip, keys: n.Topics.keys(), silence: n.Silence, wrong: n.Wrong, tries: 2})
	if err != nil || key == NoKey {
		return way, err
	}
	clip, ok, err := v.clip(ctx, n.Topics.find(key))
	if err != nil || !ok {
		return n.Unavailable, err
	}
	s := sentence{edition: v.flow.edition, lang: v.state.lang}
	s.clip(clip)
	s.saying.Prompts, s.saying.Text, s.saying.Marks = []string{clip}, s.text.String(), v.state.marks
	if err := v.send(ctx, s.saying); err != nil {
		return Way{}, err
	}
	heard := "whole"
	if v.pending(1) != "" {
		heard = "cut"
	}
	v.note(Event{Kind: Played, Name: clip, Value: heard})
	return n.Then, nil
}

// clip picks a clip of the library.
func (v *visit) clip(ctx context.Context, topic string) (id string, ok bool, err error) {
	clip, ok, err := behind(ctx, v, "clips", func(ctx context.Context) (Clip, error) {
		if v.call.Desk.Clips == nil {
			return Clip{}, errAway
		}
		return v.call.Desk.Clips.Clip(ctx, topic, v.state.lang)
	})
	return clip.ID, ok && clip.ID != "", err
}
