package switchboard

import (
	"context"

	"hotline/acd"
	"hotline/ivr"
	"hotline/store/event"
)

// turningAway passes on callers' files and notes who is turned away by a flag: such a call is filed as blocked, unless
// something better comes of it. It notes, too, who asked for a woman once.
type turningAway struct {
	ivr.Files
	call *Call
}

// File implements ivr.Files.
func (t turningAway) File(ctx context.Context, caller ivr.Caller, line string) (ivr.File, error) {
	f, err := t.Files.File(ctx, caller, line)
	if err == nil && f.Blocked {
		t.call.progress.came(event.OutcomeBlocked)
	}
	if err == nil && f.Woman {
		t.call.progress.prefersWoman()
	}
	return f, err
}

// prefersWoman notes that the caller has asked for a woman counselor on an earlier call.
func (p *progress) prefersWoman() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.woman = true
}

// asksForWoman adds what the caller asked for once to a request. A child and somebody in danger do not wait for it.
func (p *progress) asksForWoman(r acd.Request) (acd.Request, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.woman || r.Claims.Protected() {
		return r, false
	}
	r.Must = r.Must.And(acd.Woman())
	return r, true
}

// admitted says that the caller waits for a person after all, by the way out of danger.
func (p *progress) admitted() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reached == event.OutcomeBlocked {
		p.reached = ""
	}
}
