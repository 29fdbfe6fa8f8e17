package voice

import (
	"context"
	"fmt"
	"strings"
)

// A clip of its own is a sound that no prompt names, such as a term of a settlement: it is heard as it is written,
// whatever language is spoken around it.

func clipLine(lang, name, words string) Line {
	return Line{Lang: lang, Name: "clips/" + name, Text: words, Kind: Clip}
}

// ImportClip makes somebody's recording of words fit for the telephone and keeps it as a clip of its own, in the
// language and under the name given by the recording. It is refused for the same reasons as in Import.
func (s *Studio) ImportClip(ctx context.Context, words string, r Recording) error {
	l := clipLine(r.Lang, r.Name, words)
	if strings.TrimSpace(r.Speaker) == "" {
		return fmt.Errorf("import %s: say whose voice it is", l.Key())
	}
	taken, err := decode(ctx, r.Audio)
	if err != nil {
		return fmt.Errorf("import %s: %w", l.Key(), err)
	}
	raw, length, err := master(l, taken)
	if err != nil {
		return fmt.Errorf("import %s: %w", l.Key(), err)
	}
	return s.keepClip(l, raw, Entry{Text: l.Hash(), Seconds: seconds(length), Speaker: strings.TrimSpace(r.Speaker)})
}

// RenderClip has the engine say words, and keeps it as ImportClip does.
func (s *Studio) RenderClip(ctx context.Context, engine Engine, lang, name, words string) error {
	l := clipLine(lang, name, words)
	spoken, err := s.speak(ctx, engine, l)
	if err != nil {
		return fmt.Errorf("render %s: %w", l.Key(), err)
	}
	if faults := spoken.Measure().Faults(l.want()); len(faults) > 0 {
		return fmt.Errorf("render %s: %s", l.Key(), strings.Join(faults, ", "))
	}
	raw, err := spoken.Encode()
	if err != nil {
		return fmt.Errorf("render %s: %w", l.Key(), err)
	}
	return s.keepClip(l, raw, Entry{Text: l.Hash(), Said: s.said(engine, l), Seconds: seconds(spoken.Duration()), Speaker: engine.Name()})
}

// keepClip keeps a clip beside those of each language, where no pruning of renderings takes it away.
func (s *Studio) keepClip(l Line, raw []byte, e Entry) error {
	for _, lang := range Langs() {
		l.Lang = lang
		if err := s.keep(l.recorded(), raw, e); err != nil {
			return fmt.Errorf("keep %s: %w", l.Key(), err)
		}
	}
	return s.save()
}
