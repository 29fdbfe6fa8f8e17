package switchboard_test

import (
	"context"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/ivr"
	"hotline/store/event"
	"hotline/switchboard"
)

// flagged finds that every caller is blocked.
type flagged struct{}

func (flagged) File(context.Context, ivr.Caller, string) (ivr.File, error) {
	return ivr.File{Known: true, Blocked: true}, nil
}

// A caller turned away by a flag is filed as blocked; one who says that there is danger waits like everybody, and is not.
func TestABlockedCaller(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		script string
		want   event.Outcome
	}{
		"hears it":         {"stay", event.OutcomeBlocked},
		"is in danger":     {"wait 400ms, press 0, wait 1s", event.OutcomeAbandoned},
		"hangs up at once": {"wait 200ms", event.OutcomeBlocked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, options{}, counselor("8001"))
			r.Desk = func(switchboard.Visit) ivr.Desk { return ivr.Desk{Files: flagged{}} }
			r.seat("8001", phone.Answering{After: time.Hour})
			r.call("12347", tt.script)
			_, closed := await[*event.Closed](r, nil)
			if closed.Outcome != tt.want {
				t.Errorf("closed = %+v, want %s; story: %s", closed, tt.want, r.story())
			}
		})
	}
}
