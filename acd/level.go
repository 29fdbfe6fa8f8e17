package acd

// Formula is one of the definitions of a service level in use. They differ by what is done about those who gave up, and a
// figure without its formula means nothing.
type Formula uint8

// The formulas, for a threshold T. Abandoned includes the short ones.
const (
	// SLOurs is answered within T of all who were offered and did not leave at once. Who took a callback or left a message
	// counts as not within T.
	SLOurs Formula = iota
	// SLHandled is answered or abandoned within T, of answered and abandoned.
	SLHandled
	// SLAnswered is answered within T, of answered.
	SLAnswered
	// SLAll is answered within T, of answered and abandoned.
	SLAll
	// SLPatient is answered within T, of answered and of those who abandoned after T.
	SLPatient
)

// String names the formula as in reports.
func (f Formula) String() string {
	return [...]string{"SL", "SL-F1", "SL-F2", "SL-F3", "SL-F4"}[f]
}

// Level is the service level from 0 to 1 by a formula at Thresholds[threshold]; ok is false when there was nobody to serve.
func (t *Tally) Level(f Formula, threshold int) (level float64, ok bool) {
	answered, gave := t.Levels.Answered[threshold], t.Levels.Abandoned[threshold]
	switch f {
	case SLHandled:
		return ratio(answered+gave, t.Answered+t.Abandoned)
	case SLAnswered:
		return ratio(answered, t.Answered)
	case SLAll:
		return ratio(answered, t.Answered+t.Abandoned)
	case SLPatient:
		return ratio(answered, t.Answered+t.Abandoned-gave)
	default:
		return ratio(answered, t.Offered-t.Short)
	}
}

// Reached is the part of the offered, without the short abandons, that was answered.
func (t *Tally) Reached() (rate float64, ok bool) { return ratio(t.Answered, t.Offered-t.Short) }

// Abandonment is the part of the offered that gave up, both without the short abandons.
func (t *Tally) Abandonment() (rate float64, ok bool) {
	return ratio(t.Abandoned-t.Short, t.Offered-t.Short)
}

func ratio(part, whole int) (float64, bool) {
	if whole <= 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}
