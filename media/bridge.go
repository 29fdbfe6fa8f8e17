package media

import (
	"errors"
	"fmt"
)

// ErrBridged means a session is in a bridge or mix already.
var ErrBridged = errors.New("media: session is bridged")

// Bridge carries what each of two sessions hears to the other: it is a Mix of two that ends with
// either. Audio in packets of 20 ms passes through as it comes, with a new header and, where the
// laws differ, translated; other packets are taken apart and sent in frames of 20 ms. Who hears
// nothing from the other hears the hold music while that one is on hold, else silence.
type Bridge struct{ mix *Mix }

// Connect bridges two sessions. They are brought to one plane if they are not on one.
func Connect(a, b *Session) (*Bridge, error) {
	m := NewMix(a)
	m.pair = true
	for _, s := range []*Session{a, b} {
		if _, err := m.Join(s, JoinOptions{}); err != nil {
			m.Close()
			return nil, fmt.Errorf("bridge: %w", err)
		}
	}
	return &Bridge{m}, nil
}

// Music sets what is played to each side while the other is on hold and sends nothing, over and
// over; an empty list is silence.
func (b *Bridge) Music(list Playlist) { b.mix.Music(list) }

// PassKeys makes the bridge press on each side the keys the other presses, by telephone events
// where that side takes them. Without it keys are only told by Keys.
func (b *Bridge) PassKeys(on bool) { b.mix.PassKeys(on) }

// Close parts the two. Each then hears what is played to it, or silence. It may be called twice.
func (b *Bridge) Close() { b.mix.Close() }
