package callflows_test

import (
	"strings"
	"testing"

	"hotline/callflows"
	"hotline/ivr"
	"hotline/ivr/prove"
)

func TestShippedFlowsKeepTheRules(t *testing.T) {
	e, err := ivr.Load(callflows.Files, today(t))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := prove.LoadRules(callflows.Files, "rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	proof, err := prove.Run(t.Context(), e, rules)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := proof.Write(&b); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d states\n%s", proof.States, b.String())
	if !proof.Holds() || len(proof.Verdicts) != 8 {
		t.Error("a rule is broken, or one of the seven is missing")
	}
}
