package casework_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"hotline/casework"
)

var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// errYear is what the calendar of the tests says about years nobody has entered.
var errYear = errors.New("year not entered")

// office works as in the autumn of 2026: the first week of October is off, Saturday the 10th is worked instead.
func office() casework.Office {
	return casework.Office{
		Zone: china,
		Hours: []casework.Period{
			{From: 8*time.Hour + 30*time.Minute, To: 12 * time.Hour},
			{From: 14 * time.Hour, To: 17*time.Hour + 30*time.Minute},
		},
		Day: func(midnight time.Time) (casework.Sort, error) {
			y, m, d := midnight.Date()
			switch {
			case y != 2026:
				return 0, errYear
			case m == time.October && d <= 7:
				return casework.Holiday, nil
			case m == time.October && d == 10:
				return casework.Workday, nil
			case midnight.Weekday() == time.Saturday, midnight.Weekday() == time.Sunday:
				return casework.RestDay, nil
			}
			return casework.Workday, nil
		},
	}
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	if text == "" {
		return time.Time{}
	}
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, china)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// The table of the working-day clock: what callers are told, what the centre aims at, what the law gives.
func TestClocks(t *testing.T) {
	tests := []struct {
		name, complete, stop, resume string
		promise, target, statutory   string
	}{
		{"in the morning", "2026-09-15 10:00", "", "", "2026-09-16 17:30", "2026-09-16 10:00", "2026-09-22 17:30"},
		{"during lunch", "2026-09-15 12:30", "", "", "2026-09-16 17:30", "2026-09-16 12:00", "2026-09-22 17:30"},
		{"on a Friday", "2026-09-18 16:30", "", "", "2026-09-21 17:30", "2026-09-21 16:30", "2026-09-25 17:30"},
		{"on a rest day", "2026-09-19 11:00", "", "", "2026-09-21 17:30", "2026-09-21 17:30", "2026-09-28 17:30"},
		{"before the holiday", "2026-09-30 15:00", "", "", "2026-10-08 17:30", "2026-10-08 15:00", "2026-10-08 17:30"},
		{"before a make-up workday", "2026-10-09 16:00", "", "", "2026-10-10 17:30", "2026-10-10 16:00", "2026-10-16 17:30"},
		{"stopped", "2026-09-15 10:00", "2026-09-15 15:00", "2026-09-17 11:00", "2026-09-18 17:30", "2026-09-17 17:00", "2026-09-24 17:30"},
		{"before opening", "2026-09-15 07:00", "", "", "2026-09-16 17:30", "2026-09-15 17:30", "2026-09-22 17:30"},
		{"after closing", "2026-09-15 23:59", "", "", "2026-09-16 17:30", "2026-09-16 17:30", "2026-09-22 17:30"},
		{"stopped over the holiday", "2026-09-30 09:00", "2026-09-30 10:00", "2026-10-08 10:00", "2026-10-09 17:30", "2026-10-09 09:00", "2026-10-15 17:30"},
		{"stopped within a day", "2026-09-15 10:00", "2026-09-15 10:30", "2026-09-15 11:00", "2026-09-16 17:30", "2026-09-16 10:30", "2026-09-22 17:30"},
		{"done before it was stopped", "2026-09-15 08:30", "2026-09-17 10:00", "2026-09-18 10:00", "2026-09-21 17:30", "2026-09-15 17:30", "2026-09-23 17:30"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := casework.Clock{Start: at(t, tt.complete)}
			if tt.stop != "" {
				c.Pauses = []casework.Pause{{Stop: at(t, tt.stop), Resume: at(t, tt.resume)}}
			}
			o := office()
			promise, err := o.Promise(c)
			same(t, "promise", promise, err, at(t, tt.promise))
			target, err := o.Target(c, casework.TargetTime)
			same(t, "target", target, err, at(t, tt.target))
			statutory, err := o.Statutory(c, casework.ReviewDays)
			same(t, "statutory", statutory, err, at(t, tt.statutory))
		})
	}
}

func same(t *testing.T, what string, got time.Time, err error, want time.Time) {
	t.Helper()
	if err != nil || !got.Equal(want) {
		t.Errorf("%s: %s, %v; want %s", what, got.In(china), err, want)
	}
}

func TestTheLawsOtherClocks(t *testing.T) {
	tests := []struct {
		from string
		days int
		want string
	}{
		{"2026-09-15 23:00", casework.AppointDays, "2026-09-18 17:30"},
		{"2026-09-16 08:00", casework.AppointDays, "2026-09-21 17:30"}, // the third day is a Saturday
		{"2026-09-29 08:00", casework.AppointDays, "2026-10-08 17:30"}, // within the holiday
		{"2026-09-15 08:00", casework.ObjectionDays, "2026-09-21 17:30"},
	}
	for _, tt := range tests {
		got, err := office().Statutory(casework.Clock{Start: at(t, tt.from)}, tt.days)
		same(t, tt.from, got, err, at(t, tt.want))
	}
}

func TestAWorkdayIsAsLongAsItsHours(t *testing.T) {
	if got := office().Workday(); got != casework.TargetTime {
		t.Errorf("a working day lasts %v", got)
	}
}

func TestARestDayMayEndAPeriod(t *testing.T) {
	o := office()
	o.StrictRest = true
	got, err := o.Statutory(casework.Clock{Start: at(t, "2026-09-19 11:00")}, casework.ReviewDays)
	same(t, "last day on a Saturday", got, err, at(t, "2026-09-26 17:30"))
	got, err = o.Statutory(casework.Clock{Start: at(t, "2026-09-30 11:00")}, casework.ReviewDays)
	same(t, "last day on a holiday", got, err, at(t, "2026-10-08 17:30"))
}

func TestAStoppedClockPromisesNothing(t *testing.T) {
	start := at(t, "2026-09-15 10:00")
	hour := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
	tests := []struct {
		name   string
		pauses []casework.Pause
		want   error
	}{
		{"stopped now", []casework.Pause{{Stop: hour(1)}}, casework.ErrStopped},
		{"stopped again", []casework.Pause{{hour(1), hour(2)}, {Stop: hour(3)}}, casework.ErrStopped},
		{"before the start", []casework.Pause{{hour(-1), hour(1)}}, casework.ErrDisorder},
		{"resumed before it stopped", []casework.Pause{{hour(2), hour(1)}}, casework.ErrDisorder},
		{"overlapping", []casework.Pause{{hour(1), hour(3)}, {hour(2), hour(4)}}, casework.ErrDisorder},
		{"never resumed and stopped again", []casework.Pause{{Stop: hour(1)}, {hour(2), hour(3)}}, casework.ErrDisorder},
	}
	for _, tt := range tests {
		c := casework.Clock{Start: start, Pauses: tt.pauses}
		_, promise := office().Promise(c)
		_, target := office().Target(c, casework.TargetTime)
		_, statutory := office().Statutory(c, casework.ReviewDays)
		for _, err := range []error{promise, target, statutory} {
			if !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
			}
		}
	}
}

func TestADateIsNeverGuessed(t *testing.T) {
	c := casework.Clock{Start: at(t, "2026-12-31 10:00")}
	_, promise := office().Promise(c)
	_, target := office().Target(c, casework.TargetTime)
	_, statutory := office().Statutory(c, casework.AppointDays)
	for _, err := range []error{promise, target, statutory} {
		if !errors.Is(err, errYear) {
			t.Errorf("across the end of what is entered: %v", err)
		}
	}
	never := office()
	never.Day = func(time.Time) (casework.Sort, error) { return casework.RestDay, nil }
	_, promise = never.Promise(c)
	_, target = never.Target(c, casework.TargetTime)
	_, statutory = never.Statutory(c, casework.AppointDays)
	for _, err := range []error{promise, target, statutory} {
		if !errors.Is(err, casework.ErrNoWorkday) {
			t.Errorf("a calendar without working days: %v", err)
		}
	}
	c = casework.Clock{Start: at(t, "2026-09-15 10:00"), Pauses: []casework.Pause{{Stop: at(t, "2026-12-30 10:00"), Resume: at(t, "2027-01-02 10:00")}}}
	if _, err := office().Target(c, 1000*time.Hour); !errors.Is(err, errYear) {
		t.Errorf("a pause across the end of what is entered: %v", err)
	}
}

// Whatever the course of a clock: nothing is due before it began, waiting makes nothing due earlier, everything is due in
// business hours, and the same course gives the same answers.
func TestWhatHoldsForEveryClock(t *testing.T) {
	random := rand.New(rand.NewPCG(20260915, 1)) //nolint:gosec // the same calls every time
	o := office()
	begin := at(t, "2026-03-02 00:00")
	for range 2000 {
		start := begin.Add(time.Duration(random.IntN(200*24*60)) * time.Minute)
		stop := start.Add(time.Duration(random.IntN(5*24*60)) * time.Minute)
		resume := stop.Add(time.Duration(random.IntN(5*24*60)) * time.Minute)
		run := casework.Clock{Start: start}
		paused := casework.Clock{Start: start, Pauses: []casework.Pause{{stop, resume}}}
		for name, due := range map[string]func(casework.Clock) (time.Time, error){
			"promise":   o.Promise,
			"target":    func(c casework.Clock) (time.Time, error) { return o.Target(c, casework.TargetTime) },
			"statutory": func(c casework.Clock) (time.Time, error) { return o.Statutory(c, casework.ReviewDays) },
		} {
			plain, err := due(run)
			late, err2 := due(paused)
			again, _ := due(paused)
			if err != nil || err2 != nil || !late.Equal(again) {
				t.Fatalf("%s: %v, %v, %v, %v", name, err, err2, late, again)
			}
			if !plain.After(start) || late.Before(plain) {
				t.Errorf("%s of %s stopped %s to %s: %s without, %s with the pause", name, start, stop, resume, plain, late)
			}
			for _, moment := range []time.Time{plain, late} {
				y, m, d := moment.In(china).Date()
				midnight := time.Date(y, m, d, 0, 0, 0, 0, china)
				sort, err := o.Day(midnight)
				since := moment.Sub(midnight)
				if err != nil || sort != casework.Workday || since < o.Hours[0].From || since > o.Hours[1].To {
					t.Errorf("%s is due outside of business hours: %s", name, moment)
				}
			}
		}
	}
}

func BenchmarkTarget(b *testing.B) {
	o := office()
	c := casework.Clock{Start: at(b, "2026-09-30 15:00")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := o.Target(c, casework.TargetTime); err != nil {
			b.Fatal(err)
		}
	}
}
