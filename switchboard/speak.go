package switchboard

import (
	"context"
	"errors"
	"time"

	"hotline/ivr"
	"hotline/media"
	"hotline/store/event"
)

// Say plays a saying to the caller; see ivr.Phone.
func (c *Call) Say(ctx context.Context, s ivr.Saying) (ivr.Key, error) {
	list, err := c.svc.Prompts.playlist(s)
	if err != nil {
		return ivr.NoKey, err
	}
	begun := time.Now()
	key, err := c.caller.play(ctx, list, s)
	c.filePrompts(s, c.flow, time.Since(begun), err == nil && !key.Valid())
	return key, err
}

func (p *Prompts) playlist(s ivr.Saying) (media.Playlist, error) {
	if s.Music != "" {
		return media.Playlist{Prompts: []*media.Prompt{p.Music(s.Music)}, Loop: true}, nil
	}
	var list media.Playlist
	for _, part := range s.Parts {
		prompt, err := p.Part(part)
		if err != nil {
			return list, err
		}
		list.Prompts = append(list.Prompts, prompt)
	}
	return list, nil
}

// play plays until the end, the time given for music, or a key that may interrupt.
func (l *Leg) play(ctx context.Context, list media.Playlist, s ivr.Saying) (ivr.Key, error) {
	playing := l.start(ctx, list)
	defer playing.stop()
	var enough <-chan time.Time
	if s.Music != "" {
		timer := time.NewTimer(s.For)
		defer timer.Stop()
		enough = timer.C
	}
	keys := l.audio.Keys()
	if s.Keys != ivr.Interrupt {
		keys = nil
	}
	for {
		select {
		case <-enough:
			return ivr.NoKey, nil
		case err := <-playing.done:
			if s.Keys == ivr.Drop {
				l.dropKeys()
			}
			return ivr.NoKey, playError(ctx, err)
		case k, open := <-keys:
			if key, ok := l.key(k); ok {
				return key, nil
			}
			if !open {
				keys = nil
			}
		}
	}
}

// playError tells the caller's leaving from a fault of ours.
func playError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, media.ErrStopped) {
		return nil
	}
	return err
}

// Input takes keys from the caller; see ivr.Phone.
func (c *Call) Input(ctx context.Context, r ivr.InputRequest) (ivr.Input, error) {
	return c.caller.input(ctx, r)
}

func (l *Leg) input(ctx context.Context, r ivr.InputRequest) (ivr.Input, error) {
	return ivr.Collect(ctx, r, l.nextKey)
}

// nextKey waits for a key of the telephone; silence is no error.
func (l *Leg) nextKey(ctx context.Context, wait time.Duration) (ivr.Key, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	keys := l.audio.Keys()
	for {
		select {
		case <-ctx.Done():
			return ivr.NoKey, context.Cause(ctx)
		case <-timer.C:
			return ivr.NoKey, nil
		case k, open := <-keys:
			if key, ok := l.key(k); ok {
				return key, nil
			}
			if !open {
				keys = nil
			}
		}
	}
}

// key is a key of the telephone; the letters some phones have mean nothing to us.
func (l *Leg) key(k media.Key) (ivr.Key, bool) {
	key := ivr.Key(k.Digit)
	if !key.Valid() {
		return ivr.NoKey, false
	}
	l.way.Store(uint32(k.Way))
	return key, true
}

// source is how the latest key came.
func (l *Leg) source() event.KeySource {
	switch media.Way(l.way.Load()) { //nolint:gosec // stored by key
	case media.Info:
		return event.KeyInfo
	case media.InBand:
		return event.KeyInband
	default:
		return event.KeyEvent
	}
}

// dropKeys forgets the keys pressed so far.
func (l *Leg) dropKeys() {
	for {
		select {
		case _, open := <-l.audio.Keys():
			if open {
				continue
			}
		default:
		}
		return
	}
}

// playing is audio being played beside something else.
type playing struct {
	audio *media.Session
	end   context.CancelFunc
	done  chan error // of capacity one
	over  chan struct{}
}

// start plays a list until its end or stop, which must follow.
func (l *Leg) start(ctx context.Context, list media.Playlist) *playing {
	ctx, end := context.WithCancel(ctx)
	p := &playing{audio: l.audio, end: end, done: make(chan error, 1), over: make(chan struct{})}
	go func() {
		defer close(p.over)
		p.done <- l.audio.Play(ctx, list)
	}()
	return p
}

// stop ends the playing and waits until it has. It may be called after the end.
func (p *playing) stop() {
	p.end()
	<-p.over
}

// filePrompts files what was played and whether to its end: the proof that a notice was heard.
func (c *Call) filePrompts(s ivr.Saying, f *ivr.Flow, took time.Duration, whole bool) {
	facts := make([]event.Body, 0, len(s.Prompts))
	for i, id := range s.Prompts {
		last := i == len(s.Prompts)-1
		facts = append(facts, &event.Prompted{
			Prompt: id, Language: string(language(s)), Version: f.Edition().Hash(),
			Played: took, Complete: whole || !last,
		})
	}
	c.file.note(facts...)
}

func language(s ivr.Saying) ivr.Lang {
	if len(s.Parts) > 0 {
		return s.Parts[0].Lang
	}
	return ""
}
