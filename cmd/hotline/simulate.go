package main

import (
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
	Days   int      `help:"Simulate so many days instead of the plan's."`
	Seed   uint64   `help:"Other callers: the same seed brings the same ones."`
	CSV    string   `help:"Write every half-hour into a file." placeholder:"FILE"`
	SVG    string   `help:"Draw a chart into a file." placeholder:"FILE"`
	Sample bool     `help:"Print the sample plan, to begin with."`
}

// Run simulates the plan, and the plan with more people when there are any.
func (s simulateCommand) Run(w World) error {
	if s.Sample {
		_, err := io.WriteString(w.Stdout, staffing.Sample)
		return err
	}
	plan, err := s.plan()
	if err != nil {
		return err
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
