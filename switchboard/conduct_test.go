package switchboard

import (
	"errors"
	"math/rand/v2"
	"testing"

	"hotline/ivr"
)

// In whatever order callers are warned and something is learnt of them, leave to send one away is given after two warnings that
// were said to their end, and never for a minors' line, a child, or somebody in danger.
func TestNobodyProtectedIsJudged(t *testing.T) {
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 7))
		c := &Call{line: Line{Protected: random.IntN(6) == 0}}
		protected, heard, saying := c.line.Protected, 0, false
		for range 1 + random.IntN(14) {
			switch random.IntN(9) {
			case 0:
				c.progress.mark(ivr.Marks{}.With([]ivr.Mark{ivr.Minor, ivr.Danger, ivr.Silent, ivr.Abusive}[random.IntN(4)]))
				protected = protected || c.progress.marked().Has(ivr.Minor|ivr.Danger)
			case 1:
				if random.IntN(3) == 0 {
					c.grip.hold("8001")
					protected = true
				}
			case 2, 3, 4, 5:
				grown, err := c.grown()
				if (err != nil) != protected || err != nil && !errors.Is(err, ErrProtected) {
					t.Fatalf("seed %d: protected %v, grown: %v", seed, protected, err)
				}
				if _, err := c.warnings.begin(grown); err == nil {
					if protected || saying {
						t.Fatalf("seed %d: warned, protected %v, saying %v", seed, protected, saying)
					}
					saying = true
				}
			case 6, 7:
				if saying {
					whole := random.IntN(4) != 0
					c.warnings.said(whole)
					saying = false
					if whole {
						heard++
					}
				}
			}
			grown, err := c.grown()
			v, judged := c.warnings.verdict(grown)
			if want := !protected && heard >= 2; v.given != want || (judged == nil) != want || (err == nil) == protected {
				t.Fatalf("seed %d: protected %v, heard %d: %v, %v", seed, protected, heard, v, judged)
			}
		}
	}
}

// What nobody gave opens nothing.
func TestTheZeroVerdictIsNone(t *testing.T) {
	w := &warnings{heard: 5}
	if _, err := w.begin(adult{}); !errors.Is(err, ErrProtected) {
		t.Errorf("warned: %v", err)
	}
	if v, err := w.verdict(adult{}); v.given || !errors.Is(err, ErrProtected) {
		t.Errorf("judged: %v", err)
	}
}
