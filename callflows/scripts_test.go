package callflows_test

import (
	"slices"
	"testing"

	"hotline/callflows"
	"hotline/ivr"
	"hotline/ivr/ivrtest"
)

// TestWrittenCalls plays every script; together they visit every node of every
// flow and tell every acceptance story a caller takes part in.
func TestWrittenCalls(t *testing.T) {
	e, err := ivr.Load(callflows.Files, today(t))
	if err != nil {
		t.Fatal(err)
	}
	suite, err := ivrtest.RunAll(e, callflows.Files, "scripts")
	if err != nil {
		t.Fatal(err)
	}
	if err := suite.Err(); err != nil {
		t.Error(err)
	}
	if suite.Calls < 50 {
		t.Errorf("only %d calls were found", suite.Calls)
	}
	for _, story := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "18", "19", "20", "21", "24", "25", "29"} {
		if !slices.Contains(suite.Stories, story) {
			t.Errorf("no call tells story %s", story)
		}
	}
}
