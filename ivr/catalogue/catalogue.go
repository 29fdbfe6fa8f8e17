package catalogue

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"hotline/ivr/source"
	"hotline/ivr/spoken"
)

// Catalogue is a set of prompts. It does not change once loaded.
type Catalogue struct {
	prompts map[string]*Prompt
}

// Load reads every prompt file of a folder; files named parts.yaml hold the
// words of spoken values and are left out. A prompt stands in one file only.
// The error holds every fault of every file.
func Load(fsys fs.FS, dir string) (*Catalogue, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	c := &Catalogue{prompts: map[string]*Prompt{}}
	var faults source.Faults
	for _, name := range names {
		if path.Base(name) == "parts.yaml" {
			continue
		}
		text, err := source.Open(fsys, name)
		if err != nil {
			faults.Take(name, err)
			continue
		}
		c.read(name, text, &faults)
	}
	return c, faults.Err()
}

// Parse reads one prompt file.
func Parse(name string, text []byte) (*Catalogue, error) {
	c := &Catalogue{prompts: map[string]*Prompt{}}
	var faults source.Faults
	c.read(name, text, &faults)
	return c, faults.Err()
}

// Prompt finds a prompt by its id.
func (c *Catalogue) Prompt(id string) (*Prompt, bool) {
	p, ok := c.prompts[id]
	return p, ok
}

// IDs lists every prompt, sorted.
func (c *Catalogue) IDs() []string { return slices.Sorted(maps.Keys(c.prompts)) }

func (c *Catalogue) read(name string, text []byte, faults *source.Faults) {
	root, err := source.Parse(name, text)
	if err != nil {
		faults.Take(name, err)
		return
	}
	if root.Kind != source.Map {
		faults.Add(root.Position, "a prompt file is a map from prompt ids to texts, here is %v", root.Kind)
		return
	}
	for _, f := range root.Fields {
		if old, ok := c.prompts[f.Key]; ok {
			faults.Add(f.At, "prompt %s stands here a second time; the first is at %v", f.Key, old.At)
			continue
		}
		p := &Prompt{ID: f.Key, At: f.At, Vars: map[string]Kind{}, texts: map[spoken.Lang]string{}, segments: map[spoken.Lang][]Segment{}}
		p.read(f, faults)
		c.prompts[f.Key] = p
	}
}

func (p *Prompt) read(f source.Field, faults *source.Faults) {
	if !validID(p.ID) {
		faults.Add(f.At, "a prompt id is made of capital letters, digits and hyphens, not %q", p.ID)
	}
	if f.Value.Kind != source.Map {
		faults.Add(f.Value.Position, "prompt %s needs a map of texts, here is %v", p.ID, f.Value.Kind)
		return
	}
	for _, field := range f.Value.Fields {
		p.field(field, faults)
	}
	if len(p.texts) == 0 {
		faults.Add(f.At, "prompt %s has no text", p.ID)
	}
	p.agree(faults)
}

func validID(id string) bool {
	return id != "" && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

func (p *Prompt) field(f source.Field, faults *source.Faults) {
	text := f.Value.Text
	switch f.Key {
	case "zh-CN", "yue", "en":
		if f.Value.Kind != source.Scalar || strings.TrimSpace(text) == "" {
			faults.Add(f.Value.Position, "prompt %s has no words in %s", p.ID, f.Key)
			return
		}
		p.texts[spoken.Lang(f.Key)] = strings.TrimSpace(text)
		p.segments[spoken.Lang(f.Key)] = p.split(spoken.Lang(f.Key))
	case "legal":
		p.Legal = flag(f, faults)
	case "whisper":
		p.Whisper = flag(f, faults)
	case "spoken-by":
		if text != "counselor" {
			faults.Add(f.Value.Position, "spoken-by can only be counselor, not %q", text)
		}
		p.SpokenBy = text
	case "vars":
		p.vars(f.Value, faults)
	default:
		known := []string{"zh-CN", "yue", "en", "legal", "whisper", "spoken-by", "vars"}
		faults.AddHint(f.At, source.Suggest(f.Key, known), "unknown field %q in prompt %s", f.Key, p.ID)
	}
}

func flag(f source.Field, faults *source.Faults) bool {
	if f.Value.Text != "true" && f.Value.Text != "false" {
		faults.Add(f.Value.Position, "%s is true or false, not %q", f.Key, f.Value.Text)
	}
	return f.Value.Text == "true"
}

func (p *Prompt) vars(n *source.Node, faults *source.Faults) {
	for _, f := range n.Fields {
		if !slices.Contains(Kinds(), f.Value.Text) {
			faults.AddHint(f.Value.Position, source.Suggest(f.Value.Text, Kinds()), "unknown kind %q of value {%s}", f.Value.Text, f.Key)
		}
		p.Vars[f.Key] = Kind(f.Value.Text)
	}
}

// agree compares the values written in the texts with those declared.
func (p *Prompt) agree(faults *source.Faults) {
	for _, lang := range slices.Sorted(maps.Keys(p.texts)) {
		used := map[string]bool{}
		for _, s := range p.Segments(lang) {
			if strings.ContainsAny(s.Text, "{}") {
				faults.Add(p.At, "prompt %s has a stray brace in %s; a value is written {name}", p.ID, lang)
			}
			if s.Var == "" {
				continue
			}
			used[s.Var] = true
			if _, ok := p.Vars[s.Var]; !ok {
				faults.AddHint(p.At, source.Suggest(s.Var, slices.Collect(maps.Keys(p.Vars))),
					"prompt %s speaks {%s} in %s but does not say what kind of value it is", p.ID, s.Var, lang)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.Vars)) {
			if !used[name] {
				faults.Add(p.At, "prompt %s does not speak {%s} in %s", p.ID, name, lang)
			}
		}
	}
}
