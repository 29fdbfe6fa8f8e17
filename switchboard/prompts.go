package switchboard

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"
	"time"

	"hotline/ivr"
	"hotline/media"
)

// Prompts are the recordings callers hear, read when first needed, encoded once and shared by all calls. A human
// recording (ID.wav) in any folder wins over a rendered one (ID.tts.wav); of two of a kind, the earlier folder's.
type Prompts struct {
	// Broken, when set, is told of a recording that cannot be played; the next best one plays instead.
	Broken func(err error)

	folders []fs.FS

	mu    sync.RWMutex
	known map[string]*media.Prompt
}

// NewPrompts reads from folders laid out as <language>/<ID>.wav, music/<name>.wav and tones/<name>.wav.
func NewPrompts(folders ...fs.FS) *Prompts {
	return &Prompts{folders: folders, known: map[string]*media.Prompt{}}
}

// Forget drops what was read, so that changed recordings are heard from the next call on.
func (p *Prompts) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.known)
}

// Part is one recording of a saying.
func (p *Prompts) Part(part ivr.Part) (*media.Prompt, error) {
	return p.get(path.Join(string(part.Lang), part.ID))
}

// Music is a piece of hold music; silence when there is none of that name.
func (p *Prompts) Music(name string) *media.Prompt { return p.orSilence("music/" + name) }

// Tone is a signal tone; silence when there is none of that name.
func (p *Prompts) Tone(name string) *media.Prompt { return p.orSilence("tones/" + name) }

func (p *Prompts) orSilence(name string) *media.Prompt {
	prompt, err := p.get(name)
	if err != nil {
		return media.Silence(time.Second)
	}
	return prompt
}

func (p *Prompts) get(name string) (*media.Prompt, error) {
	p.mu.RLock()
	prompt, ok := p.known[name]
	p.mu.RUnlock()
	if ok {
		return prompt, nil
	}
	prompt, err := p.read(name)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first, raced := p.known[name]; raced {
		return first, nil
	}
	p.known[name] = prompt
	return prompt, nil
}

func (p *Prompts) read(name string) (*media.Prompt, error) {
	var faults []error
	for _, ending := range []string{".wav", ".tts.wav"} {
		for _, folder := range p.folders {
			b, err := fs.ReadFile(folder, name+ending)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			var prompt *media.Prompt
			if err == nil {
				prompt, err = media.LoadPrompt(b)
			}
			if err != nil {
				faults = append(faults, fmt.Errorf("prompt %s%s: %w", name, ending, err))
				continue
			}
			if len(faults) > 0 && p.Broken != nil {
				p.Broken(errors.Join(faults...))
			}
			return prompt, nil
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return nil, fmt.Errorf("prompt %s: %w", name, fs.ErrNotExist)
}
