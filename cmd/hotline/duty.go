package main

import (
	"errors"
	"slices"
	"time"

	"hotline/acd"
	"hotline/sip"
	"hotline/store"
	"hotline/store/phone"
	"hotline/switchboard"
)

// shiftsOf is the roster as the router knows it.
func shiftsOf(list []store.Shift) []acd.Shift {
	all := make([]acd.Shift, len(list))
	for i, s := range list {
		all[i] = acd.Shift{
			Agent: acd.AgentID(s.Extension), From: s.From, To: s.To, Facility: s.Facility, Backup: acd.AgentID(s.Backup), Site: acd.Seat,
		}
		if s.Mobile {
			all[i].Site = acd.Mobile
		}
	}
	return all
}

// mobileOf is how a number outside is dialled: in the form that a trunk takes, international or as at home.
func mobileOf(n phone.Number, routes []switchboard.Route) sip.Outside {
	if !n.Known() {
		return sip.Outside{}
	}
	for _, number := range n.Dialled() {
		if trunk, ok := (switchboard.Config{Routes: routes}).Route(number); ok {
			return sip.Outside{Trunk: trunk, Number: number}
		}
	}
	return sip.Outside{}
}

// missedRest is how long somebody on call who missed several rings is left alone.
const missedRest = 2 * time.Minute

// onDuty puts the roster in force, and signs people in at their mobiles when their time has come, and out when it is over.
// Who sits at a telephone of the house is signed in by that.
func (o *office) onDuty(router *acd.Router, at time.Time) {
	s := o.now.Load()
	if err := router.SetRoster(s.shifts); err != nil {
		o.log.Error("roster not in force", "error", err)
	}
	present := map[acd.AgentID]acd.Site{}
	for _, a := range router.Snapshot().Agents {
		present[a.ID] = a.Site
		if a.Site == acd.Mobile && a.State == acd.Break && a.Reason == acd.ReasonMissed && at.Sub(a.Since) >= missedRest {
			_ = router.Ready(a.ID) // nobody presses a key at a mobile to say so, and nobody else may be on call
		}
	}
	due := s.mobiles(at)
	for _, id := range due {
		if _, here := present[id]; here {
			continue
		}
		agent := s.agents[string(id)]
		agent.Site, agent.Device = acd.Mobile, acd.DeviceIdle
		if err := router.SignIn(agent); err != nil && !errors.Is(err, acd.ErrSignedIn) {
			o.log.Error("not signed in at the mobile", "agent", id, "error", err)
		}
	}
	for id, site := range present {
		if site == acd.Mobile && !slices.Contains(due, id) {
			_ = router.SignOut(id) // who talks is signed out after the talk: this is asked again
		}
	}
}

// mobiles are who is to be reached at a mobile at a moment.
func (s *snapshot) mobiles(at time.Time) (due []acd.AgentID) {
	for _, h := range s.shifts {
		_, works := s.agents[string(h.Agent)]
		reached := s.accounts[string(h.Agent)].Mobile.Number != ""
		if works && reached && h.Site == acd.Mobile && !at.Before(h.From) && at.Before(h.To) && !slices.Contains(due, h.Agent) {
			due = append(due, h.Agent)
		}
	}
	return due
}
