package acd

import "time"

// Queue is the rules of one queue. A caller keeps the rules in force at the moment of joining.
type Queue struct {
	Name QueueID
	// Skills are the queue's own: an agent who holds one of them serves it. None means that every agent does.
	Skills []Qualification
	// Must is asked of every agent for every caller of the queue, at every step of the ladder.
	Must Must
	// Protected makes every caller of the queue a protected one, as on the line for minors.
	Protected bool
	// Base is the priority in points that every caller of the queue has.
	Base int
	// Strategy chooses among the agents who are free.
	Strategy Strategy
	// Several is how many phones ring at once, at most; 0 and 1 mean one.
	Several int
	// Ladder says who else serves a caller who has waited. In the order of After.
	Ladder []Step
	// Limits bound the queue.
	Limits Limits
	// Times are the queue's durations.
	Times Times
	// Relax says how long each preference of a caller is kept.
	Relax Relaxing
	// Callback says when callbacks are offered and how often they are tried.
	Callback CallbackRule
}

// Step widens the circle of those who serve a caller. A step never touches what a caller must have.
type Step struct {
	// After is the wait at which the step is taken. A step behind which nobody works is not waited for.
	After time.Duration
	// Skills may serve from now on, too: general counselors, then those of neighbouring skills. A queue of protected
	// callers has none: it opens Sites instead.
	Skills []Qualification
	// Sites ring from now on, too.
	Sites []Site
	// Alarm tells the manager.
	Alarm bool
	// Message makes Wait return ErrAskMessage once: the caller is to be offered to leave a message, and keeps the place.
	Message bool
}

// Limits bound a queue. Protected callers are exempt from Waiting.
type Limits struct {
	// Waiting is the greatest number of callers in line; 0 means no limit. Join returns ErrFull.
	Waiting int
	// Reserve is how many agents who fit the queue are kept free for protected callers.
	Reserve int
	// CallbackShare is the greatest part of the working agents, in percent, that callbacks may take while callers wait on
	// the line. Default 50; at least one agent always may.
	CallbackShare int
}

// Times are the durations of a queue. Zero means the default.
type Times struct {
	Ring     time.Duration // how long a phone rings: 20 s
	Wrap     time.Duration // wrap-up after a call: 60 s; negative means none
	LongWrap time.Duration // wrap-up after a call in danger: 180 s
	MaxWrap  time.Duration // how far an agent may extend wrap-up: 15 min
	MaxWait  time.Duration // ordinary callers: 30 min; negative means no limit
	Closing  time.Duration // with nobody at work for so long the queue closes: 30 s
	Short    time.Duration // who leaves before is a short abandon: 5 s
	Return   time.Duration // who comes back so soon gets the old place: 10 min; negative means never
	Announce time.Duration // between announcements of the position: 45 s
	Handle   time.Duration // talk and wrap-up expected before any was seen: 525 s
}

// Relaxing says how long a preference is kept before the caller is offered to agents who do not meet it.
type Relaxing struct {
	Agent    time.Duration // the same counselor as last time: 20 s
	Language time.Duration // 30 s
	District time.Duration // 30 s
	Level    time.Duration // 45 s
}

// Site is where an agent is reached.
type Site uint8

// The sites. Only seats serve from the start; the others are opened by a Step.
const (
	Seat       Site = iota // a phone in the hall or at home, signed in
	Mobile                 // a duty mobile: announce, and accept with 1
	Supervisor             // a supervisor's phone
)

// String names the site in lower case.
func (s Site) String() string { return [...]string{"seat", "mobile", "supervisor"}[s] }

// sites is a set of Site.
type sites uint8

func (s Site) bit() sites { return 1 << s }

// Strategy orders the agents who are free and fit. Agents of the queue's own skills always come before those of other
// steps.
type Strategy uint8

// The strategies.
const (
	LongestIdle Strategy = iota // who has been free longest
	LeastTalk                   // who has talked least today
	FewestCalls                 // who has had the fewest calls today
	RoundRobin                  // who was rung longest ago, answered or not
	TopDown                     // by level in the queue's skills, then by the agents' own order
)

// String names the strategy in lower case.
func (s Strategy) String() string {
	return [...]string{"longest-idle", "least-talk", "fewest-calls", "round-robin", "top-down"}[s]
}

// ParseStrategy reads the name of a strategy; false for no such one, and LongestIdle.
func ParseStrategy(name string) (Strategy, bool) {
	for s := LongestIdle; s <= TopDown; s++ {
		if s.String() == name {
			return s, true
		}
	}
	return LongestIdle, false
}

// CallbackRule says when a callback is offered and how it is tried.
type CallbackRule struct {
	// Estimate is the wait above which a callback is offered: 180 s.
	Estimate time.Duration
	// Retries are the pauses after the tries that did not reach the caller: 10 min, 2 h.
	Retries []time.Duration
	// Morning is the time of day of one more try on the next day, 9 h by default; negative means no such try.
	Morning time.Duration
	// Window is when callbacks are dialled for callers who named no times of their own: 8:00 to 21:00.
	Window Window
}

// Window is a part of each day, in time since midnight. When To is not after From it passes midnight.
type Window struct{ From, To time.Duration }
