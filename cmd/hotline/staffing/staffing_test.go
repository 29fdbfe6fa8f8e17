package staffing_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/acd"
	"hotline/acd/simulate"
	"hotline/cmd/hotline/staffing"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// plain gives a queue no rules but its skills.
func plain(q staffing.Queue) acd.Queue {
	rules := acd.Queue{Name: acd.QueueID(q.Name), Protected: q.Minors, Times: acd.Times{MaxWait: -1, Return: -1}}
	for _, need := range q.Needs {
		rules.Skills = append(rules.Skills, acd.Qualification(need))
	}
	return rules
}

const small = `
start: 2026-03-02
zone: Asia/Shanghai
days: 2
seed: 7
queues: [{name: labour, needs: [labour]}]
callers:
  - queue: labour
    hourly: {"09:00-12:00": 30, "23:00-01:00": 2}
    week: {tue: 0.5}
    claims: [frail, soldier]
    talk: {mean: 5m, law: exponential}
    wrap: {mean: 1m, law: constant}
    patience: {mean: 3m, spread: 0.5}
staff:
  - {name: day, count: 3, hours: "08:30-17:30", skills: [labour, family], answer: 3s, off: [sat, sunday]}
  - {name: night, count: 1, hours: "22:00-06:00", skills: [labour]}
`

func read(t *testing.T, text string) simulate.Plan {
	t.Helper()
	p, err := staffing.Read([]byte(text), plain)
	must(t, err)
	return p
}

func TestReadPlan(t *testing.T) {
	p := read(t, small)
	if p.Start.Format(time.RFC3339) != "2026-03-02T00:00:00+08:00" || p.Days != 2 || p.Seed != 7 || len(p.Queues) != 1 {
		t.Errorf("plan %+v", p)
	}
	s := p.Streams[0]
	rates := map[int]float64{17: 0, 18: 30, 23: 30, 24: 0, 46: 2, 47: 2, 0: 2, 1: 2, 2: 0}
	for half, want := range rates {
		if s.PerHour[half] != want {
			t.Errorf("half-hour %d: %v calls an hour, want %v", half, s.PerHour[half], want)
		}
	}
	if s.Week != [7]float64{1, 1, .5, 1, 1, 1, 1} || s.Claims != acd.Frail|acd.Soldier {
		t.Errorf("week %v, claims %v", s.Week, s.Claims)
	}
	if s.Talk != simulate.Exponential(5*time.Minute) || s.Wrap != simulate.Constant(time.Minute) || s.Patience.Mean() != 3*time.Minute {
		t.Errorf("laws %v %v %v", s.Talk, s.Wrap, s.Patience)
	}
	day, night := p.Staff[0], p.Staff[1]
	if day.Count != 3 || day.From != 8*time.Hour+30*time.Minute || day.To != 17*time.Hour+30*time.Minute || !day.Off[0] || !day.Off[6] || day.Off[1] || len(day.Like.Skills) != 2 {
		t.Errorf("day %+v", day)
	}
	if night.From != 22*time.Hour || night.To != 30*time.Hour {
		t.Errorf("night %+v", night)
	}
}

func TestReadNamesEveryFault(t *testing.T) {
	for what, tc := range map[string]struct{ old, text, want string }{
		"field":    {"seed: 7", "sede: 7", `unknown field "sede"`},
		"type":     {"days: 2", "days: soon", "[4:7] cannot unmarshal"},
		"day":      {"2026-03-02", "tomorrow", `"tomorrow" is not a day`},
		"zone":     {"Asia/Shanghai", "Moon/Sea", `"Moon/Sea" is not a time zone`},
		"hours":    {"08:30-17:30", "08:30", `day: "08:30" are no hours`},
		"minutes":  {"08:30-17:30", "08:15-17:30", `"08:15-17:30" are no hours`},
		"weekday":  {"off: [sat", "off: [xx", `"xx" is not a day of the week`},
		"claim":    {"frail", "vip", `claim "vip" is not one of danger, deadline`},
		"law":      {"law: constant", "law: uniform", `labour: wrap: law "uniform" is none of`},
		"mean":     {"mean: 1m, law: constant", "law: constant", "labour: wrap: needs a mean"},
		"spread":   {", spread: 0.5", "", "labour: patience: a lognormal law needs a spread"},
		"talk":     {"talk: {mean: 5m, law: exponential}", "talk: {}", "labour: talk needs a mean"},
		"not YAML": {"start:", "{", ""},
	} {
		_, err := staffing.Read([]byte(strings.Replace(small, tc.old, tc.text, 1)), plain)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", what, err, tc.want)
		}
	}
	_, err := staffing.Read([]byte(strings.NewReplacer("2026-03-02", "x", "frail", "vip").Replace(small)), plain)
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("two faults become %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(staffing.Sample))
	f.Add([]byte("staff: [{hours: 24:00-00:00}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = staffing.Read(text, plain) // must not panic
	})
}

func TestMore(t *testing.T) {
	s, err := staffing.More("2 labour,family 18:00-22:00")
	must(t, err)
	if s.Count != 2 || s.From != 18*time.Hour || s.To != 22*time.Hour || len(s.Like.Skills) != 2 || s.Like.Skills[1].Name != "family" {
		t.Errorf("more %+v", s)
	}
	for _, text := range []string{"", "two labour 18:00-22:00", "-1 labour 18:00-22:00", "2 labour", "2 labour 18:00", "2 labour 18:00-22:00 please"} {
		if _, err := staffing.More(text); err == nil {
			t.Errorf("%q is understood", text)
		}
	}
}

// compared simulates the small plan, and again with two more people in the morning.
func compared(t *testing.T) []staffing.Outcome {
	t.Helper()
	p := read(t, small)
	before, err := simulate.Run(p)
	must(t, err)
	more, err := staffing.More("2 labour 09:00-12:00")
	must(t, err)
	after, err := simulate.Run(p.With(more))
	must(t, err)
	return []staffing.Outcome{{Name: "as planned", Report: before}, {Name: "with <more>", Report: after}}
}

func TestTwoMoreHelp(t *testing.T) {
	all := compared(t)
	before, _ := all[0].Report.Queues[0].Tally.Level(acd.SLOurs, 0)
	after, _ := all[1].Report.Queues[0].Tally.Level(acd.SLOurs, 0)
	if after <= before {
		t.Errorf("two more change the level from %v to %v", before, after)
	}
	var b bytes.Buffer
	must(t, staffing.Text(&b, all...))
	for _, want := range []string{"as planned", "with <more>", "Erlang C", "09:00", "23:30"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
}

func TestCSV(t *testing.T) {
	all := compared(t)
	var b bytes.Buffer
	must(t, staffing.CSV(&b, all...))
	rows, err := csv.NewReader(&b).ReadAll()
	must(t, err)
	if want := 1 + len(all[0].Report.Rows) + len(all[1].Report.Rows); len(rows) != want {
		t.Fatalf("%d lines, want %d", len(rows), want)
	}
	offered := 0
	for _, row := range rows[1:] {
		if row[0] == "as planned" {
			n, err := strconv.Atoi(row[4])
			must(t, err)
			offered += n
		}
		for _, cell := range row[9:] {
			if _, err := strconv.ParseFloat(cell, 64); cell != "" && err != nil {
				t.Errorf("%q in %v", cell, row)
			}
		}
	}
	if want := all[0].Report.Queues[0].Tally.Offered; offered != want {
		t.Errorf("%d calls in all, want %d", offered, want)
	}
}

func TestChartIsAnImage(t *testing.T) {
	var b bytes.Buffer
	must(t, staffing.Chart(&b, compared(t)...))
	elements := map[string]int{}
	for d := xml.NewDecoder(&b); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if e, ok := token.(xml.StartElement); ok {
			elements[e.Name.Local]++
			for _, a := range e.Attr {
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s %s=%q", e.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
	if elements["svg"] != 1 || elements["rect"] < 8 || elements["path"] < 8 {
		t.Errorf("elements %v", elements)
	}
}

func TestChartsAndTablesOfNothing(t *testing.T) {
	p := read(t, small)
	p.Streams = nil
	r, err := simulate.Run(p)
	must(t, err)
	o := staffing.Outcome{Name: "quiet", Report: r}
	for _, show := range []func(io.Writer, ...staffing.Outcome) error{staffing.Text, staffing.CSV, staffing.Chart} {
		var b bytes.Buffer
		must(t, show(&b, o))
		if strings.Contains(b.String(), "NaN") {
			t.Errorf("not a number in\n%s", &b)
		}
	}
}

func TestSample(t *testing.T) {
	p := read(t, staffing.Sample)
	r, err := simulate.Run(p)
	must(t, err)
	for _, q := range r.Queues {
		if level, ok := q.Tally.Level(acd.SLOurs, 0); !ok || level < .5 || q.Tally.Waiting() != 0 {
			t.Errorf("%s: level %v, %d callers without an outcome", q.Queue, level, q.Tally.Waiting())
		}
	}
}
