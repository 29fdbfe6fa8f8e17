package switchboard_test

import (
	"testing"

	"hotline/switchboard"
)

func TestCodesCanBeChanged(t *testing.T) {
	for _, tt := range []struct {
		deed switchboard.Deed
		code string
		ok   bool
	}{
		{switchboard.DeedReady, "*90", true},
		{switchboard.DeedReady, "", true},
		{switchboard.DeedReady, "*43#", true},
		{switchboard.DeedReady, "90", false},
		{switchboard.DeedReady, "*", false},
		{switchboard.DeedReady, "*4a", false},
		{switchboard.DeedReady, "*41", false},  // is another's
		{switchboard.DeedReady, "*4", false},   // all others begin so
		{switchboard.DeedReady, "*441", false}, // is a break's with a reason
		{"lunch", "*90", false},
		{switchboard.DeedPause, "*7", true},
		{switchboard.DeedPause, "*7#", false}, // # ends what is keyed in a talk
		{switchboard.DeedPause, "*7*1", false},
		{switchboard.DeedPause, "*42", false},
	} {
		codes, err := switchboard.DefaultCodes().With(tt.deed, tt.code)
		if (err == nil) != tt.ok {
			t.Errorf("%s %q: %v", tt.deed, tt.code, err)
		}
		if err == nil && codes[tt.deed] != tt.code {
			t.Errorf("%s is %q", tt.deed, codes[tt.deed])
		}
	}
}
