package acd

import "time"

// Thresholds are the waits within which a service level is counted.
var Thresholds = [...]time.Duration{15 * time.Second, 30 * time.Second, 60 * time.Second} // table

// Within counts events by the Thresholds they kept: Within[0] happened within 15 s.
type Within [len(Thresholds)]int

func (w *Within) add(waited time.Duration) {
	for i, t := range Thresholds {
		if waited <= t {
			w[i]++
		}
	}
}

// Tally counts the callers who entered a queue in one interval, whenever the rest of their visit took place. Sums of
// tallies are tallies; rates are computed from sums and never averaged. The invariant is
//
//	Offered = Answered + Abandoned + CalledBack + Messages + Diverted + still waiting
type Tally struct {
	Offered    int // entered the queue
	Answered   int // talked to a human
	Abandoned  int // left while waiting, the short ones among them
	CalledBack int // took a callback
	Messages   int // left a message
	Diverted   int // every other end
	Details
	Levels Levels
	Times  Sums
	Keys   Keys
	Backs  Backs
}

// Details are parts of the counts of a Tally.
type Details struct {
	Short   int // of the abandoned: before the queue's Short
	Ringing int // of the abandoned: while a phone was ringing
	Lost    int // of the answered: the counselor's phone died in mid-call; one caller may count several times
}

// Backs counts what became of the callbacks that were taken.
type Backs struct {
	Reached   int // the caller was joined to an agent
	Missed    int // tries that did not reach the caller
	Unreached int // given up after the last try
	Merged    int // taken by a caller who had one already
}

func (b *Backs) add(c Backs) {
	b.Reached += c.Reached
	b.Missed += c.Missed
	b.Unreached += c.Unreached
	b.Merged += c.Merged
}

// Levels are what service levels are computed from.
type Levels struct {
	Answered  Within // answered within the threshold
	Abandoned Within // abandoned within the threshold
}

// Sums are sums of durations.
type Sums struct {
	Answered time.Duration // waits of the answered
	Waited   time.Duration // waits of all whose wait is over
	Longest  time.Duration // of those
	Talk     time.Duration // of talks that are over, hold included
	Wrap     time.Duration // of wrap-ups that are over
}

// Keys counts the callers who left by a key: 0 to 9, * and #.
type Keys [12]int

func (k *Keys) add(key rune) {
	switch {
	case key >= '0' && key <= '9':
		k[key-'0']++
	case key == '*':
		k[10]++
	case key == '#':
		k[11]++
	}
}

// Waiting is how many of those counted are still in line.
func (t *Tally) Waiting() int {
	return t.Offered - t.Answered - t.Abandoned - t.CalledBack - t.Messages - t.Diverted
}

// end counts an outcome.
func (t *Tally) end(e Ending, waited, short time.Duration, ringing bool) {
	t.Times.Waited += waited
	t.Times.Longest = max(t.Times.Longest, waited)
	switch e.Outcome {
	case Served:
		t.Answered++
		t.Times.Answered += waited
		t.Levels.Answered.add(waited)
	case Abandoned:
		t.Abandoned++
		t.Levels.Abandoned.add(waited)
		if waited < short {
			t.Short++
		}
		if ringing {
			t.Ringing++
		}
	case Callback:
		t.CalledBack++
	case Message:
		t.Messages++
	default:
		t.Diverted++
		t.Keys.add(e.Key)
	}
}

// Add adds another tally, of another interval or another queue.
func (t *Tally) Add(u Tally) {
	t.Offered += u.Offered
	t.Answered += u.Answered
	t.Abandoned += u.Abandoned
	t.CalledBack += u.CalledBack
	t.Messages += u.Messages
	t.Diverted += u.Diverted
	t.Short += u.Short
	t.Ringing += u.Ringing
	t.Lost += u.Lost
	for i := range Thresholds {
		t.Levels.Answered[i] += u.Levels.Answered[i]
		t.Levels.Abandoned[i] += u.Levels.Abandoned[i]
	}
	t.Times.Answered += u.Times.Answered
	t.Times.Waited += u.Times.Waited
	t.Times.Longest = max(t.Times.Longest, u.Times.Longest)
	t.Times.Talk += u.Times.Talk
	t.Times.Wrap += u.Times.Wrap
	for i := range t.Keys {
		t.Keys[i] += u.Keys[i]
	}
	t.Backs.add(u.Backs)
}
