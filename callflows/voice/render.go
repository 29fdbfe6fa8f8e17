package voice

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hotline/callflows/voice/sound"
)

// chain names the steps from the engine's sound to the file; a change of them that
// can be heard raises it, and every rendering becomes due again.
const chain = "1"

// Render has the engine speak lines and keeps the sounds in the centre's folder.
// Without names it takes every line whose rendering is missing or stale, or was
// made another way, and that no person has recorded. With names (as in
// [Line.Name]) it takes these in every language, whatever their state. It tells
// each line as it is done; what was done before an error is kept.
func (s *Studio) Render(ctx context.Context, engine Engine, names []string, done func(Status)) error {
	due, err := s.due(engine, names)
	if err != nil {
		return err
	}
	for i, l := range due {
		if err = s.render(ctx, engine, l); err != nil {
			err = fmt.Errorf("render %s: %w", l.Key(), err)
			break
		}
		done(s.rendering(l))
		// Save now and then: an interrupted run need not begin again.
		if i%100 == 99 {
			if err = s.save(); err != nil {
				break
			}
		}
	}
	if len(due) == 0 {
		return err
	}
	return errors.Join(err, s.save())
}

// due lists the lines to render.
func (s *Studio) due(engine Engine, names []string) ([]Line, error) {
	var due []Line
	for _, l := range s.book.lines {
		st := s.rendering(l)
		old := st.State != Rendered || st.Entry.Said != s.said(engine, l)
		if len(names) == 0 && old && s.Status(l).State != Recorded {
			due = append(due, l)
		}
	}
	for _, name := range names {
		var missing error
		found := false
		for _, lang := range Langs() {
			l, err := s.book.Find(lang, name)
			if err != nil {
				missing = err
				continue
			}
			found = true
			due = append(due, l)
		}
		if !found {
			return nil, missing
		}
	}
	return due, nil
}

// said identifies what the engine is asked to say, and how.
func (s *Studio) said(engine Engine, l Line) string {
	var b strings.Builder
	fmt.Fprintln(&b, chain, engine.Name(), engine.Setting(l.Lang), l.finish())
	for _, st := range s.readings.script(l) {
		fmt.Fprintln(&b, st.words, st.pause)
	}
	return hash([]byte(b.String()))
}

func (s *Studio) render(ctx context.Context, engine Engine, l Line) error {
	spoken, err := s.speak(ctx, engine, l)
	if err != nil {
		return err
	}
	if !l.silent() {
		if faults := spoken.Measure().Faults(l.want()); len(faults) > 0 {
			return errors.New(strings.Join(faults, ", "))
		}
	}
	raw, err := spoken.Encode()
	if err != nil {
		return err
	}
	return s.keep(l.rendered(), raw, Entry{
		Text:    l.Hash(),
		Said:    s.said(engine, l),
		Seconds: seconds(spoken.Duration()),
		Speaker: engine.Name(),
	})
}

// speak has each stretch said and mastered, with the pauses between.
func (s *Studio) speak(ctx context.Context, engine Engine, l Line) (sound.Sound, error) {
	all := sound.Sound{Rate: sound.Rate}
	script := s.readings.script(l)
	for i, st := range script {
		if st.words != "" {
			said, err := engine.Speak(ctx, l.Lang, st.words)
			if err != nil {
				return sound.Sound{}, err
			}
			all = sound.Join(all, said.Master(l.finish()))
		}
		if i < len(script)-1 || l.silent() {
			all = sound.Join(all, sound.Silence(st.pause))
		}
	}
	return all, nil
}
