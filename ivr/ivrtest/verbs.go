package ivrtest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hotline/ivr"
)

// verb says how a line is written.
type verb struct {
	form        string
	least, most int // arguments; most -1 is any number
	check       func(args []string) error
}

// verbs are the lines a script may have.
var verbs = map[string]verb{ // table
	"about":   {"about WORDS", 1, -1, nil},
	"story":   {"story NUMBER...", 1, -1, nil},
	"at":      {"at 2026-11-23 10:00", 2, 2, func(a []string) error { _, err := parseAt(a); return err }},
	"given":   {"given WHAT ...", 1, -1, checkGiven},
	"dial":    {"dial LINE [from NUMBER | anonymous]", 1, 3, checkDial},
	"start":   {"start FLOW [NAME=VALUE...]", 1, -1, nil},
	"hear":    {"hear PROMPT...", 1, -1, nil},
	"press":   {"press KEYS [early]", 1, 2, checkPress},
	"silence": {"silence", 0, 0, nil},
	"wait":    {"wait 40s", 1, 1, checkDuration},
	"serve":   {"serve [for 5m] [danger] [silent] [abusive]", 0, -1, checkServe},
	"closed":  {"closed", 0, 0, nil},
	"full":    {"full", 0, 0, nil},
	"timeout": {"timeout", 0, 0, nil},
	"accept":  {"accept [for 5m]", 0, 2, checkServe},
	"nobody":  {"nobody", 0, 0, nil},
	"speak":   {"speak 12s", 1, 1, checkDuration},
	"hangup":  {"hangup", 0, 0, nil},
	"expect":  {"expect WHAT ...", 1, -1, checkExpect},
}

// Lines lists what a script's lines can begin with, the things that can be
// expected included.
func Lines() []string {
	lines := verbNames()
	for word := range expectations {
		lines = append(lines, "expect "+word)
	}
	return lines
}

func verbNames() []string { return slices.Sorted(maps.Keys(verbs)) }

func parseAt(args []string) (time.Time, error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", strings.Join(args, " "), zone)
	if err != nil {
		return t, fmt.Errorf("%q is not a time such as 2026-11-23 10:00", strings.Join(args, " "))
	}
	return t, nil
}

func checkDuration(args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil || d <= 0 || d > 24*time.Hour {
		return fmt.Errorf("%q is not a time such as 40s", args[0])
	}
	return nil
}

func checkDial(args []string) error {
	switch {
	case len(args) == 1, len(args) == 2 && args[1] == "anonymous", len(args) == 3 && args[1] == "from":
		return nil
	default:
		return fmt.Errorf("it is written: dial LINE [from NUMBER | anonymous]")
	}
}

func checkPress(args []string) error {
	if strings.Trim(args[0], ivr.AllKeys) != "" || len(args) == 2 && args[1] != "early" {
		return fmt.Errorf("%q are not keys of a telephone", strings.Join(args, " "))
	}
	return nil
}

func checkServe(args []string) error {
	for i := 0; i < len(args); i++ {
		if args[i] == "for" && i+1 < len(args) {
			i++
			if err := checkDuration(args[i : i+1]); err != nil {
				return err
			}
			continue
		}
		if _, ok := ivr.MarkNamed(args[i]); !ok {
			return fmt.Errorf("%q is no mark of a call", args[i])
		}
	}
	return nil
}
