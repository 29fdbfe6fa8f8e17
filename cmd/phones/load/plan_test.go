package load

import (
	"strings"
	"testing"
	"time"
)

func TestArrivals(t *testing.T) {
	for _, c := range []struct {
		text  string
		after time.Duration
		want  int
	}{
		{"steady 50", 0, 0},
		{"steady 50", 2 * time.Second, 100},
		{"steady 0.5", 9 * time.Second, 4},
		{"ramp 10-50 10s", 10 * time.Second, 300},
		{"ramp 10-50 10s", 20 * time.Second, 800},
		{"ramp 0-10 10s", 5 * time.Second, 12},
		{"ramp 50-10 10s", 10 * time.Second, 300},
		{"burst 100 10s", 0, 100},
		{"burst 100 10s", 25 * time.Second, 300},
	} {
		a, err := ParseArrivals(c.text)
		if err != nil || a.by(c.after) != c.want || a.String() != c.text {
			t.Errorf("%q: %d calls after %s, want %d (%v, %v)", c.text, a.by(c.after), c.after, c.want, a, err)
		}
	}
}

func TestBadArrivals(t *testing.T) {
	for _, text := range []string{"", "steady", "steady x", "steady 0", "steady -1", "steady 1e9", "ramp 1 2s", "ramp 1-2", "burst 0 1s", "burst 1 0s", "burst 1", "slow 1"} {
		if a, err := ParseArrivals(text); err == nil {
			t.Errorf("%q is %v", text, a)
		}
	}
}

func TestScripts(t *testing.T) {
	s, err := ParseScript("audio, wait 2s, press 1 #, bridged, stay,")
	must(t, err)
	want := Script{{action: audio}, {action: wait, time: 2 * time.Second}, {action: press, keys: "1#"}, {action: bridged}, {action: stay}}
	if len(s) != len(want) {
		t.Fatalf("%v", s)
	}
	for i := range want {
		if s[i] != want[i] {
			t.Errorf("step %d is %v, want %v", i, s[i], want[i])
		}
	}
	for _, text := range []string{"wait", "wait x", "wait -1s", "press", "press 1x", "audio 2s", "dance"} {
		if s, err := ParseScript(text); err == nil {
			t.Errorf("%q is %v", text, s)
		}
	}
}

// A server may hang up where a script stays, and while keys are pressed just before.
func TestOver(t *testing.T) {
	for text, want := range map[string]string{"stay": "y", "wait 1s, press 1, stay": "nyy", "press 1, wait 1s, stay": "nny", "audio": "nn", "": "n"} {
		s, err := ParseScript(text)
		must(t, err)
		for at := range want {
			if got := s.over(at); got != (want[at] == 'y') {
				t.Errorf("%q at %d: %t", text, at, got)
			}
		}
	}
}

func TestParseAddresses(t *testing.T) {
	all, err := ParseAddresses("127.0.0.254", "127.0.1.2")
	if err != nil || len(all) != 5 || all[4].String() != "127.0.1.2" {
		t.Errorf("%v, %v", all, err)
	}
	for _, c := range [][2]string{{"x", ""}, {"127.0.0.1", "x"}, {"127.0.0.2", "127.0.0.1"}, {"127.0.0.1", "127.0.2.1"}} {
		if all, err := ParseAddresses(c[0], c[1]); err == nil {
			t.Errorf("%s-%s is %d addresses", c[0], c[1], len(all))
		}
	}
}

func TestParseLaws(t *testing.T) {
	laws, err := ParseLaws([]string{"pcmu", "pcma"})
	if err != nil || len(laws) != 2 || laws[0] != pcmu {
		t.Errorf("%v, %v", laws, err)
	}
	if _, err := ParseLaws([]string{"opus"}); err == nil || !strings.Contains(err.Error(), "opus") {
		t.Errorf("%v", err)
	}
}

// A caller shows a number of its own, unless it has an account.
func TestCallersNames(t *testing.T) {
	c := Callers{Prefix: "138"}
	if c.name(7) == c.name(8) || len(c.name(7)) != len("13800007") {
		t.Error(c.name(7), c.name(8))
	}
	c.Account.User = "7000"
	if c.name(7) != "7000" {
		t.Error(c.name(7))
	}
}
