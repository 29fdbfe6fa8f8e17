package switchboard

import (
	"context"
	"sync"

	"hotline/sip"
)

// grip is whether the caller is held: from the call for help on, until a supervisor says that it is over, nobody hangs up on
// the caller. Every way to end the caller's leg asks it.
type grip struct {
	mu     sync.Mutex
	by     string // who called for help; empty while nobody has
	over   bool
	unsafe bool // the caller must not be called back
}

// hold begins to hold. It is false when the caller is held already.
func (g *grip) hold(by string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.by != "" && !g.over {
		return false
	}
	g.by, g.over = by, false
	return true
}

// release lets the caller be hung up on again. It is false when nobody is held.
func (g *grip) release() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	was := g.by != "" && !g.over
	g.over = true
	return was
}

// holds reports whether the caller is held.
func (g *grip) holds() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.by != "" && !g.over
}

// hush says that the caller must not be called back, or may be again.
func (g *grip) hush(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unsafe = on
}

// recalls reports whether the caller is to be called back when the line drops.
func (g *grip) recalls() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.by != "" && !g.over && !g.unsafe
}

// farewell is the leave to hang up on a caller. Only a grip gives it; the zero one is none.
type farewell struct{ given bool }

// farewell gives leave to hang up on a caller who is not held, or whose line is over by itself.
func (g *grip) farewell(line context.Context) (farewell, bool) {
	ok := !g.holds() || line.Err() != nil
	return farewell{ok}, ok
}

// callerLeg is the caller's side of a call. It is not hung up as another leg is, but with a farewell.
type callerLeg struct{ *Leg }

// hangUp ends the caller's leg for who has leave to.
func (l callerLeg) hangUp(ctx context.Context, f farewell, r sip.Reason) {
	if f.given {
		l.Leg.hangUp(ctx, r)
	}
}

// drop ends the caller's dialog alone, for who has leave to.
func (l callerLeg) drop(ctx context.Context, f farewell, r sip.Reason) {
	if f.given {
		_ = l.dialog.Hangup(ctx, r) // a peer that does not answer BYE is gone, too
	}
}
