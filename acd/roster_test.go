package acd_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

func TestRosterTellsShiftsAndNoShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		start := time.Now().Add(time.Hour)
		night := acd.Shift{Agent: "ann", From: start, To: start.Add(26 * time.Hour), Backup: "bob"}
		mobile := acd.Shift{Agent: "cid", From: start, To: start.Add(time.Hour), Site: acd.Mobile}
		if err := f.SetRoster([]acd.Shift{night, mobile}); err != nil {
			t.Fatal(err)
		}
		if got := f.OnDuty(); got != nil {
			t.Fatalf("on duty before the time: %v", got)
		}
		after(time.Hour)
		if n := f.count(acd.ShiftStarted); n != 2 || len(f.OnDuty()) != 2 {
			t.Fatalf("%d shifts started, on duty %v", n, f.OnDuty())
		}
		f.seat("cid", "labour")
		after(5*time.Minute - time.Second)
		if got := f.alarms(acd.AlarmNoShow); got != nil {
			t.Fatalf("alarms %v within the grace", got)
		}
		after(time.Second)
		if got := f.alarms(acd.AlarmNoShow); !slices.Equal(got, []string{"ann"}) {
			t.Fatalf("alarms %v", got)
		}
		after(10 * time.Minute)
		if n := f.count(acd.BackupCalled); n != 1 {
			t.Fatalf("%d backups called", n)
		}
		if err := f.SetRoster([]acd.Shift{night}); err != nil { // the same shift goes on, the other is cancelled
			t.Fatal(err)
		}
		if n := f.count(acd.ShiftStarted); n != 2 {
			t.Fatalf("a shift that goes on was started again")
		}
		f.seat("ann", "labour")
		if got := f.alarms(acd.AlarmNoShow); got != nil {
			t.Fatalf("alarms %v after the agent came", got)
		}
		after(26 * time.Hour)
		if n := f.count(acd.ShiftEnded); n != 1 || len(f.OnDuty()) != 0 {
			t.Fatalf("%d shifts ended, on duty %v", n, f.OnDuty())
		}
	})
}

func TestNoShowAlarmEndsWithTheShift(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		now := time.Now()
		if err := f.SetRoster([]acd.Shift{{Agent: "ann", From: now.Add(-time.Hour), To: now.Add(time.Hour)}, {Agent: "old", From: now.Add(-2 * time.Hour), To: now}}); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		if got := f.alarms(acd.AlarmNoShow); !slices.Equal(got, []string{"ann"}) {
			t.Fatalf("alarms %v for a shift that began long ago", got)
		}
		after(time.Hour)
		if got := f.alarms(acd.AlarmNoShow); got != nil {
			t.Fatalf("alarms %v after the shift", got)
		}
	})
}

func TestBadShifts(t *testing.T) {
	f := open(t, labour)
	now := time.Now()
	err := f.SetRoster([]acd.Shift{{From: now, To: now.Add(1)}, {Agent: "a", From: now, To: now}, {Agent: "b", From: now, To: now.Add(1)}})
	if !errors.Is(err, acd.ErrShift) {
		t.Fatalf("%v", err)
	}
	if got := f.OnDuty(); got != nil {
		t.Fatalf("a bad roster came into force: %v", got)
	}
}

// dutyFloor has a facility's lawyer, a pool of four mobiles and a supervisor.
func dutyFloor(t *testing.T) *floor {
	f := open(t, labour)
	from, to := time.Now(), time.Now().Add(12*time.Hour)
	var shifts []acd.Shift
	add := func(id acd.AgentID, site acd.Site, facility string, skills ...acd.Qualification) {
		a := agent(id, skills...)
		a.Site = site
		f.signIn(a)
		shifts = append(shifts, acd.Shift{Agent: id, From: from, To: to, Site: site, Facility: facility})
	}
	add("pool1", acd.Mobile, "", "minors")
	add("pool2", acd.Mobile, "")
	add("pool3", acd.Mobile, "")
	add("pool4", acd.Mobile, "", "minors")
	add("house", acd.Mobile, "no1")
	add("other", acd.Mobile, "no2", "minors")
	add("hall", acd.Seat, "", "minors")
	add("boss", acd.Supervisor, "", "minors")
	add("boss2", acd.Supervisor, "")
	if err := f.SetRoster(shifts); err != nil {
		t.Fatal(err)
	}
	after(time.Second)
	return f
}

func TestDutyPlan(t *testing.T) {
	tests := []struct {
		name string
		duty acd.Duty
		away []acd.AgentID
		want []acd.AgentID
	}{
		{"after hours", acd.Duty{}, nil, []acd.AgentID{"pool1", "pool2", "pool3", "boss", "boss2"}},
		{"facility first", acd.Duty{Facility: "no1"}, nil, []acd.AgentID{"house", "pool1", "pool2", "boss", "boss2"}},
		{"a minor", acd.Duty{Facility: "no1", Claims: acd.Minor}, nil, []acd.AgentID{"pool1", "pool4", "boss"}},
		{"in conflict", acd.Duty{Must: acd.Except("pool1", "boss")}, nil, []acd.AgentID{"pool2", "pool3", "pool4", "boss2"}},
		{"busy people", acd.Duty{}, []acd.AgentID{"pool2", "boss"}, []acd.AgentID{"pool1", "pool3", "pool4", "boss2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := dutyFloor(t)
				for _, id := range test.away {
					if _, err := f.Engage(id, "other"); err != nil {
						t.Fatal(err)
					}
				}
				plan, err := f.Plan(test.duty)
				if err != nil {
					t.Fatal(err)
				}
				var got []acd.AgentID
				for _, rung := range plan.Rungs {
					got = append(got, rung.Agent)
					if accept := 8 * time.Second; rung.Ring != 20*time.Second || (rung.Site == acd.Mobile) != (rung.Accept == accept) {
						t.Errorf("rung %+v", rung)
					}
				}
				if !slices.Equal(got, test.want) {
					t.Fatalf("rings %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestDutyBackup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, labour)
		f.seat("bob")
		if err := f.SetRoster([]acd.Shift{{Agent: "ann", Backup: "bob", From: time.Now(), To: time.Now().Add(time.Hour), Site: acd.Mobile}}); err != nil {
			t.Fatal(err)
		}
		plan, err := f.Plan(acd.Duty{})
		if err != nil || len(plan.Rungs) != 1 || plan.Rungs[0].Agent != "bob" {
			t.Fatalf("plan %+v, %v", plan, err)
		}
	})
}
