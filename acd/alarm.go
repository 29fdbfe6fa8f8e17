package acd

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// AlarmKind says what an alarm is about. The list is closed.
type AlarmKind uint8

// The alarms. Each is raised once and stays until its cause is gone.
const (
	AlarmUnstaffed AlarmKind = iota // nobody is at work for a queue; until somebody is
	AlarmLongWait                   // a caller came to a step of the ladder that alarms; until the queue is empty
	AlarmMissed                     // an agent did not answer and was put on break; until the agent is back
	AlarmRest                       // an agent rests after calls in danger; until the agent is back
	AlarmNoShow                     // an agent is absent from a shift; until the agent comes or the shift ends
	AlarmUnfit                      // a talk goes on with an agent who lacks what the caller must have; until it ends
	AlarmDanger                     // an agent called for help in a talk; until somebody says that it is over
	alarmKinds
)

// String names the alarm in lower case, as filed.
func (k AlarmKind) String() string {
	return [alarmKinds]string{"unstaffed", "long-wait", "missed-calls", "rest", "no-show", "unfit", "danger"}[k]
}

// Alarm is something that people have to look at.
type Alarm struct {
	Kind    AlarmKind
	Subject string // a queue or an agent
	Since   time.Time
}

type alarmKey struct {
	kind    AlarmKind
	subject string
}

// alarms are those that are raised.
type alarms map[alarmKey]moment

// alarm raises an alarm unless it is raised already.
func (r *Router) alarm(key alarmKey) {
	if _, raised := r.alarms[key]; raised {
		return
	}
	r.alarms[key] = r.time.now
	r.emit(key.event(AlarmRaised))
}

// quiet clears an alarm.
func (r *Router) quiet(key alarmKey) {
	if _, raised := r.alarms[key]; !raised {
		return
	}
	delete(r.alarms, key)
	r.emit(key.event(AlarmCleared))
}

// Distress raises AlarmDanger: an agent called for help for the caller of a contact. Calm clears it.
func (r *Router) Distress(id AgentID, contact ContactID) {
	r.begin()
	defer r.end()
	key := alarmKey{AlarmDanger, string(id)}
	if _, raised := r.alarms[key]; raised {
		return
	}
	r.alarms[key] = r.time.now
	e := key.event(AlarmRaised)
	e.Contact = contact
	r.emit(e)
}

// Calm clears the alarm that Distress raised for an agent.
func (r *Router) Calm(id AgentID) {
	r.begin()
	defer r.end()
	r.quiet(alarmKey{AlarmDanger, string(id)})
}

func (key alarmKey) event(kind EventKind) Event {
	e := Event{Kind: kind, Note: key.kind.String()}
	switch key.kind {
	case AlarmUnstaffed, AlarmLongWait:
		e.Queue = QueueID(key.subject)
	default:
		e.Agent = AgentID(key.subject)
	}
	return e
}

// list is the alarms by age.
func (r *Router) listAlarms() []Alarm {
	keys := slices.SortedFunc(maps.Keys(r.alarms), func(a, b alarmKey) int {
		return cmp.Or(cmp.Compare(r.alarms[a], r.alarms[b]), cmp.Compare(a.kind, b.kind), cmp.Compare(a.subject, b.subject))
	})
	list := make([]Alarm, len(keys))
	for i, key := range keys {
		list[i] = Alarm{Kind: key.kind, Subject: key.subject, Since: r.time.wallAt(r.alarms[key])}
	}
	return list
}
