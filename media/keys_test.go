package media

import (
	"testing"
	"time"
)

// telling is one telling of a key.
type telling struct {
	at    time.Duration
	digit byte
	way   Way
}

func TestKeypadTellsEachPressOnce(t *testing.T) {
	for name, c := range map[string]struct {
		tellings []telling
		want     string
	}{
		"one way":                     {[]telling{{0, '1', Event}, {300 * ms, '1', Event}, {600 * ms, '2', Event}}, "112"},
		"event and audio":             {[]telling{{0, '1', Event}, {60 * ms, '1', InBand}}, "1"},
		"audio first":                 {[]telling{{0, '1', InBand}, {60 * ms, '1', Event}}, "1"},
		"all three":                   {[]telling{{0, '5', Event}, {50 * ms, '5', InBand}, {250 * ms, '5', Info}}, "5"},
		"quick repeats by two":        {[]telling{{0, '5', Event}, {150 * ms, '5', Event}, {200 * ms, '5', Info}, {350 * ms, '5', Info}}, "55"},
		"repeats interleaved":         {[]telling{{0, '5', Event}, {100 * ms, '5', Info}, {200 * ms, '5', Event}, {300 * ms, '5', Info}}, "55"},
		"different keys interleaved":  {[]telling{{0, '1', Event}, {90 * ms, '2', Event}, {100 * ms, '1', Info}, {190 * ms, '2', Info}}, "12"},
		"later is another press":      {[]telling{{0, '1', Event}, {2 * time.Second, '1', Info}}, "11"},
		"one way missed the first":    {[]telling{{0, '7', Event}, {1500 * ms, '7', Event}, {1600 * ms, '7', Info}}, "77"},
		"nine keys before the second": {[]telling{{0, '0', Event}, {10 * ms, '1', Event}, {20 * ms, '2', Event}, {30 * ms, '3', Event}, {40 * ms, '4', Event}, {50 * ms, '5', Event}, {60 * ms, '6', Event}, {70 * ms, '7', Event}, {80 * ms, '8', Event}, {90 * ms, '8', Info}}, "012345678"},
	} {
		t.Run(name, func(t *testing.T) {
			k := keypad{out: make(chan Key, 16)}
			for _, s := range c.tellings {
				k.tell(s.digit, s.way, s.at)
			}
			close(k.out)
			got := ""
			for key := range k.out {
				got += string(key.Digit)
			}
			if got != c.want {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}

// TestKeypadLongPress tells a key that INFO reports only when it is let go.
func TestKeypadLongPress(t *testing.T) {
	k := keypad{out: make(chan Key, 4)}
	k.tell('1', Event, 0)
	for at := time.Duration(0); at < 5*time.Second; at += 50 * ms {
		k.hold('1', at)
	}
	k.hold('2', time.Hour) // not the key that is held
	k.tell('1', Info, 5300*ms)
	if len(k.out) != 1 {
		t.Errorf("%d keys", len(k.out))
	}
	(&keypad{}).hold('1', 0)
}

func TestKeypadOverflow(t *testing.T) {
	k := keypad{out: make(chan Key, 2)}
	for i := range 5 {
		k.tell('1', Event, time.Duration(i)*time.Second)
	}
	if len(k.out) != 2 || k.missed != 3 {
		t.Errorf("%d kept, %d missed", len(k.out), k.missed)
	}
}

func TestWayNames(t *testing.T) {
	if Event.String() != "event" || Info.String() != "info" || InBand.String() != "in-band" {
		t.Error("names of ways")
	}
}
