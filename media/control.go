package media

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hotline/media/sdp"
	"hotline/media/tone"
)

// Why playing or dialling ended early.
var (
	// ErrStopped means Stop was called, or something else is played instead.
	ErrStopped = errors.New("media: stopped")
	// ErrNoEvents means the peer did not agree to telephone events.
	ErrNoEvents = errors.New("media: peer takes no telephone events")
)

// Play sends prompts at the pace they are heard. It returns nil when the last frame has been sent,
// the context's cause when that ended first, ErrStopped when something else was played or Stop
// called, ErrClosed or ErrFailed when the session ended. While the peer has us on hold, playing
// waits. Of a bridge's peer nothing is heard meanwhile.
func (s *Session) Play(ctx context.Context, list Playlist) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if list.frames() == 0 {
		return nil
	}
	play := &playing{player: player{list: list}, done: make(chan struct{})}
	if err := s.begin(play); err != nil {
		return err
	}
	select {
	case <-play.done:
		return play.err
	case <-ctx.Done():
	}
	p := s.lock()
	defer p.mu.Unlock()
	if s.out.play == play {
		s.out.finish(context.Cause(ctx))
	}
	return play.err
}

// begin makes play what is sent.
func (s *Session) begin(play *playing) error {
	p := s.lock()
	defer p.mu.Unlock()
	if s.ended != nil {
		return s.ended
	}
	play.list.prepare(s.out.codec)
	s.out.finish(ErrStopped)
	s.out.play = play
	return nil
}

// Stop ends what Play is playing, if anything.
func (s *Session) Stop() {
	p := s.lock()
	defer p.mu.Unlock()
	s.out.finish(ErrStopped)
}

// Dial presses keys, '0' to '9', '*', '#', 'A' to 'D', by telephone events (RFC 4733): 100 ms each
// and 100 ms apart. It returns when the last is sent, or as Play does. It is ErrNoEvents when the
// peer did not agree to them; Tones is the other way.
func (s *Session) Dial(ctx context.Context, keys string) error {
	dial := &dialing{done: make(chan struct{})}
	for i := range len(keys) {
		code := strings.IndexByte(tone.Keys, keys[i])
		if code < 0 {
			return fmt.Errorf("dial: %q is no key", keys[i])
		}
		dial.keys = append(dial.keys, byte(code))
	}
	if err := s.startDial(dial); err != nil || len(keys) == 0 {
		return err
	}
	select {
	case <-dial.done:
		return dial.err
	case <-ctx.Done():
	}
	p := s.lock()
	defer p.mu.Unlock()
	if s.out.dial == dial {
		s.out.hangUp(context.Cause(ctx))
	}
	return dial.err
}

// startDial makes dial what is sent.
func (s *Session) startDial(dial *dialing) error {
	p := s.lock()
	defer p.mu.Unlock()
	switch {
	case s.ended != nil:
		return s.ended
	case s.out.events == sdp.NoEvents || !s.in.agreed:
		return ErrNoEvents
	case len(dial.keys) == 0:
		return nil
	}
	s.out.hangUp(ErrStopped)
	s.out.dial = dial
	return nil
}

// Tones presses keys by sounding their tones in the audio, 100 ms each and 100 ms apart. It
// returns as Play does.
func (s *Session) Tones(ctx context.Context, keys string) error {
	pcm, err := tone.Dial(keys, 100*time.Millisecond, 100*time.Millisecond)
	if err != nil {
		return err
	}
	return s.Play(ctx, Playlist{Prompts: []*Prompt{NewPrompt(pcm)}})
}
