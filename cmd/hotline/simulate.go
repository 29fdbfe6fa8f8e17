package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hotline/acd"
	"hotline/acd/simulate"
	"hotline/cmd/hotline/staffing"
	"hotline/store"
)

// simulateCommand runs days of calls through the centre's router on fake time.
type simulateCommand struct {
	Plan   string   `arg:"" optional:"" help:"Plan of calls and shifts (YAML); without one, the sample's week." placeholder:"FILE"`
	With   []string `help:"Compare with more people: '2 labour,family 18:00-22:00'. May be given again." placeholder:"PEOPLE" sep:"none"`
	Replay string   `help:"The calls of a real day, from the database, with the plan's people." placeholder:"DAY"`
	Days   int      `help:"Simulate so many days instead of the plan's."`
	Seed   uint64   `help:"Other callers: the same seed brings the same ones."`
	CSV    string   `help:"Write every half-hour into a file." placeholder:"FILE"`
	SVG    string   `help:"Draw a chart into a file." placeholder:"FILE"`
	Sample bool     `help:"Print the sample plan, to begin with."`
}

// Run simulates the plan, and the plan with more people when there are any.
func (s simulateCommand) Run(ctx context.Context, w World, cli *commands) error {
	if s.Sample {
		_, err := io.WriteString(w.Stdout, staffing.Sample)
		return err
	}
	plan, err := s.plan()
	if err != nil {
		return err
	}
	if s.Replay != "" {
		if plan, err = s.replayed(ctx, w, cli, plan); err != nil {
			return err
		}
	}
	began := time.Now()
	outcomes, err := s.outcomes(plan)
	if err != nil {
		return err
	}
	calls := 0
	for _, o := range outcomes {
		for _, q := range o.Report.Queues {
			calls += q.Tally.Offered + q.Refused
		}
	}
	if err := staffing.Text(w.Stdout, outcomes...); err != nil {
		return err
	}
	fmt.Fprintf(w.Stdout, "%d calls of %d days in %s, by the centre's own router\n", calls, plan.Days, time.Since(began).Round(time.Millisecond))
	return errors.Join(write(s.CSV, outcomes, staffing.CSV), write(s.SVG, outcomes, staffing.Chart))
}

// plan reads the plan and what the flags change of it.
func (s simulateCommand) plan() (simulate.Plan, error) {
	text, name := []byte(staffing.Sample), "the sample"
	if s.Plan != "" {
		var err error
		if text, err = os.ReadFile(s.Plan); err != nil {
			return simulate.Plan{}, fmt.Errorf("%s cannot be read: %w", s.Plan, plain(err))
		}
		name = s.Plan
	}
	plan, err := staffing.Read(text, planned)
	if err != nil {
		var faults []error
		for line := range strings.SplitSeq(err.Error(), "\n") {
			faults = append(faults, fmt.Errorf("%s: %s", name, line))
		}
		return plan, errors.Join(faults...)
	}
	if s.Days > 0 {
		plan.Days = s.Days
	}
	if s.Seed > 0 {
		plan.Seed = s.Seed
	}
	return plan, nil
}

// replayed puts the calls of a real day in the place of a plan's callers.
func (s simulateCommand) replayed(ctx context.Context, w World, cli *commands, plan simulate.Plan) (simulate.Plan, error) {
	err := withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		from, to, err := figuresCommand{Day: s.Replay}.days(time.Now(), c.Zone.Location)
		if err != nil {
			return err
		}
		visits, err := db.Visits(ctx, from, to)
		if err != nil {
			return err
		}
		roster, err := db.Roster(ctx)
		if err != nil {
			return err
		}
		plan.Start, plan.Days, plan.Streams, plan.Calls, plan.Queues = from, 1, nil, callsOf(visits, c.Zone.Location), nil
		for _, q := range roster.Queues {
			plan.Queues = append(plan.Queues, rulesOf(q))
		}
		return nil
	})
	return plan, err
}

// callsOf makes of the visits of a day what a simulation of it needs. Who was answered waits as long as it takes, for a talk
// of the length it had. Who left has the patience that was seen, and would have talked as long as the others of the queue.
func callsOf(visits []store.Visit, zone *time.Location) []simulate.Call {
	var calls []simulate.Call
	usual := usualTalks(visits)
	for _, v := range visits {
		c := simulate.Call{At: v.Entered.In(zone), Queue: acd.QueueID(v.Queue), Talk: v.Talk, Wrap: v.Wrap}
		if !v.Answered {
			c.Patience = max(v.Waited, time.Millisecond)
			c.Talk, c.Wrap = usual[v.Queue].talk, usual[v.Queue].wrap
		}
		if v.Minor {
			c.Claims |= acd.Minor
		}
		if v.Danger {
			c.Claims |= acd.Danger
		}
		calls = append(calls, c)
	}
	return calls
}

// usually are the mean talk and wrap-up of a queue.
type usually struct{ talk, wrap time.Duration }

func usualTalks(visits []store.Visit) map[string]usually {
	sums, count := map[string]usually{}, map[string]time.Duration{}
	for _, v := range visits {
		if v.Answered {
			s := sums[v.Queue]
			sums[v.Queue] = usually{s.talk + v.Talk, s.wrap + v.Wrap}
			count[v.Queue]++
		}
	}
	for queue, n := range count {
		sums[queue] = usually{sums[queue].talk / n, sums[queue].wrap / n}
	}
	return sums
}

// planned gives a queue of a plan the rules of the centre.
func planned(q staffing.Queue) acd.Queue {
	return rulesOf(store.Queue{Code: q.Name, Requires: q.Needs, Minors: q.Minors, Ring: 20 * time.Second, Wrap: time.Minute, MaxWait: q.Limit})
}

func (s simulateCommand) outcomes(plan simulate.Plan) ([]staffing.Outcome, error) {
	report, err := simulate.Run(plan)
	if err != nil {
		return nil, err
	}
	all := []staffing.Outcome{{Name: "as planned", Report: report}}
	if len(s.With) == 0 {
		return all, nil
	}
	for _, text := range s.With {
		more, err := staffing.More(text)
		if err != nil {
			return nil, fmt.Errorf("--with: %w", err)
		}
		plan = plan.With(more)
	}
	if report, err = simulate.Run(plan); err != nil {
		return nil, err
	}
	return append(all, staffing.Outcome{Name: "with more", Report: report}), nil
}

// write writes outcomes into a file; an empty name means no file.
func write(path string, all []staffing.Outcome, how func(io.Writer, ...staffing.Outcome) error) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, plain(err))
	}
	return errors.Join(how(f, all...), f.Close())
}
