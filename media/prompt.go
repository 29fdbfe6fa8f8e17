package media

import (
	"fmt"
	"sync"
	"time"

	"hotline/media/sdp"
	"hotline/media/tone"
	"hotline/media/wav"
)

// Prompt is audio ready to be sent: encoded once for each law that is asked for, cut in whole
// 20 ms frames, and shared by every leg that plays it. It never changes.
type Prompt struct {
	frames int
	native sdp.Codec // the law it came in; NoCodec for pure silence
	code   []byte
	once   sync.Once
	other  []byte // in the other law
}

// NewPrompt encodes linear samples at 8,000 a second. The last frame is filled up with silence.
func NewPrompt(pcm []int16) *Prompt { return newPrompt(sdp.PCMA, encode(sdp.PCMA, pcm)) }

// newPrompt makes a prompt of encoded audio, which it keeps.
func newPrompt(law sdp.Codec, code []byte) *Prompt {
	for len(code)%frame != 0 {
		code = append(code, hush(law))
	}
	return &Prompt{frames: len(code) / frame, native: law, code: code}
}

// LoadPrompt reads a WAV file: A-law, µ-law or 16-bit linear, one channel, 8,000 samples a second,
// not cut off.
func LoadPrompt(b []byte) (*Prompt, error) {
	f, err := wav.Decode(b)
	if err != nil {
		return nil, fmt.Errorf("load prompt: %w", err)
	}
	if f.Channels != 1 || f.Rate != tone.Rate {
		return nil, fmt.Errorf("load prompt: %d channels at %d Hz: want 1 at %d Hz", f.Channels, f.Rate, tone.Rate)
	}
	if len(f.Data) == 0 {
		return nil, fmt.Errorf("load prompt: no audio")
	}
	switch f.Format {
	case wav.ALaw:
		return newPrompt(sdp.PCMA, append([]byte(nil), f.Data...)), nil
	case wav.MuLaw:
		return newPrompt(sdp.PCMU, append([]byte(nil), f.Data...)), nil
	default:
		return NewPrompt(f.Channel(0)), nil
	}
}

// Silence returns a prompt of silence, rounded up to whole frames. It takes no memory.
func Silence(d time.Duration) *Prompt {
	const length = frame * sample
	return &Prompt{frames: int((d + length - 1) / length)}
}

// Tone returns a prompt of one sine, its frequency in Hz and level in dBm0.
func Tone(frequency, level float64, d time.Duration) *Prompt {
	return NewPrompt(tone.Sine(frequency, level, d))
}

// Duration returns how long the prompt plays.
func (p *Prompt) Duration() time.Duration { return time.Duration(p.frames) * frame * sample }

// in returns the prompt's code in a law, nil for pure silence.
func (p *Prompt) in(law sdp.Codec) []byte {
	if p.native == law || p.native == sdp.NoCodec {
		return p.code
	}
	p.once.Do(func() {
		p.other = append([]byte(nil), p.code...)
		translate(p.other, translation(p.native, law))
	})
	return p.other
}

// Playlist is prompts to be played one after another without a gap.
type Playlist struct {
	Prompts []*Prompt
	// Loop plays them over and over until stopped.
	Loop bool
}

// prepare encodes the prompts for a law, so that the packet path need not.
func (l Playlist) prepare(law sdp.Codec) {
	if law == sdp.NoCodec {
		return
	}
	for _, p := range l.Prompts {
		p.in(law)
	}
}

// frames returns how many frames one round plays.
func (l Playlist) frames() (n int) {
	for _, p := range l.Prompts {
		n += p.frames
	}
	return n
}

// player is a playlist and where it stands.
type player struct {
	list Playlist
	item int // index of the prompt
	at   int // its next frame
}

// next returns the next frame, which must not be written to. The list must have at least one
// frame, and one that does not loop must not be over.
func (p *player) next(law sdp.Codec) []byte {
	for p.at == p.list.Prompts[p.item].frames {
		p.at = 0
		if p.item++; p.item == len(p.list.Prompts) {
			p.item = 0
		}
	}
	prompt := p.list.Prompts[p.item]
	at := p.at
	p.at++
	if code := prompt.in(law); code != nil {
		return code[at*frame : (at+1)*frame]
	}
	return silence(law)
}

// over tells whether the latest frame was the last.
func (p *player) over() bool {
	if p.list.Loop || p.at != p.list.Prompts[p.item].frames {
		return false
	}
	for _, later := range p.list.Prompts[p.item+1:] {
		if later.frames > 0 {
			return false
		}
	}
	return true
}
