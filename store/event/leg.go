package event

import "time"

// Role is whose leg of a contact it is.
type Role string

// The roles.
const (
	RoleCaller     Role = "caller"
	RoleStaff      Role = "staff"
	RoleLawyer     Role = "lawyer"
	RoleSupervisor Role = "supervisor"
	RoleAgency     Role = "agency"
	RoleEmergency  Role = "emergency"
	RoleMediator   Role = "mediator"
	RoleParty      Role = "party"
)

// Roles lists the roles; their places are written in the journal.
func Roles() []Role {
	return []Role{RoleCaller, RoleStaff, RoleLawyer, RoleSupervisor, RoleAgency, RoleEmergency, RoleMediator, RoleParty}
}

// Direction is which side set a leg up.
type Direction string

// The directions.
const (
	DirectionIn  Direction = "in"
	DirectionOut Direction = "out"
)

// Directions lists the directions; their places are written in the journal.
func Directions() []Direction { return []Direction{DirectionIn, DirectionOut} }

// LegAdded says that a contact has one more leg. Legs are numbered from 1 within
// their contact.
type LegAdded struct {
	Leg       int
	Role      Role
	Direction Direction
	CallID    string // keyed hash of the SIP Call-ID
	Extension string // ours, when the leg is a counselor's
	Trunk     string // when it goes through one
	Number    Number // the other side's number, when it is neither the caller's nor ours
}

// Kind is KindLegAdded.
func (*LegAdded) Kind() Kind { return KindLegAdded }

func (e *LegAdded) fields(c *codec) {
	count(c, "leg", &e.Leg)
	choice(c, "role", &e.Role, Roles())
	choice(c, "direction", &e.Direction, Directions())
	c.text("call_id", &e.CallID)
	c.text("extension", &e.Extension)
	c.text("trunk", &e.Trunk)
	e.Number.fields(c, false)
}

// LegRinging says that the far phone rings, or sent another provisional answer.
type LegRinging struct {
	Leg  int
	Code int // SIP status, 180 or 183
}

// Kind is KindLegRinging.
func (*LegRinging) Kind() Kind { return KindLegRinging }

func (e *LegRinging) fields(c *codec) {
	count(c, "leg", &e.Leg)
	count(c, "code", &e.Code)
}

// LegAnswered says that a leg is up.
type LegAnswered struct {
	Leg       int
	Codec     string // PCMA or PCMU
	LocalTag  string // RFC 3261, 12
	RemoteTag string
}

// Kind is KindLegAnswered.
func (*LegAnswered) Kind() Kind { return KindLegAnswered }

func (e *LegAnswered) fields(c *codec) {
	count(c, "leg", &e.Leg)
	c.text("codec", &e.Codec)
	c.text("local_tag", &e.LocalTag)
	c.text("remote_tag", &e.RemoteTag)
}

// Quality is how well a leg's audio travelled, as seen by us and reported by the
// peer (RFC 3550, 6.4).
type Quality struct {
	MOS      float64 // estimate, 1 to 4.5; 0 when nothing was received
	Loss     float64 // percent of the packets expected
	Jitter   time.Duration
	RTT      time.Duration
	Sent     uint64 // packets
	Received uint64
	Lost     uint64
}

func (q *Quality) fields(c *codec) {
	c.ratio("mos", &q.MOS)
	c.ratio("loss_pct", &q.Loss)
	c.span("jitter_ms", &q.Jitter)
	c.span("rtt_ms", &q.RTT)
	count(c, "sent", &q.Sent)
	count(c, "received", &q.Received)
	count(c, "lost", &q.Lost)
}

// LegEnded says that a leg is gone, and why.
type LegEnded struct {
	Leg     int
	By      Party
	Code    int    // SIP status; 0 for an answered leg that ended by BYE
	Q850    int    // Q.850 cause; 0 when unknown
	Cause   string // readable
	Quality Quality
}

// Kind is KindLegEnded.
func (*LegEnded) Kind() Kind { return KindLegEnded }

func (e *LegEnded) fields(c *codec) {
	count(c, "leg", &e.Leg)
	choice(c, "by", &e.By, Parties())
	count(c, "code", &e.Code)
	count(c, "q850", &e.Q850)
	c.text("cause", &e.Cause)
	e.Quality.fields(c)
}
