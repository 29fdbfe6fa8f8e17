package switchboard

import (
	"slices"
	"testing"
)

// Every code of a talk does something, and every flow that is read there has a code.
func TestEveryReadingHasACode(t *testing.T) {
	t.Parallel()
	codes := DefaultCodes()
	if err := codes.clash(); err != nil {
		t.Error(err)
	}
	for _, d := range readings() {
		if _, ok := gestureOf(d); !ok || codes[d] == "" || talkFlows[d] == "" && d != DeedAdmit {
			t.Errorf("%s does nothing, has no code, or reads nothing", d)
		}
	}
	for d := range talkFlows {
		if !slices.Contains(readings(), d) {
			t.Errorf("%s is no reading", d)
		}
	}
	if _, ok := gestureOf("lunch"); ok {
		t.Error("there is a free lunch")
	}
}

func TestWhatTheCounselorHears(t *testing.T) {
	t.Parallel()
	for outcomes, want := range map[[2]string]string{
		{"agreed"}: "D-ASK-FAILED", {"agreed", "agreed"}: "D-ASK-YES", {"agreed", "refused"}: "D-ASK-NO", {"person", "refused"}: "D-ASK-PERSON",
		{"silent", "agreed"}: "D-ASK-SILENT", {"sent", "sent"}: "D-ASK-DONE", {"agreed", "hung_up"}: "D-ASK-STOPPED", {"other-time", "joins"}: "D-ASK-LATER",
	} {
		var people []*asking
		for _, o := range outcomes {
			a := &asking{}
			a.decided.Outcome = o
			people = append(people, a)
		}
		if got := outcomeWord(people); got != want {
			t.Errorf("%v: %s, want %s", outcomes, got, want)
		}
	}
}
