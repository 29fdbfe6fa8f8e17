package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/acd"
	"hotline/console"
	"hotline/ivr"
	"hotline/sip"
	"hotline/store"
	"hotline/store/event"
	"hotline/switchboard"
)

// office is the snapshot of lines and staff that calls are served from. It implements switchboard.Office,
// sip.Accounts and console.Directory; while the database is away the last good snapshot serves.
type office struct {
	db     *store.DB
	realm  string
	routes []switchboard.Route // of duty mobiles
	log    *slog.Logger
	now    atomic.Pointer[snapshot]

	standing *prometheus.GaugeVec // alarms
}

// snapshot is immutable.
type snapshot struct {
	lines    map[string]switchboard.Line
	agents   map[string]acd.Agent
	accounts map[string]sip.Account
	queues   []acd.Queue
	shifts   []acd.Shift
	alarms   []store.Alarm
	mark     string // of the roster that all but shifts and alarms come from
	version  string // of the rules of the queues
	people   map[acd.AgentID]string
	about    map[acd.QueueID]console.Queue
}

// refresh is how often people and lines are read again: a new counselor can register within this time.
const refresh = 3 * time.Second

func newOffice(ctx context.Context, db *store.DB, c Config, log *slog.Logger) (*office, error) {
	o := &office{db: db, realm: c.SIP.Realm, routes: c.routes(), log: log, standing: alarmed()}
	return o, o.read(ctx)
}

// read takes a new snapshot. Most of the time nobody has changed people and lines, and they stay.
func (o *office) read(ctx context.Context) error {
	shifts, err := o.db.Shifts(ctx, time.Now())
	if err != nil {
		return fmt.Errorf("read shifts: %w", err)
	}
	alarms, err := o.db.Alarms(ctx)
	if err != nil {
		return fmt.Errorf("read alarms: %w", err)
	}
	mark, err := o.db.RosterMark(ctx)
	if err != nil {
		return fmt.Errorf("read lines and staff: %w", err)
	}
	s := &snapshot{}
	if last := o.now.Load(); last != nil && last.mark == mark {
		*s = *last
	} else {
		roster, err := o.db.Roster(ctx)
		if err != nil {
			return fmt.Errorf("read lines and staff: %w", err)
		}
		s = o.snapshot(roster)
		s.mark = mark
	}
	s.shifts, s.alarms = shiftsOf(shifts), alarms
	o.now.Store(s)
	return nil
}

// snapshot makes of the roster what calls are served from.
func (o *office) snapshot(roster store.Roster) *snapshot {
	s := &snapshot{
		lines: map[string]switchboard.Line{}, agents: map[string]acd.Agent{}, accounts: map[string]sip.Account{},
		people: map[acd.AgentID]string{}, about: map[acd.QueueID]console.Queue{},
	}
	for _, l := range roster.Lines {
		s.lines[l.Number] = lineOf(l)
	}
	for _, m := range roster.Members {
		s.people[acd.AgentID(m.Extension)] = m.Name
		if m.HA1 != nil && m.HA1.Realm == o.realm {
			s.accounts[m.Extension] = sip.Account{
				Extension: m.Extension, MD5: m.HA1.MD5, SHA256: m.HA1.SHA256, DialOut: m.DialOut, Mobile: mobileOf(m.Mobile, o.routes),
			}
		}
		if agent, ok := agentOf(m.Staff); ok {
			s.agents[m.Extension] = agent
		}
	}
	for _, q := range roster.Queues {
		s.queues = append(s.queues, rulesOf(q))
		s.about[acd.QueueID(q.Code)] = console.Queue{Name: q.Name, Minors: q.Minors, Within: q.Service.Within, Target: q.Service.Target}
	}
	sum := sha256.Sum256(fmt.Append(nil, roster.Queues))
	s.version = hex.EncodeToString(sum[:6])
	return s
}

// follow reads people and lines again and again, and puts changed rules of queues in force.
func (o *office) follow(ctx context.Context, router *acd.Router) error {
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	o.tell(nil)
	for {
		o.onDuty(router, time.Now())
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		before, alarms := o.now.Load().version, o.now.Load().alarms
		if err := o.read(ctx); err != nil {
			o.log.Warn("lines and staff not read, the last known serve", "error", err)
			continue
		}
		o.tell(alarms)
		s := o.now.Load()
		if s.version == before {
			continue
		}
		if err := router.SetQueues(s.version, s.queues); err != nil {
			o.log.Error("rules of queues not in force, the old ones stay", "error", err)
		}
	}
}

// Line implements switchboard.Office.
func (o *office) Line(number string) (switchboard.Line, bool) {
	l, ok := o.now.Load().lines[number]
	return l, ok
}

// Agent implements switchboard.Office.
func (o *office) Agent(extension string) (acd.Agent, bool) {
	a, ok := o.now.Load().agents[extension]
	return a, ok
}

// Account implements sip.Accounts.
func (o *office) Account(extension string) (sip.Account, bool) {
	a, ok := o.now.Load().accounts[extension]
	return a, ok
}

// mediationFlow is the flow of lines by which the sides of mediations dial in.
const mediationFlow = "mediation"

func lineOf(l store.Line) switchboard.Line {
	line := switchboard.Line{Number: l.Number, Flow: l.Flow, Lang: ivr.Lang(l.Language), Protected: l.Minors}
	switch {
	case l.Minors:
		line.Class = event.RecordingMinors
	case l.Flow == mediationFlow:
		line.Class = event.RecordingMediation
	}
	return line
}

// agentOf makes of a member of staff who takes calls what the router must know.
func agentOf(s store.Staff) (acd.Agent, bool) {
	a := acd.Agent{ID: acd.AgentID(s.Extension), Woman: s.Traits.Woman, District: acd.District(s.Traits.District), Position: s.Traits.Order}
	switch {
	case s.Has(store.RoleSupervisor):
		a.Site = acd.Supervisor
	case s.Has(store.RoleCounselor), s.Has(store.RoleDutyLawyer):
	default:
		return a, false
	}
	for _, q := range s.Qualifications {
		skill := acd.Skill{Name: acd.Qualification(q.Kind), Level: q.Level}
		if !q.ExpiresOn.IsZero() {
			skill.Expires = q.ExpiresOn.AddDate(0, 0, 1)
		}
		a.Skills = append(a.Skills, skill)
	}
	if s.DialOut {
		a.Skills = append(a.Skills, acd.Skill{Name: switchboard.DialOut, Level: 3})
	}
	for _, l := range s.Languages {
		a.Languages = append(a.Languages, acd.Language(l))
	}
	return a, true
}

// The ladder of domain practice: own skill at once, general counselors after a minute, neighbouring skills after two.
// For minors no skill is ever added: duty phones after two minutes, supervisors after four.
const (
	generalAfter    = time.Minute
	neighboursAfter = 2 * time.Minute
	supervisorAfter = 4 * time.Minute
	alarmAfter      = 10 * time.Minute
)

func rulesOf(q store.Queue) acd.Queue {
	rules := acd.Queue{
		Name: acd.QueueID(q.Code), Base: q.BasePriority, Protected: q.Minors,
		Times:   acd.Times{Ring: q.Ring, Wrap: q.Wrap, MaxWait: q.MaxWait, Short: q.Service.ShortAbandon},
		Limits:  acd.Limits{Waiting: q.Limits.MaxLength, Reserve: q.Limits.Reserve},
		Several: q.Choice.AtOnce, Relax: acd.Relaxing{Agent: q.Choice.Sticky},
	}
	rules.Strategy, _ = acd.ParseStrategy(q.Choice.Strategy) // the database knows no others
	if q.Choice.Sticky == 0 {
		rules.Relax.Agent = -1
	}
	if q.Wrap == 0 {
		rules.Times.Wrap = -1
	}
	for _, kind := range q.Requires {
		rules.Skills = append(rules.Skills, acd.Qualification(kind))
	}
	switch {
	case q.Minors:
		rules.Must = acd.Qualified(rules.Skills...)
		rules.Ladder = []acd.Step{
			{After: neighboursAfter, Sites: []acd.Site{acd.Mobile}},
			{After: supervisorAfter, Sites: []acd.Site{acd.Supervisor}, Alarm: true},
		}
	case slices.Contains(shared(), q.Code):
		rules.Ladder = []acd.Step{
			{After: generalAfter, Skills: []acd.Qualification{"general"}},
			{After: neighboursAfter, Skills: []acd.Qualification{"labour", "family", "criminal"}},
			{After: alarmAfter, Alarm: true},
		}
	}
	return rules
}

// shared are the queues of advice, whose counselors help one another out.
func shared() []string { return []string{"general", "labour", "family", "criminal"} }
