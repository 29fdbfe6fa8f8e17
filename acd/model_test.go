package acd

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A day on the floor with everybody on a goroutine of their own, as in production: callers who wait, phones that ring and
// crash, counselors who come and go, supervisors who interfere.
type world struct {
	visits []visit
	acts   []act
}

// visit is one caller and what happens to the call.
type visit struct {
	at       time.Duration
	req      Request
	patience time.Duration
	rings    []ringPlan // one by one, again from the first
	talk     time.Duration
	message  bool // leaves a message when asked, else waits on
	callback bool // takes a callback when sent away
	lesson   *Lesson
	learnt   time.Duration // after joining
}

// ringPlan is what a phone does.
type ringPlan struct {
	what  ringKind
	after time.Duration
}

type ringKind uint8

const (
	answers ringKind = iota
	refuses
	isBusy
	isUnreachable
	ringsOut
	crashesRinging
	crashesTalking
	pickedUp
	unreachedCaller
)

// act is something a counselor or a supervisor does.
type act struct {
	at   time.Duration
	kind deedKind
	who  int
	d    Device
}

var errHungUp = errors.New("hung up")

func invent(seed uint64) world {
	random := rand.New(rand.NewPCG(seed, 1))
	// within draws times to the nanosecond, so that no two fall into the same instant.
	within := func(d time.Duration) time.Duration { return time.Duration(random.Int64N(int64(d))) }
	var w world
	queues := modelQueues()
	for i := range 10 + random.IntN(20) {
		v := visit{
			at: within(40 * time.Minute), patience: within(30 * time.Minute), talk: within(6 * time.Minute), message: random.IntN(2) == 0,
			callback: random.IntN(3) == 0, learnt: within(5 * time.Minute),
			req: Request{Queue: queues[random.IntN(len(queues))].Name, Contact: ContactID(fmt.Sprint("caller ", i))},
		}
		v.req.Claims = []Claims{0, 0, 0, Soldier, Repeat, Minor, Danger, Minor | Danger}[random.IntN(8)]
		v.req.Must = []Must{{}, {}, {}, Woman(), Speaking("yue"), Except("a", "c")}[random.IntN(6)]
		v.req.Prefer = []Prefer{{}, {}, {Agent: "b"}, {Language: "yue"}, {Level: 3}}[random.IntN(5)]
		if random.IntN(3) == 0 {
			v.req.Person = PersonKey(fmt.Sprint("person ", random.IntN(4)))
		}
		if random.IntN(4) == 0 {
			v.lesson = &[]Lesson{{Add: Minor}, {Add: Danger}, {Must: Woman()}, {Drop: Danger}}[random.IntN(4)]
		}
		for range 1 + random.IntN(4) {
			v.rings = append(v.rings, ringPlan{ringKind(random.IntN(int(unreachedCaller) + 4)), within(25 * time.Second)})
		}
		w.visits = append(w.visits, v)
	}
	kinds := []deedKind{signInOrOut, goOnBreak, comeBack, comeBack, setDevice, setDevice, prioritise, moveCall, newRules}
	for i := range 8 {
		w.acts = append(w.acts, act{at: within(time.Minute), kind: signInOrOut, who: i})
	}
	for range 30 {
		w.acts = append(w.acts, act{
			at: within(time.Hour), kind: kinds[random.IntN(len(kinds))], who: random.IntN(1000), d: Device(random.IntN(4)),
		})
	}
	return w
}

// stage is a world being played.
type stage struct {
	*Router
	people []Agent

	mu     sync.Mutex
	told   []Event
	start  time.Time
	states map[AgentID]State
	rings  map[AgentID]TicketID
	ended  map[ContactID]int
	ways   map[ContactID]int // tickets joined
	picked int               // rings that a colleague answered
	faults []error
}

func (s *stage) fail(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, fmt.Errorf(format, args...))
}

// tellOf counts what a world is to have among others.
func (s *stage) tellOf(seen map[string]int) {
	seen["picked up"] += s.picked
	for _, e := range s.told {
		switch e.Kind {
		case Returned, Reclassified, CallbackTaken, OfferEnded, Left, Moved:
			seen[strings.TrimSpace(e.Kind.String()+" "+e.Why.String()+e.Outcome.String())]++
		case AgentState:
			seen[strings.TrimSpace(e.State.String()+" "+e.Note)]++
		default:
		}
	}
}

// tellStory is what happened, line by line.
func (s *stage) tellStory() string {
	var story strings.Builder
	for _, e := range s.told {
		fmt.Fprintf(&story, "%12s %-15s %s %s ticket %d agent %s %s %s %s\n", e.At.Sub(s.start).Truncate(time.Millisecond),
			e.Kind, e.Contact, e.Queue, e.Ticket, e.Agent, e.State, e.Why, e.Note)
	}
	return story.String()
}

// hear follows every agent through the events alone, by the table of transitions.
func (s *stage) hear(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = append(s.told, e)
	bad := func(format string, args ...any) { s.faults = append(s.faults, fmt.Errorf(format, args...)) }
	switch e.Kind {
	case AgentState:
		from := s.states[e.Agent]
		if from != e.State && !follows[from].has(e.State) {
			bad("agent %s went from %s to %s", e.Agent, from, e.State)
		}
		s.states[e.Agent] = e.State
	case Offered:
		if s.states[e.Agent] != Reserved || s.rings[e.Agent] != 0 {
			bad("agent %s rung for %d while %s and rung for %d", e.Agent, e.Ticket, s.states[e.Agent], s.rings[e.Agent])
		}
		s.rings[e.Agent] = e.Ticket
	case OfferEnded, Finished:
		if s.rings[e.Agent] != e.Ticket {
			bad("agent %s ended a ring or talk of %d, not of %d", e.Agent, e.Ticket, s.rings[e.Agent])
		}
		delete(s.rings, e.Agent)
	case Joined:
		s.ways[e.Contact]++
	case Left:
		s.ended[e.Contact]++
	default:
	}
}

// act out a world, and return what was wrong.
func (w world) act(t *testing.T) (story string, fault error) { return w.acted(t, map[string]int{}) }

// acted is act, and counts what happened.
func (w world) acted(t *testing.T, seen map[string]int) (story string, fault error) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{
			start: time.Now(), people: newPlay().people, states: map[AgentID]State{}, rings: map[AgentID]TicketID{},
			ended: map[ContactID]int{}, ways: map[ContactID]int{},
		}
		for i := range s.people {
			for n := range s.people[i].Skills {
				if at := &s.people[i].Skills[n].Expires; !at.IsZero() {
					*at = s.start.Add(at.Sub(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)))
				}
			}
		}
		r, err := New(Config{Queues: modelQueues(), Zone: time.UTC, Observer: s.hear})
		if err != nil {
			t.Fatal(err)
		}
		s.Router = r
		var all sync.WaitGroup
		for _, v := range w.visits {
			all.Go(func() { s.visit(v) })
		}
		for _, a := range w.acts {
			all.Go(func() { s.act(a) })
		}
		done := make(chan struct{})
		go func() { all.Wait(); close(done) }()
		s.watch(done)
		s.tellOf(seen)
		if fault = errors.Join(s.faults...); fault != nil {
			story = s.tellStory()
		}
	})
	return story, fault
}

// watch audits the floor whenever everybody is still, to the end and some time after it.
func (s *stage) watch(done <-chan struct{}) {
	pause, sound := 37*time.Second+1, true
	for still := 0; still < 3; {
		time.Sleep(pause)
		synctest.Wait()
		if sound { // the first fault is told; the rest would come of it
			if err := audit(s.Router); err != nil {
				s.fail("after %s: %w", time.Since(s.start), err)
				sound = false
			}
		}
		select {
		case <-done:
			still, pause = still+1, time.Hour
		default:
		}
		if time.Since(s.start) > time.Hour {
			pause = 11 * time.Minute
		}
	}
	s.atTheEnd()
}

// atTheEnd: nothing of all the calls is left.
func (s *stage) atTheEnd() {
	r := s.Router
	if n := len(r.tickets.by); n > 0 {
		s.fail("%d tickets left over", n)
	}
	for _, a := range r.agents.roll {
		if st := a.status.state; st == Reserved || st == Busy || st == WrapUp {
			s.fail("agent %s is stuck in %s", a.ID, st)
		}
	}
	for _, l := range r.queues.order {
		if l.wait.Len()+l.ages.Len()+l.backs.pending+l.backs.working > 0 {
			s.fail("queue %s is not empty", l.name)
		}
	}
	for contact, n := range s.ways {
		if s.ended[contact] != n {
			s.fail("%s joined %d times and left %d times", contact, n, s.ended[contact])
		}
	}
	if len(s.rings) > 0 {
		s.fail("rings or talks without an end: %v", s.rings)
	}
}

// visit is a caller's goroutine.
func (s *stage) visit(v visit) {
	time.Sleep(v.at)
	ticket, err := s.Join(v.req)
	if err != nil {
		s.allow(err, ErrClosed, ErrFull, ErrNobody)
		return
	}
	defer ticket.Leave(Ending{Outcome: Abandoned})
	ctx, cancel := context.WithTimeoutCause(context.Background(), v.patience, errHungUp)
	defer cancel()
	if v.lesson != nil {
		learn := time.AfterFunc(v.learnt, func() { s.allow(ticket.Reclassify(*v.lesson), ErrOver) })
		defer learn.Stop()
	}
	s.waitInLine(ctx, ticket, v)
}

// waitInLine is what a call does from Wait to the end, as the switchboard does it.
func (s *stage) waitInLine(ctx context.Context, ticket *Ticket, v visit) {
	for turn := 0; ; turn++ {
		offer, err := s.Wait(ctx, ticket)
		switch {
		case errors.Is(err, ErrAskMessage) && !v.message:
			continue
		case err != nil && v.callback && !errors.Is(err, errHungUp) && !errors.Is(err, ErrOver):
			s.callBack(ticket, v)
			return
		case errors.Is(err, ErrAskMessage):
			ticket.Leave(Ending{Outcome: Message})
			return
		case err != nil:
			s.allow(err, errHungUp, ErrClosed, ErrTimeout, ErrNobody, ErrOver)
			return
		}
		if s.ringAll(ctx, v, turn, offer) {
			return
		}
	}
}

// callBack goes on with a ticket whose caller hung up, for two days at most.
func (s *stage) callBack(ticket *Ticket, v visit) {
	back, err := ticket.Callback(Promise{})
	if err != nil || back != ticket {
		s.allow(err, ErrOver)
		return
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), 48*time.Hour, errHungUp)
	defer cancel()
	for turn := 0; ; turn++ {
		offer, err := s.Wait(ctx, back)
		if err != nil {
			s.allow(err, errHungUp, ErrUnreached, ErrOver, ErrClosed, ErrTimeout, ErrNobody, ErrAskMessage) // on the line after Lost
			back.Leave(Ending{Outcome: Dismissed})
			return
		}
		if s.ringAll(ctx, v, turn, offer) {
			return
		}
	}
}

// ringAll rings the phones of an offer, and says whether the call is over.
func (s *stage) ringAll(ctx context.Context, v visit, turn int, first *Offer) bool {
	offers := append(first.Others(), first)
	over := make([]bool, len(offers))
	var phones sync.WaitGroup
	for i, o := range offers {
		phones.Go(func() { over[i] = s.phone(ctx, v, v.rings[(turn+i)%len(v.rings)], o) })
	}
	phones.Wait()
	return slices.Contains(over, true) || ctx.Err() != nil
}

// phone is one counselor's phone. It says whether the caller has been served.
func (s *stage) phone(ctx context.Context, v visit, plan ringPlan, o *Offer) bool {
	select {
	case <-time.After(plan.after):
	case <-o.Done():
		return false
	case <-ctx.Done():
		o.Decline(CallerGone)
		return false
	}
	switch plan.what {
	case refuses:
		o.Decline(Declined)
	case isBusy:
		o.Decline(DeviceBusy)
	case isUnreachable:
		o.Decline(Unreachable)
	case ringsOut:
		<-o.Done()
	case crashesRinging:
		s.SetDevice(o.Agent, DeviceGone)
		time.AfterFunc(time.Minute+time.Duration(v.at%1000), func() { s.SetDevice(o.Agent, DeviceIdle) })
		<-o.Done()
	case pickedUp:
		return s.pickUp(ctx, v, plan, o)
	default:
		return s.talk(ctx, v, plan, o)
	}
	return false
}

// pickUp is a colleague who answers the ring of another.
func (s *stage) pickUp(ctx context.Context, v visit, plan ringPlan, o *Offer) bool {
	who := s.people[int(v.at)%len(s.people)].ID
	won, err := o.PickUp(who)
	if err != nil {
		var ended *EndedError
		if !errors.As(err, &ended) {
			s.allow(err, ErrUnknownAgent, ErrUnavailable, ErrUnfit)
		}
		o.Decline(Declined)
		return false
	}
	s.mu.Lock()
	s.picked++
	s.mu.Unlock()
	s.Router.mu.Lock()
	fit := holdsAll(won.Ticket, won.agent, s.time.wall, s.rulings.minors)
	s.Router.mu.Unlock()
	if !fit {
		s.fail("%s picked up a caller without what that one must have", who)
	}
	return s.talk(ctx, v, plan, won)
}

func (s *stage) talk(ctx context.Context, v visit, plan ringPlan, o *Offer) bool {
	var ended *EndedError
	if err := o.Accept(); errors.As(err, &ended) {
		return false
	}
	if t := o.Ticket; t.back != nil {
		if plan.what == unreachedCaller {
			_, err := t.Unreached()
			s.allow(err, ErrNoCallback)
			return false
		}
		s.allow(t.Reached(), ErrNoCallback)
	}
	select {
	case <-time.After(v.talk):
	case <-ctx.Done():
	}
	if plan.what == crashesTalking && ctx.Err() == nil {
		o.Lost()
		time.AfterFunc(time.Minute+time.Duration(v.at%1000), func() { s.SetDevice(o.Agent, DeviceIdle) })
		return false
	}
	o.Finish()
	return true
}

// act is a counselor's or a supervisor's deed.
func (s *stage) act(a act) {
	time.Sleep(a.at)
	agent := s.people[a.who%len(s.people)]
	switch a.kind {
	case signInOrOut:
		if s.allow(s.SignIn(agent), ErrSignedIn); a.at > time.Minute {
			s.allow(s.SignOut(agent.ID), ErrUnknownAgent)
		}
	case goOnBreak:
		s.allow(s.Break(agent.ID, "model"), ErrUnknownAgent)
	case comeBack:
		s.allow(s.Ready(agent.ID), ErrUnknownAgent)
	case setDevice:
		s.SetDevice(agent.ID, a.d)
		time.Sleep(time.Minute)
		s.SetDevice(agent.ID, DeviceIdle)
	case newRules:
		queues := modelQueues()
		queues[2].Limits.Reserve = a.who % 3
		s.allow(s.SetQueues(fmt.Sprint("rules ", a.who), queues))
	default:
		ticket, err := s.Ticket(TicketID(1 + a.who%20))
		if err != nil {
			return
		}
		s.allow(ticket.Prioritise(a.who%90-30), ErrOver)
		if a.kind == moveCall {
			s.allow(ticket.Move(modelQueues()[a.who%4].Name), ErrOver, ErrInUse)
		}
	}
}

// allow takes an error for a fault unless it is one of those that the state of things explains.
func (s *stage) allow(err error, expected ...error) {
	if err != nil && !slices.ContainsFunc(expected, func(e error) bool { return errors.Is(err, e) }) {
		s.fail("unexpected: %w", err)
	}
}

// No caller is lost, no agent stuck, no minor with the unqualified, every offer ends, and all figures agree, whatever
// happens at whatever time.
func TestModel(t *testing.T) {
	t.Parallel()
	seeds := 10_000
	if raceDetector || testing.Short() {
		seeds = 300
	}
	seen := map[string]int{}
	defer func() {
		for _, what := range []string{
			"picked up", "returned", "reclassified", "callback-taken", "moved", "offer-ended declined", "offer-ended busy", "offer-ended unreachable",
			"offer-ended no-answer", "offer-ended elsewhere", "offer-ended unfit", "offer-ended agent-gone", "offer-ended caller-gone",
			"left answered", "left abandoned", "left message", "break missed calls",
		} {
			if seen[what] < seeds/100 && !t.Failed() {
				t.Errorf("%d times %s in %d worlds", seen[what], what, seeds)
			}
		}
	}()
	for seed := range uint64(seeds) {
		w := invent(seed)
		if _, err := w.acted(t, seen); err == nil {
			continue
		}
		w.visits = shorten(w.visits, func(visits []visit) bool { _, err := world{visits, w.acts}.act(t); return err != nil })
		w.acts = shorten(w.acts, func(acts []act) bool { _, err := world{w.visits, acts}.act(t); return err != nil })
		story, err := w.act(t)
		t.Fatalf("seed %d, shortened to %d callers and %d acts:\n%s%v", seed, len(w.visits), len(w.acts), story, err)
	}
}
