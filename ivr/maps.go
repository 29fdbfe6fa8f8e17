package ivr

import (
	"slices"
	"strings"

	"hotline/ivr/source"
	"hotline/ivr/spoken"
)

// bindings say which variable fills which value of a prompt: {opens: opens_at}.
// A value not named here is filled by the variable of the same name.
type bindings []binding

type binding struct {
	name string
	from variable
}

func (bs *bindings) read(r *reader, node *source.Node) {
	if node.Kind != source.Map {
		r.faults.Add(node.Position, "a map from a prompt's values to variables is needed, here is %v", node.Kind)
	}
	for _, f := range node.Fields {
		b := binding{name: f.Key}
		b.from.read(r, f.Value)
		*bs = append(*bs, b)
	}
}

func (bs *bindings) shape() schema {
	return schema{
		"type": "object", "propertyNames": schema{"pattern": variableForm.String()},
		"additionalProperties": (&variable{}).shape(),
	}
}

// variable is the variable that fills a prompt's value.
func (bs bindings) variable(value string) string {
	for _, b := range bs {
		if b.name == value {
			return b.from.text
		}
	}
	return value
}

// setting gives plain words to variables.
type setting []struct{ name, value string }

func (s *setting) read(r *reader, node *source.Node) {
	if node.Kind != source.Map {
		r.faults.Add(node.Position, "a map from variables to words is needed, here is %v", node.Kind)
	}
	for _, f := range node.Fields {
		if !variableForm.MatchString(f.Key) {
			r.faults.Add(f.At, "%q is not the name of a variable, small letters and underscores", f.Key)
		}
		value, _ := r.word(f.Value, "the word for a variable")
		*s = append(*s, struct{ name, value string }{f.Key, value})
	}
}

func (s *setting) shape() schema {
	return schema{
		"type": "object", "propertyNames": schema{"pattern": variableForm.String()},
		"additionalProperties": schema{"type": []string{"string", "integer", "boolean", "number"}, "minLength": 1},
	}
}

// given are the variables a flow expects from whoever starts it, with sorts.
type given []declared

type declared struct {
	name string
	sort Sort
}

func (g *given) read(r *reader, node *source.Node) {
	if node.Kind != source.Map {
		r.faults.Add(node.Position, "a map from variables to what they hold is needed, here is %v", node.Kind)
	}
	for _, f := range node.Fields {
		if !variableForm.MatchString(f.Key) {
			r.faults.Add(f.At, "%q is not the name of a variable, small letters and underscores", f.Key)
		}
		*g = append(*g, declared{f.Key, Sort(choose(r, f.Value, Sorts()...))})
	}
}

func (g *given) shape() schema {
	return schema{
		"type": "object", "propertyNames": schema{"pattern": variableForm.String()},
		"additionalProperties": oneOfWords(Sorts()...),
	}
}

// words are a list of names: the outcomes of a flow.
type words []name

func (w *words) read(r *reader, node *source.Node) {
	if node.Kind != source.List {
		r.faults.Add(node.Position, "a list of names is needed, here is %v", node.Kind)
	}
	for _, item := range node.Items {
		var n name
		n.load(r, item, "a name", nameForm)
		*w = append(*w, n)
	}
}

func (w *words) shape() schema { return schema{"type": "array", "items": named()} }

func (w words) has(text string) bool {
	return slices.ContainsFunc(w, func(n name) bool { return n.text == text })
}

func (w words) texts() []string {
	out := make([]string, len(w))
	for i, n := range w {
		out[i] = n.text
	}
	return out
}

// marking is a list of marks.
type marking struct{ marks Marks }

func (m *marking) read(r *reader, node *source.Node) {
	items := node.Items
	if node.Kind == source.Scalar {
		items = []*source.Node{node}
	}
	for _, item := range items {
		mark, ok := MarkNamed(item.Text)
		if !ok {
			r.faults.AddHint(item.Position, source.Suggest(item.Text, markNames()), "%q is no mark of a call", item.Text)
		}
		m.marks = m.marks.With(mark)
	}
}

func (m *marking) shape() schema {
	one := oneOfWords(markNames()...)
	return schema{"oneOf": []schema{one, {"type": "array", "items": one}}}
}

// language is one language.
type language struct{ lang Lang }

func (l *language) read(r *reader, node *source.Node) {
	l.lang = Lang(choose(r, node, langNames()...))
}
func (l *language) shape() schema { return oneOfWords(langNames()...) }

// languages are a flow's languages, the first one spoken when none is known.
type languages []Lang

func (l *languages) read(r *reader, node *source.Node) {
	if node.Kind != source.List || len(node.Items) == 0 {
		r.faults.Add(node.Position, "a list of languages is needed, here is %v", node.Kind)
	}
	for _, item := range node.Items {
		lang := Lang(choose(r, item, langNames()...))
		if lang != "" && slices.Contains(*l, lang) {
			r.faults.Add(item.Position, "%s stands here twice", lang)
		}
		*l = append(*l, lang)
	}
}

func (l *languages) shape() schema {
	return schema{"type": "array", "items": oneOfWords(langNames()...), "minItems": 1, "uniqueItems": true}
}

// keyLangs are languages by key, spoken from then on.
type keyLangs []struct {
	key  Key
	lang Lang
}

func (k *keyLangs) read(r *reader, node *source.Node) {
	if node.Kind != source.Map {
		r.faults.Add(node.Position, "a map from telephone keys to languages is needed, here is %v", node.Kind)
	}
	for _, f := range node.Fields {
		if len(f.Key) != 1 || !Key(f.Key[0]).Valid() {
			r.faults.Add(f.At, "%q is not among the telephone keys 0-9, * and #", f.Key)
			continue
		}
		lang := Lang(choose(r, f.Value, langNames()...))
		*k = append(*k, struct {
			key  Key
			lang Lang
		}{Key(f.Key[0]), lang})
	}
}

func (k *keyLangs) shape() schema {
	return schema{"type": "object", "propertyNames": schema{"pattern": "^[0-9*#]$"}, "additionalProperties": oneOfWords(langNames()...)}
}

func (k keyLangs) find(key Key) (Lang, bool) {
	for _, e := range k {
		if e.key == key {
			return e.lang, true
		}
	}
	return "", false
}

func (k keyLangs) keys() string {
	var b strings.Builder
	for _, e := range k {
		b.WriteString(e.key.String())
	}
	return b.String()
}

func langNames() []string {
	var out []string
	for _, l := range spoken.Langs() {
		out = append(out, string(l))
	}
	return out
}
