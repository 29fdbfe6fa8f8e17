package switchboard_test

import (
	"context"
	"testing"

	"hotline/cmd/phones/phone"
	"hotline/ivr"
	"hotline/store/event"
	"hotline/switchboard"
)

// asked finds that every caller has asked for a woman once.
type asked struct{}

func (asked) File(context.Context, ivr.Caller, string) (ivr.File, error) {
	return ivr.File{Known: true, Blocked: true, Woman: true}, nil
}

// Who asked for a woman is served by one, although a man has been free for longer; with no woman at work by whoever is there.
func TestAWomanIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		want  string
		woman bool
	}{
		"a woman is at work":  {"8002", true},
		"no woman is at work": {"8001", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			her := counselor("8002")
			her.Woman = tt.woman
			r := newRig(t, options{}, counselor("8001"), her)
			r.Desk = func(switchboard.Visit) ivr.Desk { return ivr.Desk{Files: asked{}} }
			r.seat("8001", phone.Answering{Script: script(t, "wait 300ms")})
			r.seat("8002", phone.Answering{Script: script(t, "wait 300ms")})
			r.call("12345", "stay")
			_, connected := await[*event.Connected](r, nil)
			if connected.Extension != tt.want {
				t.Errorf("connected %+v", connected)
			}
			await[*event.Closed](r, nil)
		})
	}
}
