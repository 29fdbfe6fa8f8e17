package main

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"hotline/acd"
	"hotline/sip"
	"hotline/store"
	"hotline/store/phone"
	"hotline/switchboard"
)

func TestHowAMobileIsDialled(t *testing.T) {
	number := phone.Plan{Area: "20"}.Parse("13812345678")
	for name, tt := range map[string]struct {
		routes []switchboard.Route
		want   sip.Outside
	}{
		"abroad and home": {[]switchboard.Route{{Prefix: "+", Trunk: "a"}, {Prefix: "1", Trunk: "b"}}, sip.Outside{Trunk: "a", Number: "+8613812345678"}},
		"as at home":      {[]switchboard.Route{{Prefix: "1", Trunk: "b"}}, sip.Outside{Trunk: "b", Number: "13812345678"}},
		"no trunk":        {[]switchboard.Route{{Prefix: "0", Trunk: "c"}}, sip.Outside{}},
	} {
		if got := mobileOf(number, tt.routes); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
	if got := mobileOf(phone.Number{}, []switchboard.Route{{Prefix: "", Trunk: "a"}}); got != (sip.Outside{}) {
		t.Errorf("no number is dialled as %+v", got)
	}
}

// People are signed in at their mobiles for their shifts, those alone who can be reached, and rung for their facility first.
func TestTheRosterSignsPeopleIn(t *testing.T) {
	router, err := acd.New(acd.Config{Version: "1", Queues: []acd.Queue{{Name: "duty-desk"}}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	shift := func(extension, facility string, mobile bool) store.Shift {
		return store.Shift{Extension: extension, Facility: facility, Mobile: mobile, From: now.Add(-time.Hour), To: now.Add(time.Hour)}
	}
	o := &office{log: slog.New(slog.DiscardHandler)}
	s := &snapshot{agents: map[string]acd.Agent{}, accounts: map[string]sip.Account{}, shifts: shiftsOf([]store.Shift{
		shift("8001", "", true), shift("8002", "4401", true), shift("8003", "", false), shift("8004", "", true), shift("8005", "", true),
	})}
	for _, extension := range []string{"8001", "8002", "8003", "8004"} {
		s.agents[extension] = acd.Agent{ID: acd.AgentID(extension)}
		s.accounts[extension] = sip.Account{Extension: extension, Mobile: sip.Outside{Trunk: "far", Number: "13812345678"}}
	}
	s.accounts["8004"] = sip.Account{Extension: "8004"} // has given no mobile
	o.now.Store(s)

	signedIn := func() (all []string) {
		for _, a := range router.Snapshot().Agents {
			all = append(all, string(a.ID)+" "+a.Site.String())
		}
		return all
	}
	for range 2 { // looked at again and again
		o.onDuty(router, now)
	}
	if got, want := signedIn(), []string{"8001 mobile", "8002 mobile"}; !slices.Equal(got, want) {
		t.Errorf("signed in: %v, want %v", got, want)
	}
	plan, err := router.Plan(acd.Duty{Facility: "4401"})
	if err != nil || len(plan.Rungs) != 2 || plan.Rungs[0].Agent != "8002" || plan.Rungs[0].Accept == 0 {
		t.Errorf("rung for the facility: %+v, %v", plan, err)
	}
	if err := router.Break("8001", acd.ReasonMissed); err != nil {
		t.Fatal(err)
	}
	for i, want := range []acd.State{acd.Break, acd.Ready} {
		o.onDuty(router, now.Add(time.Minute+time.Duration(i)*missedRest))
		if got := router.Snapshot().Agents[0].State; got != want {
			t.Errorf("after missed rings: %s, want %s", got, want)
		}
	}
	o.onDuty(router, now.Add(2*time.Hour))
	if got := signedIn(); len(got) != 0 {
		t.Errorf("after the shift: %v", got)
	}
}
