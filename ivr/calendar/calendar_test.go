package calendar_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hotline/ivr/calendar"
)

// shipped loads the calendars that come with the product.
func shipped(t *testing.T) calendar.Calendars {
	t.Helper()
	cs, err := calendar.Load(os.DirFS("../../callflows"), "calendars")
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

func local(t *testing.T, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestOffice(t *testing.T) {
	office := shipped(t)["office"]
	for _, row := range []struct {
		at            string
		open, holiday bool
		opens         string
	}{
		{"2026-11-23 08:29", false, false, "2026-11-23 08:30"}, // Monday
		{"2026-11-23 08:30", true, false, "2026-11-23 14:00"},
		{"2026-11-23 11:59", true, false, "2026-11-23 14:00"},
		{"2026-11-23 12:00", false, false, "2026-11-23 14:00"},
		{"2026-11-23 17:30", false, false, "2026-11-24 08:30"},
		{"2026-11-27 18:00", false, false, "2026-11-30 08:30"}, // Friday evening
		{"2026-11-28 10:00", false, false, "2026-11-30 08:30"}, // Saturday
		{"2026-09-30 18:00", false, false, "2026-10-08 08:30"}, // before the National Day week
		{"2026-10-05 10:00", false, true, "2026-10-08 08:30"},  // a Monday off
		{"2026-10-10 10:00", true, false, "2026-10-10 14:00"},  // a Saturday worked
		{"2026-10-10 18:00", false, false, "2026-10-12 08:30"},
		{"2026-09-25 10:00", false, true, "2026-09-28 08:30"}, // Mid-Autumn
		{"2025-01-26 09:00", true, false, "2025-01-26 14:00"}, // a Sunday worked
		{"2025-01-28 09:00", false, true, "2025-02-05 08:30"},
	} {
		m, err := office.Moment(local(t, row.at))
		if err != nil || m.Open != row.open || m.Holiday != row.holiday || !m.Opens.Equal(local(t, row.opens)) {
			t.Errorf("%s: %+v %v; want open %v, holiday %v, opens %s", row.at, m, err, row.open, row.holiday, row.opens)
		}
	}
}

func TestPromiseIsNoonOfTheNextWorkday(t *testing.T) {
	office := shipped(t)["office"]
	for at, want := range map[string]string{
		"2026-11-23 20:00": "2026-11-24 12:00",
		"2026-11-23 07:00": "2026-11-24 12:00",
		"2026-11-27 20:00": "2026-11-30 12:00",
		"2026-09-30 20:00": "2026-10-08 12:00",
		"2026-10-09 20:00": "2026-10-10 12:00", // the Saturday is worked
		"2026-09-18 20:00": "2026-09-20 12:00", // the Sunday is worked
	} {
		m, err := office.Moment(local(t, at))
		if err != nil || !m.Promise.Equal(local(t, want)) {
			t.Errorf("%s: promised %v (%v), want %s", at, m.Promise, err, want)
		}
	}
}

// TestPublishedYears counts the days of the notices: days off per year, and
// that every make-up workday is a weekend day.
func TestPublishedYears(t *testing.T) {
	office := shipped(t)["office"]
	for year, want := range map[int]struct{ off, weekendsWorked int }{2025: {28, 5}, 2026: {33, 6}} {
		off, worked := 0, 0
		for d := time.Date(year, 1, 1, 9, 0, 0, 0, local(t, "2026-01-01 00:00").Location()); d.Year() == year; d = d.AddDate(0, 0, 1) {
			m, _ := office.Moment(d)
			if m.Holiday {
				off++
			}
			if weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday; weekend && m.Open {
				worked++
			}
		}
		if off != want.off || worked != want.weekendsWorked {
			t.Errorf("%d: %d days off, %d weekend days worked; the notice has %d and %d", year, off, worked, want.off, want.weekendsWorked)
		}
	}
}

// TestDaysOfTheOffice tells workdays from days off.
func TestDaysOfTheOffice(t *testing.T) {
	office := shipped(t)["office"]
	for at, want := range map[string]struct{ worked, off bool }{
		"2026-11-23 20:00": {true, false},
		"2026-11-28 10:00": {false, false}, // a Saturday
		"2026-10-01 10:00": {false, true},
		"2026-10-10 10:00": {true, false}, // a Saturday that is worked
	} {
		worked, off, err := office.Day(local(t, at))
		if err != nil || worked != want.worked || off != want.off {
			t.Errorf("%s: worked %v, off %v, %v", at, worked, off, err)
		}
	}
	if _, _, err := office.Day(local(t, "2031-03-03 10:00")); err == nil {
		t.Error("a day of a year nobody has entered was told")
	}
	want := []calendar.Span{{From: 8*time.Hour + 30*time.Minute, To: 12 * time.Hour}, {From: 14 * time.Hour, To: 17*time.Hour + 30*time.Minute}}
	if got := office.Hours(); !slices.Equal(got, want) || office.Zone().String() != "Asia/Shanghai" {
		t.Errorf("hours %v in %v", got, office.Zone())
	}
}

func TestMissingYearIsAnError(t *testing.T) {
	office := shipped(t)["office"]
	var missing *calendar.YearError
	if _, err := office.Moment(local(t, "2031-03-03 10:00")); !errors.As(err, &missing) || missing.Year != 2031 {
		t.Errorf("the year 2031 gives %v", err)
	}
	if want := `calendar office: the holidays "china" have no year 2031`; missing.Error() != want {
		t.Errorf("%q, want %q", missing, want)
	}
	if _, err := office.Moment(local(t, "2026-12-31 18:00")); !errors.As(err, &missing) || missing.Year != 2027 {
		t.Errorf("closed on the last evening, the next opening gives %v", err)
	}
	if m, err := office.Moment(local(t, "2026-12-31 15:00")); err != nil || !m.Open || !m.Opens.IsZero() {
		t.Errorf("open on the last afternoon: %+v, %v", m, err)
	}
	from := local(t, "2026-12-20 00:00")
	if got := office.Missing(from, from.AddDate(0, 0, 30)); !slices.Equal(got, []int{2027}) {
		t.Errorf("missing years: %v", got)
	}
}

const night = `
calendar: night
zone: Asia/Shanghai
hours: {workday: ["20:00-02:00"], fri: ["20:00-24:00"], sat: closed}
days: {2026-12-24: ["09:00-10:00"], 2026-12-25: closed}
`

func TestHoursOverMidnightAndExceptions(t *testing.T) {
	cs, err := calendar.Load(fstest.MapFS{"c/n.yaml": {Data: []byte(night)}}, "c")
	if err != nil {
		t.Fatal(err)
	}
	c := cs["night"]
	for at, open := range map[string]bool{
		"2026-11-24 01:59": true,  // Tuesday, Monday's night
		"2026-11-24 02:00": false, // its end
		"2026-11-23 01:00": false, // Monday, after a Sunday without hours
		"2026-11-27 23:59": true,  // Friday
		"2026-11-28 00:00": false, // Saturday
		"2026-12-24 09:30": true,  // exception
		"2026-12-24 21:00": false,
		"2026-12-25 21:00": false,
		"2030-01-01 21:00": true, // follows no holidays: no year is missing
	} {
		if m, err := c.Moment(local(t, at)); err != nil || m.Open != open {
			t.Errorf("%s: open %v, %v; want %v", at, m.Open, err, open)
		}
	}
	if c.Missing(local(t, "2026-01-01 00:00"), local(t, "2040-01-01 00:00")) != nil || c.HolidaysName() != "" {
		t.Error("a calendar without holidays misses years")
	}
}

func TestNeverOpen(t *testing.T) {
	cs, err := calendar.Load(fstest.MapFS{"c/n.yaml": {Data: []byte("calendar: never\nhours: {workday: closed}\n")}}, "c")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := cs["never"].Moment(time.Now()); err != nil || m.Open || !m.Opens.IsZero() {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestLoadFaults(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"holidays nobody lists", "calendar: a\nholidays: chnia\n", `c/a.yaml:1:1: calendar "a" follows the holidays "chnia", which no file lists; did you mean "china"?`},
		{"zone", "calendar: a\nzone: Mars/Base\n", `c/a.yaml:2:7: "Mars/Base" is not a time zone such as Asia/Shanghai`},
		{"hours", "calendar: a\nhours: {workday: [\"8-12\"]}\n", `c/a.yaml:2:19: "8-12" is not a stretch of hours such as 08:30-12:00`},
		{"overlap", "calendar: a\nhours: {workday: [\"08:00-12:00\", \"11:00-13:00\"]}\n", "c/a.yaml:2:34: 11:00-13:00 begins before the hours in front of it have ended"},
		{"no list", "calendar: a\nhours: {workday: open}\n", `c/a.yaml:2:18: hours are closed or a list such as ["08:30-12:00", "14:00-17:30"]`},
		{"sort of day", "calendar: a\nhours: {wrokday: closed}\n", `c/a.yaml:2:9: unknown sort of day "wrokday"; did you mean "workday"?`},
		{"field", "calendar: a\nzome: UTC\n", `c/a.yaml:2:1: unknown field "zome" in a calendar; did you mean "zone"?`},
		{"date", "calendar: a\ndays: {2026-02-30: closed}\n", `c/a.yaml:2:8: "2026-02-30" is not a date such as 2026-12-24`},
		{"promise", "calendar: a\npromise: noon\n", `c/a.yaml:2:10: "noon" is not a time of day such as 12:00`},
		{"neither", "office: a\n", "c/a.yaml:1:1: this file is neither a calendar (calendar:) nor a list of holidays (holidays: and years:)"},
		{"other year", "holidays: x\nyears: {2026: {off: [2025-01-01]}}\n", "c/a.yaml:2:22: 2025-01-01 is not in the year 2026"},
		{"span", "holidays: x\nyears: {2026: {off: [2026-01-03..2026-01-01]}}\n", `c/a.yaml:2:22: "2026-01-03..2026-01-01" is not a date or a span of dates such as 2026-10-01..2026-10-07`},
		{"both", "holidays: x\nyears: {2026: {off: [2026-01-01], work: [2026-01-01]}}\n", "c/a.yaml:2:9: 2026-01-01 is both a day off and a workday"},
		{"year", "holidays: x\nyears: {next: {}}\n", `c/a.yaml:2:9: "next" is not a year`},
		{"not YAML", "calendar: [", "c/a.yaml:1:11: sequence end token ']' not found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fsys := fstest.MapFS{
				"c/a.yaml":     {Data: []byte(row.text)},
				"c/china.yaml": {Data: []byte("holidays: china\nyears: {2026: {off: [], work: []}}\n")},
			}
			_, err := calendar.Load(fsys, "c")
			if err == nil || err.Error() != row.want {
				t.Errorf("got\n%v\nwant\n%s", err, row.want)
			}
		})
	}
	_, err := calendar.Load(fstest.MapFS{"c/a.yaml": {Data: []byte("calendar: a\n")}, "c/b.yaml": {Data: []byte("calendar: a\n")}}, "c")
	if err == nil || !strings.Contains(err.Error(), `calendar "a" stands here a second time`) {
		t.Errorf("a doubled calendar gives %v", err)
	}
}
