package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"hotline/acd"
	"hotline/store"
)

// listed is how many callers of each queue are shown one by one.
const listed = 20

// scene is everything a picture of the floor is made of.
type scene struct {
	now       acd.Snapshot
	callers   []acd.CallerView
	live      int
	messages  *store.Messages
	listening []Listener
	parties   []Party
	alarms    []Alarm                // besides those of the router
	talks     map[acd.ContactID]talk // for those who are in them
}

// talk is what those in a call are told of it.
type talk struct {
	paused    bool // the recording
	overheard []Listener
}

// dangerAlarm is the kind of a call for help. The router knows who called; Alarms knows the call, too, and is drawn.
const dangerAlarm = "danger"

// painter draws scenes.
type painter struct {
	directory Directory
	secret    []byte               // of this run, behind the keys of agents
	moments   map[string]time.Time // as drawn last
}

// key names an agent to people who may not know who it is. It holds for this run of the program.
func (p *painter) key(id acd.AgentID) string {
	mac := hmac.New(sha256.New, p.secret)
	mac.Write([]byte(id))
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:10]))
}

// draw makes the picture for those who see names, or for those who do not.
func (p *painter) draw(s scene, named bool) (cells, error) {
	c := cells{}
	faults := []error{c.put("floor", "all", p.floor(s))}
	for i, q := range s.now.Queues {
		faults = append(faults, c.put("queues", string(q.Name), p.queue(s.now.At, q, i)))
	}
	for _, a := range s.now.Agents {
		faults = append(faults, c.put("agents", p.key(a.ID), p.agent(a, named)))
	}
	for _, t := range s.callers {
		faults = append(faults, c.put("callers", strconv.FormatUint(uint64(t.Ticket), 10), p.caller(t, named)))
	}
	for _, a := range s.now.Alarms {
		if a.Kind == acd.AlarmDanger && len(s.alarms) > 0 {
			continue
		}
		faults = append(faults, c.put("alarms", p.alarmKey(a), p.alarm(a, named)))
	}
	for _, a := range s.alarms {
		faults = append(faults, c.put("alarms", a.Kind+":"+p.key(acd.AgentID(a.Object+string(a.Agent)+string(a.Call))), p.other(a, named)))
	}
	if named {
		for _, l := range s.listening {
			faults = append(faults, c.put("listening", p.key(l.Supervisor), listenerRow{
				Agent: p.key(l.Supervisor), Contact: string(l.Call), Mode: l.Mode, Since: stamp(l.Since),
			}))
		}
		for _, one := range s.parties {
			faults = append(faults, c.put("parties", string(one.Call)+" "+strconv.Itoa(one.Leg), p.party(one)))
		}
	}
	return c, errors.Join(faults...)
}

func (p *painter) floor(s scene) floorRow {
	row := floorRow{Calls: s.live}
	var now, today acd.Tally
	inQueues := 0
	for _, q := range s.now.Queues {
		now.Add(q.Now)
		today.Add(q.Today)
		inQueues += q.Waiting
	}
	for _, a := range s.now.Agents {
		if a.State == acd.Busy {
			row.Talking++
			if a.Queue != "" {
				inQueues++
			}
		}
	}
	row.Menu = max(0, s.live-inQueues)
	row.Now, row.Today = figure(now, 0), figure(today, 0)
	if s.messages != nil {
		row.Open, row.Due = &s.messages.Open, &s.messages.Due
	}
	return row
}

func (p *painter) queue(now time.Time, q acd.QueueView, order int) queueRow {
	about := p.directory.Queue(q.Name)
	at := threshold(about.Within)
	row := queueRow{
		Name: clean(about.Name), Order: order, Minors: about.Minors, Open: q.Open, Waiting: q.Waiting, Protected: q.Protected,
		Ready: q.Ready, Staff: q.Staff, Now: figure(q.Now, at), Today: figure(q.Today, at),
		Callbacks: callbacks(q.Callbacks), Refused: q.Refused.Closed + q.Refused.Full + q.Refused.Nobody,
	}
	if q.Waiting > 0 {
		row.Longest = p.steady("longest "+string(q.Name), now.Add(-q.LongestWait))
	}
	if about.Target > 0 {
		row.Promise = &promise{Within: acd.Thresholds[at].Seconds(), Target: about.Target / 100}
	}
	return row
}

func (p *painter) agent(a acd.AgentView, named bool) agentRow {
	row := agentRow{
		State: a.State.String(), Since: p.steady("agent "+string(a.ID), a.Since), Site: a.Site.String(), Device: a.Device.String(),
		Queue: string(a.Queue), Calls: a.Calls, Talk: math.Round(a.Talk.Seconds()),
	}
	if !named {
		return row
	}
	row.Name, row.Extension = clean(p.directory.Person(a.ID)), string(a.ID)
	switch a.State {
	case acd.Break:
		row.Reason = clean(a.Reason)
	case acd.Busy, acd.Reserved:
		row.Contact = a.Reason
	default:
	}
	return row
}

func (p *painter) party(one Party) partyRow {
	row := partyRow{Contact: string(one.Call), Leg: one.Leg, Role: one.Role, Guest: one.Guest, Muted: one.Muted, Apart: one.Apart}
	if one.Agent != "" {
		row.Agent, row.Name = p.key(one.Agent), clean(p.directory.Person(one.Agent))
	}
	return row
}

func (p *painter) caller(t acd.CallerView, named bool) callerRow {
	return callerRow{
		Queue: string(t.Queue), Position: t.Position, Since: p.steady("caller "+strconv.FormatUint(uint64(t.Ticket), 10), t.Since),
		Protected: t.Protected, Danger: named && t.Claims&acd.Danger != 0, Lost: t.Lost,
	}
}

func (p *painter) alarmKey(a acd.Alarm) string {
	if aboutQueue(a) {
		return a.Kind.String() + ":" + a.Subject
	}
	return a.Kind.String() + ":" + p.key(acd.AgentID(a.Subject))
}

func (p *painter) alarm(a acd.Alarm, named bool) alarmRow {
	row := alarmRow{Kind: a.Kind.String(), Since: p.steady("alarm "+p.alarmKey(a), a.Since)}
	switch {
	case aboutQueue(a):
		row.Queue = a.Subject
	case named:
		row.Agent, row.Name, row.Extension = p.key(acd.AgentID(a.Subject)), clean(p.directory.Person(acd.AgentID(a.Subject))), a.Subject
	default:
		row.Agent = p.key(acd.AgentID(a.Subject))
	}
	return row
}

// other draws an alarm that is not the router's.
func (p *painter) other(a Alarm, named bool) alarmRow {
	row := alarmRow{Kind: a.Kind, Since: stamp(a.Since)}
	if named {
		row.Contact = string(a.Call)
	}
	if a.Agent == "" {
		return row
	}
	row.Agent = p.key(a.Agent)
	if named {
		row.Name, row.Extension = clean(p.directory.Person(a.Agent)), string(a.Agent)
	}
	return row
}

func aboutQueue(a acd.Alarm) bool { return a.Kind == acd.AlarmUnstaffed || a.Kind == acd.AlarmLongWait }

// steady writes a moment as it was drawn before when it is still the same one: the router counts from its present, so
// that the clock's being set moves all moments a little.
func (p *painter) steady(what string, t time.Time) string {
	if was, ok := p.moments[what]; ok && t.Sub(was).Abs() < time.Second/2 {
		return stamp(was)
	}
	p.moments[what] = t
	return stamp(t)
}

// threshold is the longest of acd.Thresholds within a promised time: what is kept within it is kept within the promise.
func threshold(within time.Duration) int {
	at := 0
	for i, t := range acd.Thresholds {
		if t <= within {
			at = i
		}
	}
	return at
}

// figure makes figures of a tally, with the service level at one of acd.Thresholds.
func figure(t acd.Tally, threshold int) figures {
	f := figures{
		Offered: t.Offered, Answered: t.Answered, Abandoned: t.Abandoned, Short: t.Short, CalledBack: t.CalledBack,
		Messages: t.Messages, Diverted: t.Diverted, Reached: rate(t.Reached()), Level: rate(t.Level(acd.SLOurs, threshold)),
	}
	if t.Answered > 0 {
		f.Speed = rate(t.Times.Answered.Seconds()/float64(t.Answered), true)
	}
	return f
}

// rate rounds to what is shown.
func rate(v float64, ok bool) *float64 {
	if !ok {
		return nil
	}
	v = math.Round(v*10_000) / 10_000
	return &v
}
