package switchboard

import (
	"context"

	"hotline/ivr"
	"hotline/store/event"
)

// turningAway passes on callers' files and notes who is turned away by a flag: such a call is filed as blocked, unless
// something better comes of it.
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
	return f, err
}

// admitted says that the caller waits for a person after all, by the way out of danger.
func (p *progress) admitted() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reached == event.OutcomeBlocked {
		p.reached = ""
	}
}
