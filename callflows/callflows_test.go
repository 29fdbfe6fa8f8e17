package callflows_test

import (
	"testing"
	"time"

	"hotline/callflows"
	"hotline/ivr"
)

// today is when the shipped files are checked: calendars must cover it.
func today(t *testing.T) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, "2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestShippedFilesHaveNoFault(t *testing.T) {
	e, err := ivr.Load(callflows.Files, today(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"12348", "12355"} {
		if f, ok := e.Flow(name); !ok || !f.Line() {
			t.Errorf("no flow answers the line %s", name)
		}
	}
}
