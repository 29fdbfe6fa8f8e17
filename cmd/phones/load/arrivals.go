package load

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Arrivals say when calls begin: evenly, in a ramp, or in bursts.
type Arrivals struct {
	From, To float64       // calls a second, at the beginning and at the end of Over
	Over     time.Duration // how long the rate changes; then it stays at To
	Burst    int           // calls at once instead
	Every    time.Duration // between bursts
}

// ParseArrivals reads "steady 50" (a second), "ramp 1-50 30s" or "burst 100 10s".
func ParseArrivals(text string) (Arrivals, error) {
	words := strings.Fields(text)
	bad := fmt.Errorf(`arrivals %q: not "steady 50", "ramp 1-50 30s" or "burst 100 10s"`, text)
	var a Arrivals
	var err1, err2, err3 error
	switch {
	case len(words) == 2 && words[0] == "steady":
		a.To, err1 = strconv.ParseFloat(words[1], 64)
		a.From = a.To
	case len(words) == 3 && words[0] == "ramp":
		from, to, _ := strings.Cut(words[1], "-")
		a.From, err1 = strconv.ParseFloat(from, 64)
		a.To, err2 = strconv.ParseFloat(to, 64)
		a.Over, err3 = time.ParseDuration(words[2])
	case len(words) == 3 && words[0] == "burst":
		a.Burst, err1 = strconv.Atoi(words[1])
		a.Every, err2 = time.ParseDuration(words[2])
	default:
		return a, bad
	}
	if err1 != nil || err2 != nil || err3 != nil || !a.valid() {
		return a, bad
	}
	return a, nil
}

func (a Arrivals) valid() bool {
	if a.Burst > 0 {
		return a.Every > 0
	}
	return a.Burst == 0 && a.From >= 0 && a.To > 0 && a.To <= 1e5 && a.Over >= 0
}

// by is how many calls have begun after a time.
func (a Arrivals) by(t time.Duration) int {
	if a.Burst > 0 {
		return a.Burst * (1 + int(t/a.Every))
	}
	ramp := min(t, a.Over).Seconds()
	n := a.From * ramp
	if a.Over > 0 {
		n += (a.To - a.From) / a.Over.Seconds() * ramp * ramp / 2
	}
	return int(n + a.To*max(t-a.Over, 0).Seconds())
}

// String is the arrivals as written.
func (a Arrivals) String() string {
	switch {
	case a.Burst > 0:
		return fmt.Sprintf("burst %d %s", a.Burst, a.Every)
	case a.Over > 0:
		return fmt.Sprintf("ramp %g-%g %s", a.From, a.To, a.Over)
	}
	return fmt.Sprintf("steady %g", a.To)
}
