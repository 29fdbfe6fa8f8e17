package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"hotline/acd"
	"hotline/store"
)

// session is one browser that somebody has signed in with. It is kept in memory only: a restart signs everybody out,
// and the database may be away.
type session struct {
	id      sessionID
	ended   *ending // of the session
	person  person
	wall    bool
	began   time.Time
	used    time.Time // last asked for something
	checked time.Time // last compared with the staff
	streams int
}

// ending is when and why a session is over.
type ending struct {
	over chan struct{} // closed then
	why  string        // written before
}

// Why a session is over, as the page is told.
const (
	expired   = "expired"   // nothing was asked for too long, or it lasted too long
	left      = "left"      // signed out, here or in another window
	replaced  = "replaced"  // the same person signed in too often, or anew on this page
	suspended = "suspended" // the person may not work any more
)

// sessionID is the hash of a token: who reads our memory or a dump of it cannot sign in with it.
type sessionID [sha256.Size]byte

// person is who a session belongs to.
type person struct {
	extension acd.AgentID
	name      string
	roles     []store.Role
	rights    rights
}

func personOf(s store.Staff, wall bool) person {
	p := person{extension: acd.AgentID(s.Extension), name: clean(s.Name), roles: s.Roles, rights: rightsOf(s)}
	if wall { // a screen that everybody walks past
		p = person{}
	}
	return p
}

// sessions are those that go on.
type sessions struct {
	limits Limits
	staff  Staff

	mu sync.Mutex
	by map[sessionID]*session
	// owners finds the staff behind wall sessions too, whose person is nobody.
	owners map[sessionID]string
}

func newSessions(l Limits, s Staff) *sessions {
	return &sessions{limits: l, staff: s, by: map[sessionID]*session{}, owners: map[sessionID]string{}}
}

// token makes 256 random bits for a cookie.
func token() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: the runtime ends the process instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// open begins a session and returns its token.
func (s *sessions) open(who store.Staff, wall bool) string {
	t, now := token(), time.Now()
	id := sessionID(sha256.Sum256([]byte(t)))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(now)
	s.crowd(who.Extension)
	s.by[id] = &session{
		id: id, ended: &ending{over: make(chan struct{})}, person: personOf(who, wall), wall: wall, began: now, used: now, checked: now,
	}
	s.owners[id] = who.Extension
	return t
}

// view is what a handler may know of a session.
type view struct {
	id     sessionID
	person person
	wall   bool
	ended  *ending
	token  string // of the cookie
}

// find gives the session of a token. Asking keeps it alive, except for streams, which ask by themselves.
func (s *sessions) find(ctx context.Context, token string, asks bool) (view, bool) {
	id := sessionID(sha256.Sum256([]byte(token)))
	now := time.Now()
	s.mu.Lock()
	one := s.by[id]
	if one == nil || s.expired(one, now) {
		s.drop(id, expired)
		s.mu.Unlock()
		return view{}, false
	}
	if asks {
		one.used = now
	}
	owner, due := s.owners[id], now.Sub(one.checked) >= s.limits.Recheck
	if due {
		one.checked = now // nobody else has to ask meanwhile
	}
	v := view{id: id, person: one.person, wall: one.wall, ended: one.ended, token: token}
	s.mu.Unlock()
	if due {
		return s.recheck(ctx, v, owner)
	}
	return v, true
}

// recheck ends the session of somebody who may not work any more, and follows a change of roles. While the database is
// away everything stays as it was.
func (s *sessions) recheck(ctx context.Context, v view, owner string) (view, bool) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	who, err := s.staff.StaffByExtension(ctx, owner)
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.by[v.id]
	switch {
	case one == nil:
		return view{}, false
	case errors.Is(err, store.ErrNotFound), err == nil && who.Status != store.StatusActive:
		s.drop(v.id, suspended)
		return view{}, false
	case err == nil:
		one.person = personOf(who, one.wall)
		v.person = one.person
	}
	return v, true
}

func (s *sessions) close(id sessionID, why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(id, why)
}

// why says why a session is over.
func (s *sessions) why(v view) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(v.ended.why, expired)
}

// stream counts a live stream of a session in; false when it has too many, or is over.
func (s *sessions) stream(id sessionID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.by[id]
	if one == nil || one.streams >= streamsEach {
		return false
	}
	one.streams++
	return true
}

func (s *sessions) streamOver(id sessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.by[id]; one != nil {
		one.streams--
	}
}

func (s *sessions) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.by)
}

// expired says whether a session is over by its limits. A wall display has nobody to ask for anything.
func (s *sessions) expired(one *session, now time.Time) bool {
	if one.wall {
		return now.Sub(one.began) >= s.limits.Wall
	}
	return now.Sub(one.began) >= s.limits.Life || now.Sub(one.used) >= s.limits.Idle
}

func (s *sessions) drop(id sessionID, why string) {
	if one := s.by[id]; one != nil {
		one.ended.why = why
		close(one.ended.over)
		delete(s.by, id)
		delete(s.owners, id)
	}
}

// sweep drops the sessions that are over.
func (s *sessions) sweep(now time.Time) {
	for id, one := range s.by {
		if s.expired(one, now) {
			s.drop(id, expired)
		}
	}
}

// crowd makes room for one more session of a person: the one that was used longest ago gives way.
func (s *sessions) crowd(extension string) {
	own, oldest, eldest := 0, (*session)(nil), (*session)(nil)
	for id, one := range s.by {
		if eldest == nil || one.used.Before(eldest.used) {
			eldest = one
		}
		if s.owners[id] != extension {
			continue
		}
		own++
		if oldest == nil || one.used.Before(oldest.used) {
			oldest = one
		}
	}
	switch {
	case own >= sessionsEach:
		s.drop(oldest.id, replaced)
	case len(s.by) >= s.limits.Sessions:
		s.drop(eldest.id, replaced)
	}
}
