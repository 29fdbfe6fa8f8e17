package staffing

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"hotline/acd"
	"hotline/acd/simulate"
)

// Sample is a plan to begin with.
//
//go:embed sample.yaml
var Sample string //nolint:gochecknoglobals // an embedded file

// Queue is one queue of a plan.
type Queue struct {
	Name   string
	Needs  []string // qualifications
	Minors bool
	Limit  time.Duration // longest wait; 0 for none
}

// Rules makes of a plan's queue what the router must know: the centre's own ladder and times.
type Rules func(Queue) acd.Queue

// file is a plan as written.
type file struct {
	Start   string
	Zone    string
	Days    int
	Seed    uint64
	Queues  []Queue
	Callers []callers
	Staff   []staff
}

type callers struct {
	Queue    string
	Hourly   map[string]float64 // calls an hour, by hours of the day
	Week     map[string]float64 // factor by weekday; 1 when it is not there
	Claims   []string
	Talk     law
	Wrap     law
	Patience law
}

type staff struct {
	Name   string
	Count  int
	Hours  string
	Skills []string
	Answer time.Duration
	Off    []string
}

type law struct {
	Law    string // lognormal when empty
	Mean   time.Duration
	Spread float64
}

// Read understands a plan. The error names every fault.
func Read(text []byte, rules Rules) (simulate.Plan, error) {
	var f file
	if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil {
		first, _, _ := strings.Cut(yaml.FormatError(err, false, false), "\n")
		return simulate.Plan{}, errors.New(first)
	}
	r := reader{}
	p := simulate.Plan{Days: f.Days, Seed: f.Seed, Start: r.start(f.Start, f.Zone)}
	for _, q := range f.Queues {
		p.Queues = append(p.Queues, rules(q))
	}
	for _, c := range f.Callers {
		p.Streams = append(p.Streams, r.stream(c))
	}
	for _, s := range f.Staff {
		p.Staff = append(p.Staff, r.staff(s))
	}
	return p, errors.Join(r.faults...)
}

// reader gathers the faults of a plan.
type reader struct{ faults []error }

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Errorf(format, args...))
}

func (r *reader) start(day, zone string) time.Time {
	where, err := time.LoadLocation(zone)
	if err != nil {
		r.fault("zone: %q is not a time zone, such as Asia/Shanghai", zone)
		where = time.UTC
	}
	start, err := time.ParseInLocation(time.DateOnly, day, where)
	if err != nil {
		r.fault("start: %q is not a day, such as 2026-03-02", day)
	}
	return start
}

func (r *reader) stream(c callers) simulate.Stream {
	s := simulate.Stream{
		Queue: acd.QueueID(c.Queue), Talk: r.law(c.Queue+": talk", c.Talk), Wrap: r.law(c.Queue+": wrap", c.Wrap),
		Patience: r.law(c.Queue+": patience", c.Patience),
	}
	if s.Talk == nil {
		r.fault("%s: talk needs a mean", c.Queue)
	}
	for _, hours := range slices.Sorted(maps.Keys(c.Hourly)) {
		from, to := r.hours(c.Queue, hours)
		for at := from; at < to; at += simulate.HalfHour {
			s.PerHour[int(at/simulate.HalfHour)%len(s.PerHour)] += c.Hourly[hours]
		}
	}
	for day := range s.Week {
		s.Week[day] = 1
	}
	for _, name := range slices.Sorted(maps.Keys(c.Week)) {
		if day, ok := r.weekday(name); ok {
			s.Week[day] = c.Week[name]
		}
	}
	for _, name := range c.Claims {
		claim, ok := claims()[name]
		if !ok {
			r.fault("%s: claim %q is not one of %s", c.Queue, name, strings.Join(slices.Sorted(maps.Keys(claims())), ", "))
		}
		s.Claims |= claim
	}
	return s
}

func claims() map[string]acd.Claims {
	return map[string]acd.Claims{
		"soldier": acd.Soldier, "frail": acd.Frail, "repeat": acd.Repeat, "deadline": acd.Deadline, "minor": acd.Minor, "danger": acd.Danger,
	}
}

// law makes a law of durations; nil when none is written.
func (r *reader) law(what string, l law) simulate.Law {
	switch {
	case l == law{}:
		return nil
	case l.Mean <= 0:
		r.fault("%s: needs a mean", what)
	case l.Law == "constant":
		return simulate.Constant(l.Mean)
	case l.Law == "exponential":
		return simulate.Exponential(l.Mean)
	case l.Law == "lognormal", l.Law == "":
		if l.Spread <= 0 {
			r.fault("%s: a lognormal law needs a spread above 0", what)
		}
		return simulate.LogNormal{Average: l.Mean, Spread: l.Spread}
	default:
		r.fault("%s: law %q is none of constant, exponential, lognormal", what, l.Law)
	}
	return nil
}

func (r *reader) staff(s staff) simulate.Staff {
	people := simulate.Staff{Like: acd.Agent{ID: acd.AgentID(s.Name + "-")}, Count: s.Count, Answer: s.Answer}
	people.From, people.To = r.hours(s.Name, s.Hours)
	for _, skill := range s.Skills {
		people.Like.Skills = append(people.Like.Skills, acd.Skill{Name: acd.Qualification(skill)})
	}
	for _, name := range s.Off {
		if day, ok := r.weekday(name); ok {
			people.Off[day] = true
		}
	}
	return people
}

// hours reads 09:00-17:30; an end that is not after the beginning is on the next day. Arrivals and shifts are planned by the
// half-hour.
func (r *reader) hours(what, text string) (from, to time.Duration) {
	first, last, found := strings.Cut(text, "-")
	from, err1 := clock(first)
	to, err2 := clock(last)
	if !found || err1 != nil || err2 != nil {
		r.fault("%s: %q are no hours, such as 09:00-17:30", what, text)
		return 0, 0
	}
	if to <= from {
		to += 24 * time.Hour
	}
	return from, to
}

// clock reads a full or half hour of the day.
func clock(text string) (time.Duration, error) {
	if strings.TrimSpace(text) == "24:00" {
		return 24 * time.Hour, nil
	}
	at, err := time.Parse("15:04", strings.TrimSpace(text))
	if err != nil || at.Minute()%30 != 0 {
		return 0, errors.New("not a half-hour of the day")
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
}

func (r *reader) weekday(name string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.HasPrefix(strings.ToLower(day.String()), name) && len(name) >= 3 {
			return day, true
		}
	}
	r.fault("%q is not a day of the week, such as sat", name)
	return 0, false
}

// More reads people to add to a plan, such as "2 labour,family 18:00-22:00".
func More(text string) (simulate.Staff, error) {
	var s staff
	fields := strings.Fields(text)
	if len(fields) == 3 {
		if _, err := fmt.Sscan(fields[0], &s.Count); err == nil && s.Count > 0 {
			s.Name, s.Skills, s.Hours = "more "+text+" ", strings.Split(fields[1], ","), fields[2]
			s.Answer = 4 * time.Second
			r := reader{}
			people := r.staff(s)
			return people, errors.Join(r.faults...)
		}
	}
	return simulate.Staff{}, fmt.Errorf("%q is not a number of people, their skills and their hours, such as \"2 labour,family 18:00-22:00\"", text)
}
