package ivrtest

import (
	"fmt"
	"strings"

	"hotline/ivr/source"
)

// Script is a written call.
type Script struct {
	Name  string // the file
	About string
	Story []string // numbers of the stories it tells
	steps []step
}

// step is one line of a script.
type step struct {
	verb string
	args []string
	at   source.Position
}

func (s step) String() string { return strings.Join(append([]string{s.verb}, s.args...), " ") }

// Limits of a script.
const (
	maxScript = 64 << 10
	maxSteps  = 500
)

// Parse reads a script. The error holds every fault, with its line.
func Parse(name string, text []byte) (*Script, error) {
	var faults source.Faults
	s := &Script{Name: name}
	if len(text) > maxScript {
		faults.Add(source.Position{File: name}, "the script is larger than %d KiB", maxScript>>10)
		return nil, faults.Err()
	}
	for i, line := range strings.Split(string(text), "\n") {
		at := source.Position{File: name, Line: i + 1, Column: 1}
		words, err := fields(line)
		if err != nil {
			faults.Add(at, "%v", err)
			continue
		}
		if len(words) > 0 {
			s.add(step{verb: words[0], args: words[1:], at: at}, &faults)
		}
	}
	if len(s.steps) > maxSteps {
		faults.Add(source.Position{File: name}, "the script has more than %d lines", maxSteps)
	}
	if faults.Len() == 0 {
		s.whole(&faults)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// add checks a line and keeps it.
func (s *Script) add(st step, faults *source.Faults) {
	v, ok := verbs[st.verb]
	if !ok {
		faults.AddHint(st.at, source.Suggest(st.verb, verbNames()), "unknown line %q", st.verb)
		return
	}
	if len(st.args) < v.least || v.most >= 0 && len(st.args) > v.most {
		faults.Add(st.at, "%q is written: %s", st.verb, v.form)
		return
	}
	if v.check != nil {
		if err := v.check(st.args); err != nil {
			faults.Add(st.at, "%s: %v", st.verb, err)
			return
		}
	}
	switch st.verb {
	case "about":
		s.About = strings.Join(st.args, " ")
	case "story":
		s.Story = append(s.Story, st.args...)
	default:
		s.steps = append(s.steps, st)
	}
}

// whole wants one call in a script.
func (s *Script) whole(faults *source.Faults) {
	calls := 0
	for _, st := range s.steps {
		if st.verb == "dial" || st.verb == "start" {
			calls++
		}
	}
	if calls != 1 {
		faults.Add(source.Position{File: s.Name}, "a script is one call: one line dial or start is needed, here are %d", calls)
	}
}

// fields splits a line into words; quotes keep words together, # begins a
// comment unless it is a key.
func fields(line string) ([]string, error) {
	var out []string
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case quoted:
			word.WriteRune(r)
		case r == '#' && !begun && (len(out) == 0 || out[0] != "press"):
			return out, nil
		case r == ' ' || r == '\t' || r == '\r':
			if begun {
				out = append(out, word.String())
				word.Reset()
				begun = false
			}
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if quoted {
		return nil, fmt.Errorf("a quote is not closed")
	}
	if begun {
		out = append(out, word.String())
	}
	return out, nil
}
