package phone

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hotline/media"
	"hotline/media/sdp"
)

// Script is what a phone does in a call, step by step; after the last step it hangs up.
type Script []Step

// Step is one thing a phone does: Wait, Press, Tones, Speech, Hold, Transfer or Stay.
type Step interface {
	do(ctx context.Context, l *line) error
	String() string
}

// Wait stays on the line for a time.
type Wait time.Duration

func (w Wait) do(ctx context.Context, _ *line) error {
	timer := time.NewTimer(time.Duration(w))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// String is the step as written.
func (w Wait) String() string { return "wait " + time.Duration(w).String() }

// Press presses keys by telephone events (RFC 4733).
type Press string

func (p Press) do(ctx context.Context, l *line) error { return l.audio.Dial(ctx, string(p)) }

// String is the step as written.
func (p Press) String() string { return "press " + string(p) }

// Tones presses keys by sounding them in the audio.
type Tones string

func (t Tones) do(ctx context.Context, l *line) error { return l.audio.Tones(ctx, string(t)) }

// String is the step as written.
func (t Tones) String() string { return "tones " + string(t) }

// Speech says something that is recorded.
type Speech struct {
	Prompt *media.Prompt
	Name   string
}

func (s Speech) do(ctx context.Context, l *line) error {
	return l.audio.Play(ctx, media.Playlist{Prompts: []*media.Prompt{s.Prompt}})
}

// String is the step as written.
func (s Speech) String() string { return "say " + s.Name }

// Stay stays until the other side hangs up.
type Stay struct{}

func (Stay) do(ctx context.Context, _ *line) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// String is the step as written.
func (Stay) String() string { return "stay" }

// Hold puts the other side on hold by a re-INVITE, or takes it back.
type Hold bool

func (h Hold) do(ctx context.Context, l *line) error {
	way := sdp.SendRecv
	if h {
		way = sdp.SendOnly
	}
	answer, err := l.dialog.Reoffer(ctx, l.terms.Offer(way))
	if err != nil {
		return err
	}
	return l.TakeAnswer(answer)
}

// String is the step as written.
func (h Hold) String() string {
	if h {
		return "hold"
	}
	return "resume"
}

// ParseScript reads steps divided by commas or semicolons: "wait 3s, press 1, tones 2, hold, wait 1s, resume, stay".
func ParseScript(text string) (Script, error) {
	var s Script
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' }) {
		step, err := parseStep(strings.Fields(part))
		if err != nil {
			return nil, err
		}
		if step != nil {
			s = append(s, step)
		}
	}
	return s, nil
}

func parseStep(words []string) (Step, error) {
	switch {
	case len(words) == 0:
		return nil, nil //nolint:nilnil // an empty step is none
	case len(words) == 1 && words[0] == "stay":
		return Stay{}, nil
	case len(words) == 1 && (words[0] == "hold" || words[0] == "resume"):
		return Hold(words[0] == "hold"), nil
	case len(words) != 2:
	case words[0] == "wait":
		d, err := time.ParseDuration(words[1])
		if err == nil && d >= 0 {
			return Wait(d), nil
		}
	case words[0] == "press" && onlyKeys(words[1]):
		return Press(words[1]), nil
	case words[0] == "tones" && onlyKeys(words[1]):
		return Tones(words[1]), nil
	case words[0] == "transfer":
		return Transfer{To: words[1]}, nil
	case words[0] == "attend":
		return Transfer{To: words[1], Consult: consulting}, nil
	}
	return nil, fmt.Errorf("%q is no step: wait 3s, press 1, tones 1, hold, resume, transfer 8002, attend 8002, stay", strings.Join(words, " "))
}

func onlyKeys(s string) bool { return strings.Trim(s, "0123456789*#ABCD") == "" }
