package media

import (
	"errors"
	"fmt"
	"slices"
)

// mostMembers bounds a mix.
const mostMembers = 32

// What may go wrong with a mix.
var (
	// ErrFull means that as many as can be are in the mix: 32.
	ErrFull = errors.New("media: mix is full")
	// ErrLeft means somebody who is not in the mix, or not any more.
	ErrLeft = errors.New("media: not in the mix")
)

// Mix is several sessions that hear each other, nobody himself. How loud each hears each is a
// matrix of gains, Unity at first; mute, deaf, rooms, whispers and listeners are all entries of it.
//
// Whoever hears just one other at Unity is passed that one's packets as they come, with a new
// header. So two in a mix are a plain bridge, a third one makes it a mix without a gap, and it is a
// bridge again when the third has left; and somebody who only listens changes nothing for those he
// listens to. What is sent to each stays one source throughout.
//
// All its methods may be called from anywhere; with somebody who has left they do nothing.
type Mix struct {
	engine *Engine
	plane  *plane // for good: who joins is brought here
	pair   bool   // a bridge, which ends when but one is left

	// The rest belongs to the holder of the plane's lock.
	members []*member
	mouths  []*mouth // of the members who speak, and of those who have just left
	music   Playlist
	keys    bool  // pressed by one, pressed to the others
	round   int64 // tick of the latest
	desk    *desk // made when there is something to mix
}

// member is a session in a mix: an ear, and a mouth unless it only listens.
type member struct {
	mix     *Mix
	session *Session
	ear     ear
	mouth   *mouth
	room    *Room // nil for the common one
	muted   bool
	deaf    bool
	left    bool
}

// NewMix makes an empty mix on the plane of a session, which need not join.
func NewMix(near *Session) *Mix {
	return &Mix{engine: near.engine, plane: near.plane.Load(), round: -1}
}

// JoinOptions say how a party comes in. The zero value is heard by all and hears all.
type JoinOptions struct {
	// Muted and Deaf are as after Party.Mute and Party.Deaf.
	Muted, Deaf bool
	// Room is where to, nil for the common one.
	Room *Room
}

// Join brings a session in as a party, fading in. It is ErrBridged when the session is in a mix or
// bridge already, ErrFull when no more can be in this one.
func (m *Mix) Join(s *Session, o JoinOptions) (*Party, error) {
	if o.Room != nil && o.Room.mix != m {
		return nil, fmt.Errorf("join: %w", ErrLeft)
	}
	me, err := m.enter(s)
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	defer m.plane.mu.Unlock()
	me.deaf = o.Deaf
	me.mute(o.Muted)
	me.open(Unity)
	me.enter(o.Room)
	m.settle()
	return &Party{me}, nil
}

// Music sets what is played, over and over, to whoever has nobody to hear but people on hold, or
// nobody at all; an empty list is comfort noise.
func (m *Mix) Music(list Playlist) {
	list.Loop = true
	m.plane.mu.Lock()
	defer m.plane.mu.Unlock()
	m.music = Playlist{}
	if list.frames() > 0 {
		m.music = list
	}
	for _, me := range m.members {
		me.ear.music = player{}
		m.music.prepare(me.session.out.codec)
	}
}

// PassKeys makes the mix press, to all who hear a party, the keys that party presses, by telephone
// events where the other side takes them. Without it keys are only told by Keys of each session.
func (m *Mix) PassKeys(on bool) {
	m.plane.mu.Lock()
	defer m.plane.mu.Unlock()
	m.keys = on
}

// Close parts all. It may be called twice.
func (m *Mix) Close() {
	m.plane.mu.Lock()
	defer m.plane.mu.Unlock()
	for len(m.members) > 0 {
		m.remove(m.members[len(m.members)-1])
	}
}

// enter takes a session in as a member without a mouth. The plane is locked when it returns
// without an error.
func (m *Mix) enter(s *Session) (*member, error) {
	if s.engine != m.engine {
		return nil, errors.New("session of another engine")
	}
	if err := m.plane.bring(s); err != nil {
		return nil, err
	}
	if len(m.members) == mostMembers {
		m.plane.mu.Unlock()
		return nil, ErrFull
	}
	me := &member{mix: m, session: s}
	me.ear = ear{member: me, passed: m.plane.clock(), seed: s.out.stream.ssrc}
	for _, mo := range m.mouths {
		me.ear.route[mo.at] = mo.fallback
	}
	if len(m.members) > 0 {
		m.plane.wheel.move(s, m.members[0].session.seat.slot) // all mix in one round
	}
	m.members = append(m.members, me)
	m.music.prepare(s.out.codec)
	s.in.member, s.out.feed = me, &me.ear
	m.plane.fed++
	return me, nil
}

// remove lets a member go. The caller holds the plane's lock.
func (m *Mix) remove(me *member) {
	s := me.session
	me.left = true
	me.close()
	me.room = nil
	s.in.member, s.out.feed = nil, nil
	m.plane.fed--
	s.in.tap.quiet(offRoom, "")
	s.in.tap.quiet(offMute, "")
	m.members = slices.DeleteFunc(m.members, func(other *member) bool { return other == me })
	if m.pair && len(m.members) == 1 {
		m.remove(m.members[0])
		return
	}
	m.settle()
}
