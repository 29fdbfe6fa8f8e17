package main

import (
	"errors"
	"fmt"
	"testing"

	"hotline/console"
	"hotline/store/event"
	"hotline/switchboard"
)

func TestSupervisionSpeaksTheConsolesWords(t *testing.T) {
	t.Parallel()
	for ours, theirs := range map[error]error{
		switchboard.ErrNoTalk: console.ErrNoCall, switchboard.ErrPrivate: console.ErrPrivate, switchboard.ErrNoPhone: console.ErrNoPhone,
		switchboard.ErrNoGuest: console.ErrNoGuest, switchboard.ErrNotRecorded: console.ErrNotRecorded, switchboard.ErrNoDanger: console.ErrNoCall,
		switchboard.ErrLocked: console.ErrLocked, switchboard.ErrProtected: console.ErrProtected, switchboard.ErrNotWarned: console.ErrNotWarned,
		switchboard.ErrWarning: console.ErrNotWarned,
	} {
		if err := consoleError(fmt.Errorf("monitor: %w", ours)); !errors.Is(err, theirs) || !errors.Is(err, ours) {
			t.Errorf("%v became %v", ours, err)
		}
	}
	if consoleError(nil) != nil {
		t.Error("an error of nothing")
	}
	if err := errors.New("another"); !errors.Is(consoleError(err), err) {
		t.Error("another error was lost")
	}
	for _, mode := range []switchboard.Mode{switchboard.Monitoring, switchboard.Whispering, switchboard.Barging} {
		switch console.Mode(mode) {
		case console.Monitoring, console.Whispering, console.Barging:
		default:
			t.Errorf("the console knows no %q", mode)
		}
	}
	for i, ours := range []switchboard.AbuseReason{switchboard.AbuseInsults, switchboard.AbuseHarassment, switchboard.AbusePrank} {
		if console.AbuseReasons()[i] != string(ours) {
			t.Errorf("the console knows no %s", ours)
		}
	}
	for ours, theirs := range map[console.Class]event.Class{console.Minor: event.ClassMinor, console.Danger: event.ClassDanger} {
		if event.Class(ours) != theirs {
			t.Errorf("%s is filed as %s", ours, theirs)
		}
	}
}
