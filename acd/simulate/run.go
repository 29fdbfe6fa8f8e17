package simulate

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"hotline/acd"
)

// Run simulates a plan. The same plan gives the same report. It returns an error with ErrPlan for each fault of the plan,
// and the errors of acd.New.
func Run(p Plan) (*Report, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	y, m, d := p.Start.Date()
	f := &floor{
		plan: p, start: time.Date(y, m, d, 0, 0, 0, 0, p.Start.Location()),
		calls: map[acd.TicketID]*call{}, workers: map[acd.AgentID]*worker{},
	}
	f.clock.now = f.start
	f.ends = f.start.AddDate(0, 0, p.Days)
	f.book = newBook(f)
	router, err := acd.New(acd.Config{
		Version: "simulation", Queues: p.Queues, Agents: p.Agents, Zone: p.Start.Location(), Clock: &f.clock, Observer: f.hear,
	})
	if err != nil {
		return nil, fmt.Errorf("simulate: %w", err)
	}
	f.router = router
	f.begin()
	f.run()
	if f.fault != nil {
		return nil, fmt.Errorf("simulate: %w", f.fault)
	}
	return f.book.report(), nil
}

// floor is a centre under simulation.
type floor struct {
	plan        Plan
	start, ends time.Time
	clock       clock
	tasks       tasks
	router      *acd.Router
	calls       map[acd.TicketID]*call
	workers     map[acd.AgentID]*worker
	book        *book
	fault       error
}

// call is one caller.
type call struct {
	Call
	must   acd.Must
	ticket *acd.Ticket
	gone   bool
}

// worker is one counselor.
type worker struct {
	staff *Staff
	agent acd.Agent
	wraps int // so far, to know one from another
}

// begin plans the first shift of everybody and the first call of each stream.
func (f *floor) begin() {
	for i := range f.plan.Staff {
		s := &f.plan.Staff[i]
		for n := range s.Count {
			w := &worker{staff: s, agent: s.Like}
			w.agent.ID = acd.AgentID(fmt.Sprintf("%s-%d-%d", s.Like.ID, i+1, n+1))
			w.agent.Device = acd.DeviceIdle
			f.workers[w.agent.ID] = w
			for day := -1; day < f.plan.Days; day++ { // who came the evening before is still there
				f.shift(w, f.start.AddDate(0, 0, day))
			}
		}
	}
	for i := range f.plan.Streams {
		f.arrive(&arrivals{
			Stream: &f.plan.Streams[i], at: f.start, random: rand.New(rand.NewPCG(f.plan.Seed, uint64(i))),
		})
	}
	for _, c := range f.plan.Calls {
		f.tasks.plan(c.At, func() { f.dial(&call{Call: c}) })
	}
}

// shift plans the shift that begins on a day.
func (f *floor) shift(w *worker, midnight time.Time) {
	from, to := midnight.Add(w.staff.From), midnight.Add(w.staff.To)
	if w.staff.Off[midnight.Weekday()] || !to.After(f.start) {
		return
	}
	if from.Before(f.start) {
		from = f.start
	}
	f.tasks.plan(from, func() { f.come(w) })
	f.tasks.plan(to, func() { f.must(f.router.SignOut(w.agent.ID)) })
}

// come signs a counselor in. One who is still in the last call of the shift before just stays.
func (f *floor) come(w *worker) {
	err := f.router.SignIn(w.agent)
	if errors.Is(err, acd.ErrSignedIn) {
		err = f.router.Ready(w.agent.ID)
	}
	f.must(err)
}

// run does one thing after another until nothing is left to do.
func (f *floor) run() {
	for len(f.tasks.heap) > 0 || len(f.calls) > 0 {
		if due := f.clock.due; !due.IsZero() && (len(f.tasks.heap) == 0 || due.Before(f.tasks.heap[0].at)) {
			f.pass(due)
			f.clock.due = time.Time{}
			f.clock.fire()
			continue
		}
		if len(f.tasks.heap) == 0 {
			break // callers whose patience has no end, and nobody who will come
		}
		next := f.tasks.next()
		f.pass(next.at)
		next.do()
	}
	f.book.close()
}

// pass moves the clock, and closes the books of the days that end.
func (f *floor) pass(to time.Time) {
	if to.After(f.clock.now) {
		f.book.pass(to)
		f.clock.now = to
	}
}

// must keeps the first error of what cannot fail in a checked plan.
func (f *floor) must(err error) {
	if err != nil && f.fault == nil {
		f.fault = err
	}
}
