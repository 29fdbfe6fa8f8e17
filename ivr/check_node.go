package ivr

import (
	"cmp"
	"slices"

	"hotline/ivr/source"
	"hotline/ivr/spoken"
)

// one looks at a node: what it names must be there, and it may have rules of
// its own.
func (c *checker) one() {
	c.names(c.node.Node, nil)
	if q, ok := c.node.Node.(*queueNode); ok {
		c.queue(q)
	}
	if n, ok := c.node.Node.(selfChecker); ok {
		n.check(c)
	}
}

// names follows every name in a struct's fields to what it names.
func (c *checker) names(ptr any, with bindings) {
	fields := fieldsOf(ptr)
	for _, f := range fields {
		if b, ok := f.value.(*bindings); ok {
			with = *b
		}
	}
	for _, f := range fields {
		switch v := f.value.(type) {
		case *prompt:
			c.prompt(*v, with)
		case *prompts:
			for _, p := range *v {
				c.prompt(p, with)
			}
		case *calendarName:
			c.known(v.name, "calendar", c.edition.calendars.Names())
		case *rosterName:
			c.known(v.name, "duty roster", c.edition.centre.Rosters)
		case *variable:
			c.variable(*v)
		case *waiting:
			c.names(v, nil)
			c.music(v)
		case *talk:
			c.names(v, nil)
		}
	}
}

// music wants the recording of the hold music.
func (c *checker) music(w *waiting) {
	name := w.Music.name
	name.text = cmp.Or(name.text, defaultMusic)
	if name.at.Line == 0 {
		name.at = c.node.at
	}
	if c.edition.music != nil {
		c.known(name, "hold music", c.edition.music)
	}
}

func (c *checker) known(n name, what string, known []string) bool {
	if n.text == "" || slices.Contains(known, n.text) {
		return true
	}
	c.faults.AddHint(n.at, source.Suggest(n.text, known), "there is no %s %q", what, n.text)
	return false
}

// variable wants a variable that something fills. One that a node fills itself
// counts: nodes may come back.
func (c *checker) variable(v variable) {
	if v.text == "" || c.vars[v.text] != "" {
		return
	}
	var known []string
	for name := range c.vars {
		known = append(known, name)
	}
	c.faults.AddHint(v.at, source.Suggest(v.text, known), "nothing in flow %q fills the variable %q", c.flow.Name(), v.text)
}

// queue wants a queue that is there, and in a minors' flow one that only
// qualified counselors serve.
func (c *checker) queue(n *queueNode) {
	if !c.known(n.Queue.name, "queue", c.edition.centre.QueueNames()) {
		return
	}
	if c.flow.Protected() && !c.edition.centre.Queues[n.Queue.text].Minors {
		c.faults.Add(n.Queue.at, "queue %q is open to counselors without the minors qualification; flow %q is for minors", n.Queue.text, c.flow.Name())
	}
	if n.Waiting.Position || n.Waiting.Offer > 0 || n.Waiting.Clips > 0 {
		for _, id := range WaitPrompts() {
			c.promptExists(c.node.at, id, c.flow.Languages)
		}
	}
	c.besides()
}

// prompt wants a prompt that can be said whole, in every language of the flow.
func (c *checker) prompt(p prompt, with bindings) {
	if p.text == "" || !c.promptExists(p.at, p.text, c.flow.Languages) {
		return
	}
	entry, _ := c.edition.prompts.Prompt(p.text)
	if entry.Whisper && c.flow.Listener != "staff" {
		c.faults.Add(p.at, "prompt %s is whispered to counselors and cannot be said to a caller", p.text)
	}
	if entry.SpokenBy != "" {
		c.faults.Add(p.at, "prompt %s is read by a %s and cannot be played", p.text, entry.SpokenBy)
	}
	for value, kind := range entry.Vars {
		sort, known := c.vars[with.variable(value)]
		switch {
		case !known:
			c.faults.Add(p.at, "prompt %s speaks {%s}, which nothing in flow %q fills", p.text, value, c.flow.Name())
		case sort != sortOf(kind):
			c.faults.Add(p.at, "prompt %s speaks {%s} as %s, but it holds a %s", p.text, value, kind, sort)
		case !c.filled(with.variable(value)):
			c.faults.Add(p.at, "prompt %s speaks {%s}, which is not filled on every way to node %q", p.text, value, c.node.name)
		}
	}
}

// filled tells whether a variable is filled on every way to the node, or by the
// node itself before it speaks.
func (c *checker) filled(variable string) bool {
	if g, ok := c.node.Node.(giver); ok {
		for _, d := range g.gives() {
			if d.name == variable {
				return true
			}
		}
	}
	return c.into[c.node.name][variable]
}

// promptExists wants words in every language.
func (c *checker) promptExists(at source.Position, id string, langs []Lang) bool {
	p, ok := c.edition.prompts.Prompt(id)
	if !ok {
		c.faults.AddHint(at, source.Suggest(id, c.edition.prompts.IDs()), "there is no prompt %s", id)
		return false
	}
	for _, lang := range langs {
		if !p.Has(lang) {
			c.faults.Add(at, "prompt %s has no words in %s", id, lang)
			ok = false
		}
	}
	return ok
}

// recordings wants the audio of every prompt: phrases and clips are chosen
// while a call runs.
func (c *checker) recordings() {
	for _, id := range c.edition.prompts.IDs() {
		p, _ := c.edition.prompts.Prompt(id)
		for _, lang := range spokenLangs() {
			for _, s := range p.Segments(lang) {
				if s.Audio != "" && p.SpokenBy == "" && !c.edition.audio.Has(lang, s.Audio) {
					c.faults.Add(p.At, "prompt %s has no audio in %s: audio/%s/%s.wav or .tts.wav is missing", id, lang, lang, s.Audio)
				}
			}
		}
	}
}

// spokenParts wants the sound of everything the grammar of values can say.
func (c *checker) spokenParts() {
	if c.edition.audio == nil {
		return
	}
	for _, lang := range spokenLangs() {
		for _, id := range spoken.Parts(lang) {
			if !c.edition.audio.Has(lang, "parts/"+id) {
				c.faults.Add(source.Position{File: audioDir}, "the spoken part %q has no audio in %s: audio/%s/parts/%s.wav or .tts.wav is missing", id, lang, lang, id)
			}
		}
	}
}

func spokenLangs() []Lang { return spoken.Langs() }
