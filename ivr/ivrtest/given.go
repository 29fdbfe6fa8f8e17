package ivrtest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"hotline/ivr"
)

// pairs reads "name value name value ..." where words of alone stand alone.
func pairs(args []string, alone ...string) (map[string]string, error) {
	out := map[string]string{}
	for i := 0; i < len(args); i++ {
		single := false
		for _, a := range alone {
			single = single || a == args[i]
		}
		if single {
			out[args[i]] = "yes"
			continue
		}
		if i+1 >= len(args) {
			return nil, fmt.Errorf("%q needs a value", args[i])
		}
		out[args[i]] = args[i+1]
		i++
	}
	return out, nil
}

// checkGiven tries the line on a world that is thrown away.
func checkGiven(args []string) error {
	if args[0] == "taken" {
		return nil // which slots there are is known only while playing
	}
	return newStage(NewClock(time.Time{}), nil).given(args)
}

// given changes the world a call happens in, or what the call is given.
func (s *stage) given(args []string) error {
	if args[0] != "variable" {
		return s.world.Given(args...)
	}
	if len(args) != 3 {
		return fmt.Errorf("it is written: given variable NAME WORD")
	}
	if s.call.Vars == nil {
		s.call.Vars = map[string]ivr.Value{}
	}
	s.call.Vars[args[1]] = ivr.Word(args[2])
	return nil
}

// Given changes the world as a line given of a script does, its words one by
// one: caller known minor.
func (w *World) Given(words ...string) error {
	if len(words) == 0 {
		return fmt.Errorf("nothing is given")
	}
	what, rest := words[0], words[1:]
	switch what {
	case "caller":
		return w.givenCaller(rest)
	case "case", "appointment", "mediation":
		return w.givenCase(what, rest)
	case "facility":
		return w.givenFacility(rest)
	case "station":
		return w.givenStation(rest)
	case "slot":
		return w.givenSlot(rest)
	case "queue":
		return w.givenQueue(rest)
	case "clip":
		if len(rest) != 2 {
			return fmt.Errorf("it is written: given clip TOPIC ID")
		}
		w.Clips[rest[0]] = rest[1]
	case "taken":
		return w.givenTaken(rest)
	case "refused":
		w.Refused = append(w.Refused, rest...)
	case "files", "calendar", "cases", "facilities", "stations", "slots", "requests", "callbacks", "clips", "duty", "recorder":
		return w.givenSource(what, rest)
	default:
		return fmt.Errorf("unknown thing %q", what)
	}
	return nil
}

func (w *World) givenCaller(args []string) error {
	p, err := pairs(args, "known", "minor", "blocked", "slow")
	if err != nil {
		return err
	}
	calls, _ := strconv.Atoi(p["calls"])
	w.File = ivr.File{
		Known: true, Minor: p["minor"] != "", Blocked: p["blocked"] != "", Slow: p["slow"] != "",
		Lang: ivr.Lang(p["language"]), Facility: p["facility"], Counselor: p["counselor"], Calls: calls,
	}
	return nil
}

func (w *World) givenCase(kind string, args []string) error {
	if len(args) < 3 {
		return fmt.Errorf("it is written: given %s REFERENCE code 1234, then more", kind)
	}
	p, err := pairs(args[1:])
	if err != nil {
		return err
	}
	c := Case{Code: p["code"], Answer: ivr.CaseAnswer{ID: args[0], Status: p["status"], Place: p["place"]}}
	if p["due"] != "" {
		if c.Answer.Due, err = parseAt([]string{p["due"]}); err != nil {
			return err
		}
	}
	w.Cases[kind+" "+args[0]] = c
	return nil
}

func (w *World) givenFacility(args []string) error {
	if len(args) != 3 || args[1] != "pin" {
		return fmt.Errorf("it is written: given facility CODE pin PIN")
	}
	w.PINs[args[0]] = Facility{PIN: args[2], ID: "F" + args[0]}
	return nil
}

func (w *World) givenStation(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("it is written: given station DISTRICT NAME-PHRASE HOURS-PHRASE")
	}
	w.Stations[args[0]] = ivr.Station{Found: true, Name: args[1], Hours: args[2]}
	return nil
}

func (w *World) givenSlot(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf(`it is written: given slot ID "2026-11-24 09:00" PLACE-PHRASE`)
	}
	at, err := parseAt(args[1:2])
	if err != nil {
		return err
	}
	w.Slots = append(w.Slots, Slot{Slot: ivr.Slot{ID: args[0], At: at, Place: args[2]}})
	return nil
}

func (w *World) givenTaken(ids []string) error {
	for _, id := range ids {
		i := slices.IndexFunc(w.Slots, func(s Slot) bool { return s.ID == id })
		if i < 0 {
			return fmt.Errorf("there is no slot %q to take", id)
		}
		w.Slots[i].Taken = true
	}
	return nil
}

func (w *World) givenQueue(args []string) error {
	if len(args) < 2 {
		return fmt.Errorf("it is written: given queue NAME closed | full | ahead 3 wait 4m ready 1")
	}
	q := Queue{}
	p, err := pairs(args[1:], "closed", "full")
	if err != nil {
		return err
	}
	q.Closed, q.Full = p["closed"] != "", p["full"] != ""
	q.Place.Ahead, _ = strconv.Atoi(p["ahead"])
	q.Place.Ready, _ = strconv.Atoi(p["ready"])
	if p["wait"] != "" {
		if err := checkDuration([]string{p["wait"]}); err != nil {
			return err
		}
		q.Place.Wait, _ = time.ParseDuration(p["wait"])
	}
	w.Queues[args[0]] = q
	return nil
}

func (w *World) givenSource(name string, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "broken":
		w.Sources[name] = Source{Broken: true}
	case len(args) == 1 && args[0] == "slow":
		w.Sources[name] = Source{Slow: 2}
	case len(args) == 2 && args[0] == "slow" && args[1] == "once":
		w.Sources[name] = Source{Slow: 1}
	case len(args) == 1 && args[0] == "well":
		delete(w.Sources, name)
	default:
		return fmt.Errorf("it is written: given %s broken | slow | slow once | well", name)
	}
	return nil
}
