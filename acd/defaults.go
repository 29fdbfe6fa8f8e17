package acd

import (
	"errors"
	"fmt"
	"time"
)

func orElse[T comparable](value *T, standard T) {
	var zero T
	if *value == zero {
		*value = standard
	}
}

func (q *Queue) setDefaults() {
	orElse(&q.Several, 1)
	orElse(&q.Limits.CallbackShare, 50)
	t := &q.Times
	orElse(&t.Ring, 20*time.Second)
	orElse(&t.Wrap, time.Minute)
	orElse(&t.LongWrap, 3*time.Minute)
	orElse(&t.MaxWrap, 15*time.Minute)
	orElse(&t.MaxWait, 30*time.Minute)
	orElse(&t.Closing, 30*time.Second)
	orElse(&t.Short, 5*time.Second)
	orElse(&t.Return, 10*time.Minute)
	orElse(&t.Announce, 45*time.Second)
	orElse(&t.Handle, 525*time.Second)
	orElse(&q.Relax.Agent, 20*time.Second)
	orElse(&q.Relax.Language, 30*time.Second)
	orElse(&q.Relax.District, 30*time.Second)
	orElse(&q.Relax.Level, 45*time.Second)
	orElse(&q.Callback.Estimate, 3*time.Minute)
	orElse(&q.Callback.Morning, 9*time.Hour)
	orElse(&q.Callback.Window, Window{8 * time.Hour, 21 * time.Hour})
	if q.Callback.Retries == nil {
		q.Callback.Retries = []time.Duration{10 * time.Minute, 2 * time.Hour}
	}
}

// faults returns everything that is wrong with the rules, one error a fault.
func (q *Queue) faults() error {
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf("queue %s: %s", q.Name, fmt.Sprintf(format, args...)))
		}
	}
	fault(q.Name == "", "has no name")
	fault(q.Strategy > TopDown, "strategy %d is unknown", uint8(q.Strategy))
	fault(q.Several < 0, "several is %d", q.Several)
	fault(q.Limits.Waiting < 0 || q.Limits.Reserve < 0, "a limit is negative")
	fault(q.Limits.CallbackShare < 0 || q.Limits.CallbackShare > 100, "callback share %d is not a percentage", q.Limits.CallbackShare)
	fault(q.Times.Ring < 0 || q.Times.Short < 0 || q.Times.Handle < 0, "a time is negative")
	fault(!q.Callback.Window.valid(), "callback window is not within a day")
	last := time.Duration(-1)
	for i, step := range q.Ladder {
		fault(step.After <= last, "step %d of the ladder is not later than the one before", i+1)
		fault(q.Protected && len(step.Skills) > 0, "step %d opens other skills to protected callers", i+1)
		for _, site := range step.Sites {
			fault(site > Supervisor, "step %d names unknown site %d", i+1, uint8(site))
		}
		last = step.After
	}
	return errors.Join(faults...)
}
