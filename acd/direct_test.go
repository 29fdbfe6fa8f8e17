package acd_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hotline/acd"
)

// A caller may be handed over only to who is at work, whatever the phone does, and holds at this instant what the caller
// must have.
func TestFit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, minors, general)
		f.seat("ann", "labour")
		f.signIn(acd.Agent{ID: "kim", Device: acd.DeviceInUse, Skills: []acd.Skill{{Name: "minors", Expires: time.Now().Add(time.Hour)}}})
		f.seat("off", "minors")
		if err := f.SignOut("off"); err != nil {
			t.Fatal(err)
		}
		check := func(id acd.AgentID, d acd.Direct, want error) {
			t.Helper()
			if err := f.Fit(id, d); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", id, err, want)
			}
		}
		child := acd.Direct{Claims: acd.Minor}
		check("ann", acd.Direct{}, nil)
		check("ann", child, acd.ErrUnfit)
		check("ann", acd.Direct{Must: acd.Except("ann")}, acd.ErrUnfit)
		check("kim", child, nil)
		check("off", child, acd.ErrUnknownAgent)
		check("nobody", acd.Direct{}, acd.ErrUnknownAgent)
		after(time.Hour)
		check("kim", child, acd.ErrUnfit)
	})
}
