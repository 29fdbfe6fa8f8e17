package acd

import (
	"time"
)

// State is what an agent is doing. It is held by the Router alone; see the diagram in the package comment.
type State uint8

// The states, and what may follow each.
const (
	// Offline is not signed in. Ready or Break follows.
	Offline State = iota
	// Ready takes calls, as far as the device is idle. Reserved, Busy (a call of the agent's own), Break or Offline follows.
	Ready
	// Reserved belongs to one caller while the phone rings. Busy, Ready, Break or Offline follows.
	Reserved
	// Busy is in a call. WrapUp follows, or Ready when there is nothing to wrap up, or Break or Offline when asked for
	// during the call.
	Busy
	// WrapUp is writing notes, for a limited time. Ready, Busy (a call of the agent's own), Break or Offline follows.
	WrapUp
	// Break is signed in and not at work, with a reason. Ready, Busy (a call of the agent's own) or Offline follows.
	Break
)

// String names the state in lower case.
func (s State) String() string {
	return [...]string{"offline", "ready", "reserved", "busy", "wrap-up", "break"}[s]
}

// follows is the one table of transitions: follows[s] holds the states that may come after s.
var follows = [...]states{ // table
	Offline:  of(Ready, Break),
	Ready:    of(Reserved, Busy, Break, Offline),
	Reserved: of(Busy, Ready, Break, Offline),
	Busy:     of(WrapUp, Ready, Break, Offline),
	WrapUp:   of(Ready, Busy, Break, Offline),
	Break:    of(Ready, Busy, Offline),
}

type states uint8

func of(all ...State) states {
	var set states
	for _, s := range all {
		set |= 1 << s
	}
	return set
}

func (set states) has(s State) bool { return set&(1<<s) != 0 }

// Device is what is known of an agent's phone. It confirms a state and never makes one: an agent whose phone is in use,
// gone or unknown stays Ready and is not rung.
type Device uint8

// The states of a device.
const (
	DeviceUnknown Device = iota // nothing heard yet
	DeviceIdle                  // reachable and free
	DeviceInUse                 // in a call the Router knows nothing of
	DeviceGone                  // unreachable
)

// String names the device's state in lower case.
func (d Device) String() string { return [...]string{"unknown", "idle", "in-use", "gone"}[d] }

// Agent describes a person who signs in.
type Agent struct {
	ID            AgentID
	Skills        []Skill
	Languages     []Language
	District      District
	Woman         bool
	Site          Site
	Position      int    // the agent's own place for TopDown, lowest first
	ProtectedOnly bool   // takes protected callers only
	Device        Device // what is known of the phone; DeviceUnknown keeps what SetDevice said before
	Break         string // a reason to sign in on break; empty signs in ready
}

// Skill is a qualification with a level from 1 to 5 (0 is read as 1) and the instant at which it ends (zero is never).
type Skill struct {
	Name    Qualification
	Level   int
	Expires time.Time
}

const levels = 5

type agent struct {
	Agent
	r       *Router
	status  status
	device  Device
	can     ability
	turn    turn
	conduct conduct
	lanes   []*lane  // those the agent fits
	filed   bool     // stands in lane.free of all lanes
	working bool     // counts in lane.staff of all lanes
	offer   *Offer   // while Reserved or Busy
	timer   deadline // ends WrapUp, or the pause of a Ready agent
}

type status struct {
	state  State
	since  moment
	reason string
}

// ability is what the agent may do until it changes at expires.
type ability struct {
	held    [levels + 1]traits // by level: held[1] is everything, held[4] what is held at level 4 or better
	expires moment
	expiry  deadline
}

// turn is what a Strategy looks at. It changes only while the agent is not filed.
type turn struct {
	idle   moment // since when
	rung   uint64 // number of the last ring
	talk   time.Duration
	calls  int
	number int // order of first appearance, so that the order of agents is total
}

// conduct is what the Router remembers of an agent between calls.
type conduct struct {
	misses int    // rings in a row without success
	crisis int    // calls in danger in a row
	pause  moment // not rung before
	next   State  // Break or Offline when asked for during a call, else Ready
	reason string // of that break
	talk   time.Duration
	rules  *rules // of the call being wrapped up
	began  moment // wrap-up
}

// available says whether the agent may be rung now.
func (a *agent) available(now moment) bool {
	return a.status.state == Ready && a.device == DeviceIdle && a.conduct.pause <= now
}

// atWork says whether the agent counts as staff: people on break, and people without a phone, do not.
func (a *agent) atWork() bool {
	switch a.status.state {
	case Ready, Reserved, Busy, WrapUp:
		return a.device == DeviceIdle || a.device == DeviceInUse
	default:
		return false
	}
}
