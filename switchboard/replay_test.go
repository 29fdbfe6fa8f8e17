package switchboard

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/acd"
	"hotline/ivr"
	"hotline/sip"
	"hotline/store"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/storetest"
)

// Postgres is the database server of this package's tests.
var Postgres storetest.Server

// ledger is a journal of a day on fake time: it keeps the facts until they are written to a real one.
type ledger struct {
	mu    sync.Mutex
	facts []event.Event
}

// Append implements Journal.
func (l *ledger) Append(facts ...event.Event) (journal.Seq, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range facts {
		if f.At.IsZero() {
			f.At = time.Now()
		}
		l.facts = append(l.facts, f)
	}
	return 0, nil
}

// day is a day of a centre, from eight in the morning over midnight to the next, with everybody on fake time. Callers do
// what Call.Queue does, by the same functions; only telephones are left out.
type day struct {
	*Service
	t     *testing.T
	all   sync.WaitGroup
	mu    sync.Mutex
	count map[string]int // what happened, so that a day of nothing does not pass
}

func (d *day) saw(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.count[what]++
}

// somebody is one caller's plan.
type somebody struct {
	at, patience time.Duration
	queue        string
	marks        ivr.Marks
	rings        []string // what comes of each ring, the last again and again
	talks        time.Duration
	ends         string // what the caller does when patience is over
	random       *rand.Rand
}

const dayCallers = 4000

// invent plans a caller. Times are whole milliseconds: the database keeps microseconds.
func invent(seed uint64) somebody {
	random := rand.New(rand.NewPCG(seed, 7))
	within := func(d time.Duration) time.Duration {
		return time.Duration(random.Int64N(int64(d/time.Millisecond))) * time.Millisecond
	}
	p := somebody{
		at: within(24 * time.Hour), patience: within(6 * time.Minute), talks: 20*time.Second + within(5*time.Minute), random: random,
		queue: []string{"labour", "labour", "general", "general", "family", "minors"}[random.IntN(6)],
		ends:  []string{"hangs up", "hangs up", "hangs up", "9", "*", "callback", "message"}[random.IntN(7)],
	}
	if random.IntN(6) == 0 {
		p.patience = within(7 * time.Second)
	}
	if random.IntN(8) == 0 { // a crowd at midnight
		p.at = 16*time.Hour - 2*time.Minute + within(4*time.Minute)
	}
	ends := []string{"answers", "answers", "answers", "answers", "declines", "rings out", "is busy", "is lost", "hands on", "is learnt", "is moved"}
	for range 3 {
		p.rings = append(p.rings, ends[random.IntN(len(ends))])
	}
	p.rings = append(p.rings, "answers")
	return p
}

// caller is a visit from the first fact to the last.
func (d *day) caller(p somebody) {
	time.Sleep(p.at)
	ctx, hangUp := context.WithCancelCause(d.t.Context())
	defer hangUp(nil)
	c := newCall(d.Service, nil, Line{Number: "12348"})
	c.file.note(&event.Opened{Channel: event.ChannelCallIn, Line: "12348", Caller: event.Number{Kind: "withheld"}, Node: "day", Boot: d.Boot})
	stage := d.inLine(ctx, hangUp, c, p, p.queue)
	c.file.note(&event.Closed{Outcome: event.OutcomeAnswered, Stage: stage, By: event.PartyCaller})
}

// inLine is a caller in one queue, and in the next when handed on.
func (d *day) inLine(ctx context.Context, hangUp context.CancelCauseFunc, c *Call, p somebody, queue string) event.Stage {
	r := ivr.QueueRequest{Queue: queue, Marks: p.marks, Leaving: p.leaving}
	ticket, err := d.Router.Join(acd.Request{Queue: acd.QueueID(queue), Contact: acd.ContactID(c.file.contact.String()), Claims: c.claims(p.marks)})
	if err != nil {
		_, _ = c.turnedAway(r, err)
		d.saw("turned away")
		return event.StageQueue
	}
	ending := acd.Ending{Outcome: acd.Abandoned}
	defer func() { ticket.Leave(ending) }()
	c.file.note(&event.Enqueued{Queue: queue, Place: ticket.Place().Position})
	waiting, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	patience := time.AfterFunc(p.patience, func() {
		if p.ends == "hangs up" {
			hangUp(&sip.EndError{Cause: sip.ErrHungUp})
		} else {
			leave(errLeft)
		}
	})
	defer patience.Stop()
	stage := event.StageQueue
	for turn := 0; ; turn++ {
		offer, err := d.Router.Wait(waiting, ticket)
		if err != nil {
			result, end, _ := c.unserved(ctx, waiting, err)
			if result.Outcome == ivr.Left {
				end = c.leaves(r)
			}
			ending = end
			c.file.note(&event.Dequeued{Queue: queue, Why: leaveReason(end, result.Outcome)})
			d.saw(string(leaveReason(end, result.Outcome)))
			if end.Outcome == acd.Callback {
				d.all.Go(func() { d.calledBack(queue, p) })
			}
			return stage
		}
		does := p.rings[min(turn, len(p.rings)-1)]
		if stage = d.ring(waiting, ticket, offer, does, turn); offer.Accept() != nil {
			continue
		}
		patience.Stop()
		d.saw(does)
		c.file.note(&event.Connected{Queue: queueOf(offer), Extension: string(offer.Agent), Leg: 2})
		d.sleep(ctx, p.talks)
		c.file.note(&event.TalkEnded{Extension: string(offer.Agent), Leg: 2, By: event.PartyStaff, Talked: p.talks})
		switch does {
		case "is lost":
			offer.Lost()
			time.AfterFunc(time.Minute, func() { d.Router.SetDevice(offer.Agent, acd.DeviceIdle) })
			patience.Reset(p.patience)
			continue
		case "hands on":
			offer.Finish()
			p.rings = []string{"answers"}
			return d.inLine(ctx, hangUp, c, p, "general")
		}
		offer.Finish()
		return event.StageAfter
	}
}

// ring is a telephone that rings, until the caller has gone or it is about to be answered.
func (d *day) ring(ctx context.Context, ticket *acd.Ticket, offer *acd.Offer, does string, turn int) event.Stage {
	select {
	case <-time.After(time.Duration(3+turn) * time.Second):
	case <-offer.Done():
		return event.StageQueue
	case <-ctx.Done():
		offer.Decline(acd.CallerGone)
		return event.StageRinging
	}
	switch does {
	case "declines":
		offer.Decline(acd.Declined)
	case "is busy":
		offer.Decline(acd.DeviceBusy)
	case "rings out":
		offer.Decline(acd.NoAnswer)
	case "is learnt": // to be a child in danger: the telephone may ring at the wrong place
		if ticket.Reclassify(acd.Lesson{Add: acd.Minor | acd.Danger}) == nil {
			d.saw("learnt while it rang")
		}
	case "is moved":
		offer.Decline(acd.DeviceBusy)
		if ticket.Move("family") == nil {
			d.saw("moved by a supervisor")
		}
	}
	return event.StageQueue
}

// leaving is what the flow would tell.
func (p somebody) leaving() ivr.Leaving {
	switch p.ends {
	case "callback":
		return ivr.Leaving{For: ivr.ForCallback, Key: '1'}
	case "message":
		return ivr.Leaving{For: ivr.ForMessage}
	}
	return ivr.Leaving{Key: ivr.Key(p.ends[0])}
}

// calledBack keeps a promise, as Service.keep does: the contact of the try is one of its own, in no queue.
func (d *day) calledBack(queue string, p somebody) {
	ticket, err := d.Router.Join(acd.Request{Queue: acd.QueueID(queue), Contact: "promise", Callback: &acd.Promise{}})
	if err != nil {
		d.t.Error(err)
		return
	}
	defer ticket.Leave(acd.Ending{Outcome: acd.Interrupted})
	ctx, stop := context.WithTimeout(d.t.Context(), 10*time.Hour)
	defer stop()
	for {
		offer, err := d.Router.Wait(ctx, ticket)
		if err != nil {
			return
		}
		time.Sleep(4 * time.Second)
		if offer.Accept() != nil {
			continue
		}
		c := newCall(d.Service, nil, Line{Number: "12348"})
		c.file.note(&event.Opened{Channel: event.ChannelCallback, Line: "12348", Caller: event.Number{Kind: "withheld"}, Node: "day", Boot: d.Boot})
		if p.random.IntN(2) == 0 {
			_, _ = ticket.Unreached()
			c.file.note(&event.Closed{Outcome: event.OutcomeUnreached, Stage: event.StageSetup, By: event.PartyNetwork})
			d.saw("not reached")
			continue
		}
		_ = ticket.Reached()
		c.file.note(&event.Connected{Queue: queueOf(offer), Extension: string(offer.Agent), Leg: 1})
		time.Sleep(p.talks)
		offer.Finish()
		c.file.note(&event.Closed{Outcome: event.OutcomeAnswered, Stage: event.StageTalk, By: event.PartyCaller})
		d.saw("called back")
		return
	}
}

func (d *day) sleep(ctx context.Context, long time.Duration) {
	select {
	case <-time.After(long):
	case <-ctx.Done():
	}
}

// counselors come and go in three shifts, the last over midnight.
func (d *day) counselors() {
	skills := [][]acd.Qualification{{"labour", "general"}, {"family", "general"}, {"minors", "family"}, {"general"}}
	for shift := range 3 {
		for i := range 14 {
			d.all.Go(func() {
				a := acd.Agent{ID: acd.AgentID(fmt.Sprintf("8%d%02d", shift+1, i)), Device: acd.DeviceIdle}
				for _, s := range skills[i%len(skills)] {
					a.Skills = append(a.Skills, acd.Skill{Name: s, Level: 3})
				}
				time.Sleep(time.Duration(shift)*8*time.Hour + time.Duration(i)*time.Second)
				if err := d.Router.SignIn(a); err != nil {
					d.t.Error(err)
				}
				for range 15 { // who missed calls comes back
					time.Sleep(32 * time.Minute)
					_ = d.Router.Ready(a.ID)
				}
				_ = d.Router.SignOut(a.ID)
			})
		}
	}
}

// book is what the router counted, by queue and the beginning of the interval.
type book map[string]acd.Tally

func key(queue string, at time.Time) string { return queue + " " + at.UTC().Format(time.DateTime) }

// live plays the day and returns what the router counted, and what was filed.
func live(t *testing.T, zone *time.Location, count map[string]int) (live book, facts []event.Event) {
	synctest.Test(t, func(t *testing.T) {
		written := &ledger{}
		s, err := New(Config{
			Node: "day", Boot: event.NewID(time.Now()), Lines: 10, Queues: Queues{Version: "day", Zone: zone, Rules: []acd.Queue{
				{Name: "labour", Skills: []acd.Qualification{"labour"}, Limits: acd.Limits{Waiting: 30}},
				{Name: "general", Skills: []acd.Qualification{"general"}},
				{Name: "family", Skills: []acd.Qualification{"family"}, Times: acd.Times{MaxWait: 3 * time.Minute}},
				{Name: "minors", Skills: []acd.Qualification{"minors"}, Protected: true},
			}},
		}, Parts{Journal: written, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
		if err != nil {
			t.Fatal(err)
		}
		d := &day{Service: s, t: t, count: count}
		d.counselors()
		for i := range uint64(dayCallers) {
			p := invent(i)
			d.all.Go(func() { d.caller(p) })
		}
		time.Sleep(24*time.Hour - time.Second)
		d.all.Wait()
		live = book{}
		for _, queue := range s.Router.Queues() {
			for _, yesterday := range []bool{true, false} {
				day, err := s.Router.Today(queue, yesterday)
				if err != nil {
					t.Fatal(err)
				}
				for i, tally := range day.Intervals {
					if tally.Offered > 0 {
						live[key(string(queue), day.Midnight.Add(time.Duration(i)*acd.Interval))] = tally
					}
				}
			}
		}
		facts = written.facts
	})
	return live, facts
}

// A whole day of some thousand callers is counted twice: by the router as it goes, and by the database from what was filed.
// Both say the same of every queue and every quarter of an hour, also around midnight.
func TestADayIsCountedTwice(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	now, facts := live(t, zone, count)
	for _, what := range []string{
		"answers", "is lost", "hands on", "learnt while it rang", "moved by a supervisor", "called back", "not reached", "gone", "key", "callback",
		"message", "timeout",
	} {
		if count[what] < 10 {
			t.Errorf("a day without: %s (%v)", what, count)
		}
	}
	filed := countAgain(t, facts)
	var whole acd.Tally
	for _, tally := range filed {
		whole.Add(tally)
	}
	if whole.Short < 50 || whole.Ringing < 50 || whole.Offered < dayCallers || len(now) < 200 {
		t.Errorf("%d rows, in all %+v", len(now), whole)
	}
	for row, tally := range now {
		want := tally
		want.Lost, want.Backs, want.Times.Talk, want.Times.Wrap = 0, acd.Backs{}, 0, 0 // no figures of visits
		if got := filed[row]; got != want {
			t.Errorf("%s\n live %+v\nfiled %+v", row, want, got)
		}
	}
	for row, tally := range filed {
		if _, ok := now[row]; !ok {
			t.Errorf("%s: filed alone %+v", row, tally)
		}
	}
}

// countAgain files the facts in a real database and counts them there.
func countAgain(t *testing.T, facts []event.Event) book {
	t.Helper()
	url := Postgres.URL(t)
	db := storetest.OpenURL(t, store.Options{URL: url, Keys: storetest.Keys(t), Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if _, err := storetest.Conn(t, url).Exec(t.Context(), `
		INSERT INTO queues (code, name, requires, minors) VALUES ('labour', 'L', '{labour}', false), ('general', 'G', '{}', false),
			('family', 'F', '{family}', false), ('minors', 'M', '{minors}', true);
		INSERT INTO lines (number, name, flow, case_code) VALUES ('12348', 'Legal aid', '12348', 'LA')`); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal"), journal.Options{Ballast: -1})
	if err != nil {
		t.Fatal(err)
	}
	stopJournal := sync.OnceValue(j.Close)
	defer func() { _ = stopJournal() }()
	var last journal.Seq
	for part := range slices.Chunk(facts, 500) {
		if last, err = j.Append(part...); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan error, 1)
	projector := db.NewProjector(j, "day")
	go func() { over <- projector.Run(ctx) }()
	if err := projector.Applied(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	stop()
	<-over
	if err := stopJournal(); err != nil {
		t.Error(err)
	}
	rows, err := db.Figures(t.Context(), facts[0].At.Add(-time.Hour), facts[len(facts)-1].At.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	filed := book{}
	for _, f := range rows {
		filed[key(f.Queue, f.From)] = acd.Tally{
			Offered: f.Offered, Answered: f.Answered, Abandoned: f.Abandoned, CalledBack: f.Callbacks, Messages: f.Messages,
			Diverted: f.Diverted, Details: acd.Details{Short: f.Short, Ringing: f.Ringing}, Keys: f.Keys,
			Levels: acd.Levels{Answered: f.Level.Answered, Abandoned: f.Level.Abandoned},
			Times:  acd.Sums{Answered: f.Waits.Answered, Waited: f.Waits.All, Longest: f.Waits.Longest},
		}
	}
	return filed
}

// A child and somebody in danger wait for no woman whom they asked for on another day.
func TestDangerWaitsForNoWish(t *testing.T) {
	p := &progress{}
	if _, ok := p.asksForWoman(acd.Request{}); ok {
		t.Error("nobody asked")
	}
	p.prefersWoman()
	for claims, want := range map[acd.Claims]bool{0: true, acd.Minor: false, acd.Danger: false} {
		if _, ok := p.asksForWoman(acd.Request{Claims: claims}); ok != want {
			t.Errorf("claims %v: %v", claims, ok)
		}
	}
}
