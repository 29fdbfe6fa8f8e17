package load

import (
	"fmt"
	"strings"
	"time"
)

// action is a kind of step.
type action uint8

const (
	wait    action = iota // for a time
	press                 // keys, by telephone events
	audio                 // wait for the first audio
	bridged               // wait until a marked voice is heard
	stay                  // until the other side hangs up, or the run ends
)

// step is one thing a caller does.
type step struct {
	action action
	time   time.Duration
	keys   string
}

// Script is what a caller does once answered; after the last step it hangs up.
type Script []step

// ParseScript reads steps divided by commas: "audio, wait 2s, press 1, bridged, wait 10s" or "stay".
func ParseScript(text string) (Script, error) {
	var s Script
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		one, err := parseStep(words)
		if err != nil {
			return nil, err
		}
		s = append(s, one)
	}
	return s, nil
}

func parseStep(words []string) (step, error) {
	argument := strings.Join(words[1:], "")
	switch {
	case words[0] == "wait":
		d, err := time.ParseDuration(argument)
		if err == nil && d >= 0 {
			return step{action: wait, time: d}, nil
		}
	case words[0] == "press" && argument != "" && strings.Trim(argument, "0123456789*#ABCD") == "":
		return step{action: press, keys: argument}, nil
	case argument == "":
		for a, name := range map[action]string{audio: "audio", bridged: "bridged", stay: "stay"} {
			if name == words[0] {
				return step{action: a}, nil
			}
		}
	}
	return step{}, fmt.Errorf("%q is no step: wait 2s, press 1, audio, bridged, stay", strings.Join(words, " "))
}

// over tells whether a server that hangs up at a step does as the script wants: it is to stay, perhaps after keys that
// are still being pressed.
func (s Script) over(at int) bool {
	for _, one := range s[min(at, len(s)):] {
		if one.action != press {
			return one.action == stay
		}
	}
	return false
}
