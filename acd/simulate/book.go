package simulate

import (
	"slices"
	"time"

	"hotline/acd"
)

// book collects what happens by the half-hour of the day, summed over all days.
type book struct {
	*floor
	queues  []acd.QueueID
	days    map[dayKey]acd.Day
	refused map[acd.QueueID]*[halfHours]int
	staff   map[acd.QueueID]*[halfHours]time.Duration // at work for the queue
	present [halfHours]time.Duration                  // at work
	busy    [halfHours]time.Duration                  // of it: talk and wrap-up
	last    map[acd.AgentID]spell
	serves  map[*Staff][]acd.QueueID
	turns   time.Time // the next midnight
}

type dayKey struct {
	queue    acd.QueueID
	midnight time.Time
}

// spell is a state that goes on.
type spell struct {
	state acd.State
	since time.Time
}

func newBook(f *floor) *book {
	b := &book{
		floor: f, days: map[dayKey]acd.Day{}, refused: map[acd.QueueID]*[halfHours]int{}, last: map[acd.AgentID]spell{},
		staff: map[acd.QueueID]*[halfHours]time.Duration{}, serves: map[*Staff][]acd.QueueID{}, turns: f.start.AddDate(0, 0, 1),
	}
	for _, q := range f.plan.Queues {
		b.queues = append(b.queues, q.Name)
		b.refused[q.Name], b.staff[q.Name] = new([halfHours]int), new([halfHours]time.Duration)
		for i := range f.plan.Staff {
			if s := &f.plan.Staff[i]; serves(s, q) {
				b.serves[s] = append(b.serves[s], q.Name)
			}
		}
	}
	return b
}

// serves says whether people hold one of a queue's own skills.
func serves(s *Staff, q acd.Queue) bool {
	return len(q.Skills) == 0 || slices.ContainsFunc(s.Like.Skills, func(skill acd.Skill) bool {
		return slices.Contains(q.Skills, skill.Name)
	})
}

func (b *book) refuse(c *call) {
	half, _ := halfHour(b.clock.now)
	b.refused[c.Queue][half]++
}

// agent follows a counselor's states.
func (b *book) agent(e acd.Event) {
	if from := b.last[e.Agent]; from.state != acd.Offline {
		b.spent(e.Agent, from, e.At)
	}
	b.last[e.Agent] = spell{e.State, e.At}
}

// spent enters the time of one state, half-hour by half-hour.
func (b *book) spent(id acd.AgentID, in spell, until time.Time) {
	if in.state == acd.Break {
		return
	}
	if end := b.start.AddDate(0, 0, b.plan.Days); until.After(end) { // the night after the last day belongs to no row
		until = end
	}
	queues := b.serves[b.workers[id].staff]
	for at := in.since; at.Before(until); {
		half, since := halfHour(at)
		part := min(HalfHour-since, until.Sub(at))
		b.present[half] += part
		if in.state == acd.Busy || in.state == acd.WrapUp {
			b.busy[half] += part
		}
		for _, q := range queues {
			b.staff[q][half] += part
		}
		at = at.Add(part)
	}
}

// pass keeps the figures of the last days before the Router begins a new one.
func (b *book) pass(to time.Time) {
	if to.Before(b.turns) {
		return
	}
	b.keep()
	y, m, d := to.Date()
	b.turns = time.Date(y, m, d+1, 0, 0, 0, 0, to.Location())
}

// keep reads the Router's figures of today and yesterday. What was read of a day before is less and is replaced.
func (b *book) keep() {
	for _, q := range b.queues {
		for _, yesterday := range []bool{true, false} {
			day, err := b.router.Today(q, yesterday)
			if b.must(err); err == nil && day.Intervals != nil {
				b.days[dayKey{q, day.Midnight}] = day
			}
		}
	}
}

// close ends the books.
func (b *book) close() {
	b.keep()
	for id, in := range b.last {
		if in.state != acd.Offline {
			b.spent(id, in, b.clock.now)
		}
	}
}
