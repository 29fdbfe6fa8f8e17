package acd

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// handClock is a Clock that a test sets by hand.
type handClock struct {
	now  time.Time
	due  time.Time
	fire func()
}

func (c *handClock) Now() time.Time { return c.now }

func (c *handClock) AfterFunc(d time.Duration, f func()) Timer {
	c.due, c.fire = c.now.Add(d), f
	return c
}

func (c *handClock) Reset(d time.Duration) bool {
	set := !c.due.IsZero()
	c.due = c.now.Add(d)
	return set
}

// pass lets time pass, and calls check after each time the timer fired.
func (c *handClock) pass(d time.Duration, check func()) {
	for end := c.now.Add(d); ; {
		if c.due.IsZero() || c.due.After(end) {
			c.now = end
			return
		}
		c.now, c.due = c.due, time.Time{}
		c.fire()
		check()
	}
}

// deed is one step of a script. It means something in every state, so that a script can be shortened.
type deed struct {
	kind       deedKind
	who, other int
	d          time.Duration
}

type deedKind uint8

const (
	callIn deedKind = iota
	presentAgain
	hangUpCall
	acceptRing
	declineRing
	finishTalk
	loseAgent
	takeCallback
	missCallback
	reachCallback
	learnMore
	prioritise
	moveCall
	signInOrOut
	goOnBreak
	comeBack
	setDevice
	newRules
	letPass
	deedKinds
)

func (k deedKind) String() string {
	return [...]string{
		"calls", "waits again", "hangs up", "accept", "decline", "finish", "lose agent", "take callback", "callback missed",
		"callback reached", "learn", "prioritise", "move", "sign in or out", "break", "ready", "device", "new rules", "time",
	}[k]
}

// modelQueues have everything that may go wrong together.
func modelQueues() []Queue {
	return []Queue{
		{
			Name: "labour", Skills: []Qualification{"labour"}, Limits: Limits{Waiting: 9},
			Ladder: []Step{
				{After: time.Minute, Skills: []Qualification{"general"}},
				{After: 2 * time.Minute, Skills: []Qualification{"family"}, Sites: []Site{Mobile}},
				{After: 5 * time.Minute, Alarm: true},
			},
		},
		{Name: "family", Skills: []Qualification{"family"}, Several: 3, Strategy: FewestCalls, Times: Times{Wrap: -1}},
		{
			Name: "minors", Must: Qualified("minors"), Protected: true, Base: 30, Limits: Limits{Reserve: 1},
			Ladder: []Step{
				{After: 2 * time.Minute, Sites: []Site{Mobile}},
				{After: 4 * time.Minute, Sites: []Site{Supervisor}, Message: true},
			},
		},
		{Name: "general", Strategy: LeastTalk, Times: Times{MaxWait: 7 * time.Minute}},
	}
}

// play is a script on a floor.
type play struct {
	*Router
	clock   *handClock
	tickets []*Ticket
	story   strings.Builder
	fault   error
	people  []Agent
	also    func(Event) // hears everything, too
}

func newPlay() *play {
	p := &play{clock: &handClock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}}
	r, err := New(Config{Queues: modelQueues(), Zone: time.UTC, Clock: p.clock, Observer: p.hear})
	if err != nil {
		panic(err)
	}
	p.Router = r
	skills := [][]Qualification{{"labour"}, {"labour", "general"}, {"family", "minors"}, {"minors"}, {"general"}, {"labour", "family", "general", "minors"}}
	for i := range 8 {
		a := Agent{ID: AgentID(rune('a' + i)), Device: DeviceIdle, Woman: i%2 == 0, Languages: []Language{"zh-CN"}, Position: i}
		if i%3 == 0 {
			a.Languages = append(a.Languages, "yue")
		}
		for n, q := range skills[i%len(skills)] {
			s := Skill{Name: q, Level: 1 + (i+n)%levels}
			if (i+n)%4 == 1 {
				s.Expires = p.clock.now.Add(time.Duration(i+1) * 7 * time.Minute)
			}
			a.Skills = append(a.Skills, s)
		}
		a.Site = [...]Site{Seat, Seat, Seat, Seat, Seat, Seat, Mobile, Supervisor}[i]
		p.people = append(p.people, a)
	}
	return p
}

// hear checks the order of service: nobody who waits, comes before the one who is offered and could be served by the same
// agent, is passed over. The Router calls it after each operation, before anything else happens.
func (p *play) hear(e Event) {
	fmt.Fprintf(&p.story, "  %s %-14s ticket %d %s agent %s %s %s %s\n",
		e.At.Format("15:04:05.000"), e.Kind, e.Ticket, e.Queue, e.Agent, e.State, e.Why, e.Note)
	if p.also != nil {
		p.also(e)
	}
	if e.Kind != Offered || e.Ticket == 0 {
		return
	}
	t, a := p.Router.tickets.by[e.Ticket], p.agents.by[e.Agent]
	if t == nil || t.life.stand != ringing {
		return
	}
	if !holdsAll(t, a, p.clock.now, "minors") {
		p.fail("ticket %d offered to %s, who may not have it", e.Ticket, e.Agent)
	}
	for _, u := range p.Router.tickets.by {
		passedOver := u.life.stand == waiting && before(u, t) && may(u, a, p.time.now, p.clock.now, "minors")
		if passedOver && u.back == nil && (u.rank.protected || !p.held(a)) {
			p.fail("ticket %d was offered to %s although ticket %d comes before", e.Ticket, e.Agent, u.rank.id)
		}
	}
}

func (p *play) fail(format string, args ...any) {
	p.fault = errors.Join(p.fault, fmt.Errorf(format, args...))
}

func (p *play) check() {
	if err := audit(p.Router); err != nil {
		p.fault = errors.Join(p.fault, err)
	}
}

// run plays a script up to its first fault.
func run(script []deed) (story string, fault error) {
	p := newPlay()
	defer func() {
		if panicked := recover(); panicked != nil {
			story, fault = p.story.String(), fmt.Errorf("panic: %v\n%s", panicked, debug.Stack())
		}
	}()
	for _, d := range script {
		fmt.Fprintf(&p.story, "%s %s %d %d %s\n", p.clock.now.Format("15:04:05.000"), d.kind, d.who, d.other, d.d)
		p.clock.pass(time.Nanosecond, p.check) // no two things happen in the same instant, so that there is one right order
		p.do(d)
		p.check()
		if p.fault != nil {
			return p.story.String(), p.fault
		}
	}
	return p.story.String(), nil
}

func (p *play) do(d deed) {
	switch d.kind {
	case letPass:
		p.clock.pass(d.d, p.check)
	case callIn:
		p.callIn(d)
	case signInOrOut, goOnBreak, comeBack, setDevice:
		p.doAgent(d)
	case newRules:
		queues := modelQueues()
		queues[2].Limits.Reserve = d.other % 3
		p.must(p.SetQueues(fmt.Sprint(d.who), queues))
	default:
		if len(p.tickets) > 0 {
			p.doTicket(d, p.tickets[d.who%len(p.tickets)])
		}
	}
}

// must is for what may not fail, or for no other reason than the state of things.
func (p *play) must(err error) {
	expected := []error{
		ErrClosed, ErrFull, ErrNobody, ErrTimeout, ErrAskMessage, ErrOver, ErrInUse, ErrUnreached, ErrNoCallback, ErrUnknownAgent,
		ErrSignedIn, ErrUnavailable,
	}
	if err != nil && !slices.ContainsFunc(expected, func(e error) bool { return errors.Is(err, e) }) {
		p.fault = errors.Join(p.fault, err)
	}
}

func (p *play) callIn(d deed) {
	queues := modelQueues()
	req := Request{Queue: queues[d.who%len(queues)].Name, Contact: "c"}
	claims := []Claims{0, 0, 0, Soldier, Deadline | Repeat, Minor, Danger, Minor | Danger}
	req.Claims = claims[d.other%len(claims)]
	switch d.other % 7 {
	case 1:
		req.Must = Woman()
	case 2:
		req.Must = Speaking("yue")
	case 3:
		req.Must = Except(AgentID(rune('a'+d.who%8)), "c")
	case 4:
		req.Prefer = Prefer{Agent: AgentID(rune('a' + d.who%8)), Language: "yue"}
	case 5:
		req.Prefer = Prefer{Level: 4, District: "tianhe"}
	}
	if d.who%3 == 0 {
		req.Person = PersonKey(rune('p' + d.other%4))
	}
	if d.other%11 == 0 {
		req.Callback = &Promise{Tries: d.who % 4}
	}
	t, err := p.Join(req)
	p.must(err)
	if err == nil {
		p.tickets = append(p.tickets, t)
		p.must(t.Present())
	}
}

func (p *play) doTicket(d deed, t *Ticket) {
	o := t.Ringing()
	if t.life.stand == talking {
		o = t.offers[0]
	}
	switch d.kind {
	case presentAgain:
		p.must(t.Present())
	case hangUpCall:
		t.Leave(Ending{Outcome: [...]Outcome{Abandoned, Abandoned, Message, Exited, Dismissed}[d.other%5], Key: '9'})
	case takeCallback:
		t.absentForTest()
		u, err := t.Callback(Promise{})
		p.must(err)
		if err == nil && u == t {
			p.must(u.Present())
		}
	case missCallback:
		_, err := t.Unreached()
		p.must(err)
	case reachCallback:
		p.must(t.Reached())
	case learnMore:
		lessons := []Lesson{{Add: Minor}, {Add: Danger}, {Drop: Danger | Minor}, {Must: Woman()}, {Must: Except("b")}, {Add: Soldier}}
		p.must(t.Reclassify(lessons[d.other%len(lessons)]))
	case prioritise:
		p.must(t.Prioritise(d.other%100 - 50))
	case moveCall:
		p.must(t.Move(modelQueues()[d.other%4].Name))
	default:
		p.doOffer(d, o)
	}
}

// absentForTest ends a Wait by the end of its context.
func (t *Ticket) absentForTest() {
	t.r.begin()
	defer t.r.end()
	t.r.absent(t)
}

func (p *play) doOffer(d deed, o *Offer) {
	if o == nil {
		return
	}
	if others := o.Others(); len(others) > 0 {
		o = append(others, o)[d.other%(len(others)+1)]
	}
	switch d.kind {
	case acceptRing:
		var ended *EndedError
		if err := o.Accept(); err != nil && !errors.As(err, &ended) {
			p.fail("accept: %v", err)
		}
	case declineRing:
		o.Decline(Why(d.other)%Unfit + 1)
	case finishTalk:
		o.Finish()
	default:
		o.Lost()
	}
}

func (p *play) doAgent(d deed) {
	a := p.people[d.who%len(p.people)]
	switch d.kind {
	case signInOrOut:
		if p.here(a.ID) {
			p.must(p.SignOut(a.ID))
			return
		}
		p.must(p.SignIn(a))
	case goOnBreak:
		p.must(p.Break(a.ID, "model"))
	case comeBack:
		p.must(p.Ready(a.ID))
	default:
		p.SetDevice(a.ID, [...]Device{DeviceIdle, DeviceIdle, DeviceIdle, DeviceInUse, DeviceGone}[d.other%5])
	}
}

// write makes a script of a seed: everybody signs in, then things happen.
func write(seed uint64, length int) []deed {
	random := rand.New(rand.NewPCG(seed, 0))
	weights := [deedKinds]int{
		callIn: 9, presentAgain: 6, hangUpCall: 3, acceptRing: 8, declineRing: 4, finishTalk: 8, loseAgent: 1, takeCallback: 2,
		missCallback: 1, reachCallback: 1, learnMore: 2, prioritise: 1, moveCall: 1, signInOrOut: 2, goOnBreak: 1, comeBack: 4,
		setDevice: 3, letPass: 14,
	}
	if seed%10 == 0 {
		weights[newRules] = 1
	}
	var kinds []deedKind
	for kind, n := range weights {
		for range n {
			kinds = append(kinds, deedKind(kind))
		}
	}
	var script []deed
	for i := range 8 {
		script = append(script, deed{kind: signInOrOut, who: i})
	}
	for range length {
		d := deed{kind: kinds[random.IntN(len(kinds))], who: random.IntN(1000), other: random.IntN(1000)}
		if d.kind == letPass {
			d.d = time.Duration(random.ExpFloat64() * float64(40*time.Second))
			if random.IntN(40) == 0 {
				d.d *= 40
			}
		}
		script = append(script, d)
	}
	return script
}

// shorten drops every step that the fault does not need.
func shorten[T any](script []T, fails func([]T) bool) []T {
	for size := len(script) / 2; size > 0; {
		shorter := false
		for at := 0; at+size <= len(script); {
			try := slices.Delete(slices.Clone(script), at, at+size)
			if fails(try) {
				script, shorter = try, true
			} else {
				at += size
			}
		}
		if !shorter {
			size /= 2
		}
	}
	return script
}

// Whatever happens in whatever order, after each step the whole Router agrees with itself, nobody waits while somebody is
// free who may serve, nobody is passed over, and nobody is offered to an agent who may not have the caller.
func TestScripts(t *testing.T) {
	t.Parallel()
	seeds := 10_000
	if raceDetector || testing.Short() {
		seeds = 500
	}
	for seed := range uint64(seeds) {
		script := write(seed, 120)
		if _, err := run(script); err == nil {
			continue
		}
		script = shorten(script, func(s []deed) bool { _, err := run(s); return err != nil })
		story, err := run(script)
		t.Fatalf("seed %d, shortened to %d steps:\n%s%v", seed, len(script), story, err)
	}
}
