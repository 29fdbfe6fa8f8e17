package console

import "hotline/store"

// rights are what a person may see and do on the wallboard, whatever else their roles allow.
type rights uint8

const (
	seeNames rights = 1 << iota // names and extensions of counselors, reasons of breaks
	steer                       // move, re-prioritise and re-classify callers, sign counselors out
	listen                      // take part in talks, and decide who does
	work                        // be at work: own state, own call
)

// rightsOf is the one table of who may what. Everybody on the staff sees the floor without names.
func rightsOf(s store.Staff) rights {
	var r rights
	if s.Has(store.RoleSupervisor) {
		r |= seeNames | steer | listen
	}
	if s.Has(store.RoleCounselor) || s.Has(store.RoleDutyLawyer) || s.Has(store.RoleSupervisor) {
		r |= work
	}
	if s.Has(store.RoleMinorsLead) {
		r |= seeNames
	}
	return r
}

func (r rights) has(all rights) bool { return r&all == all }
