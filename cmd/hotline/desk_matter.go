package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hotline/casework"
	"hotline/store"
	"hotline/store/event"
	"hotline/store/phone"
	"hotline/store/secret"
)

// deskMatters are what is prepared to be read to people in a talk.
type deskMatters struct {
	Pledge    deskPledge    `cmd:"" help:"Prepare the commitment that the caller of a case hears when the counselor keys *51."`
	Apply     deskApply     `cmd:"" help:"Write down that an application is complete; prints by when it is decided."`
	Lack      deskLack      `cmd:"" help:"Write down what an application lacks, all of it at once; told to the caller with *54."`
	Decide    deskDecide    `cmd:"" help:"Write down the decision on an application; told to the caller with *54."`
	Agency    deskAgency    `cmd:"" help:"Add or change a body that matters are handed on to."`
	Refer     deskRefer     `cmd:"" help:"Prepare to hand a matter on; the caller is asked with *52."`
	Outcome   deskOutcome   `cmd:"" help:"Write down what a case brought; the client confirms it with *53."`
	Revisit   deskRevisit   `cmd:"" help:"Plan a call in which the client is asked how the help was (*57)."`
	Mediation deskMediation `cmd:"" help:"Plan a mediation by phone; prints the digits that each side dials in with."`
	Calls     deskCalls     `cmd:"" help:"List the calls that counselors are to make: reminders, mediations, decisions, revisits."`
	Term      deskTerm      `cmd:"" help:"Write a term of a mediation; each side is asked with *581."`
}

type deskPledge struct {
	Case  string `arg:"" help:"Case number."`
	Group string `arg:"" help:"Group for which a pledge is enough, as a prompt, such as GROUP-MIGRANT-WORKER."`
}

// Run prepares a commitment.
func (d deskPledge) Run(ctx context.Context, w World, cli *commands) error {
	return withPhrase(ctx, w, cli, d.Group, func(ctx context.Context, _ Config, db *store.DB) error {
		return db.Pledge(ctx, actor(), d.Case, d.Group)
	})
}

// withPhrase is withDatabase, when the flows in force can say a phrase.
func withPhrase(ctx context.Context, w World, cli *commands, phrase string, f func(context.Context, Config, *store.DB) error) error {
	return withPhrases(ctx, w, cli, []string{phrase}, f)
}

func withPhrases(ctx context.Context, w World, cli *commands, phrases []string, f func(context.Context, Config, *store.DB) error) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		e, _, err := loadEdition(c.shipped(), time.Now())
		if err != nil {
			return err
		}
		for _, phrase := range phrases {
			if p, ok := e.Prompts().Prompt(phrase); !ok || len(p.Vars) > 0 {
				return fmt.Errorf("%q is no phrase of the prompts", phrase)
			}
		}
		return f(ctx, c, db)
	})
}

// hoursOf is when the office works, by the calendar in force.
func hoursOf(c Config) (casework.Office, error) {
	e, _, err := loadEdition(c.shipped(), time.Now())
	if err != nil {
		return casework.Office{}, err
	}
	return officeOf(e)
}

type deskApply struct {
	Case     string `arg:"" help:"Case number."`
	Complete string `help:"When it was complete, such as \"2027-03-01 17:30\"; now when empty."`
}

// Run files a complete application.
func (d deskApply) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		clock := casework.Clock{Start: time.Now()}
		var err error
		if d.Complete != "" {
			if clock.Start, err = parseMinute(c, d.Complete); err != nil {
				return err
			}
		}
		office, err := hoursOf(c)
		if err != nil {
			return err
		}
		var due store.Dues
		if due.Promise, err = office.Promise(clock); err != nil {
			return err
		}
		if due.Statutory, err = office.Statutory(clock, casework.ReviewDays); err != nil {
			return err
		}
		if err := db.Apply(ctx, actor(), d.Case, clock.Start, due); err != nil {
			return err
		}
		fmt.Fprintf(w.Stdout, "promised by %s\nby law until %s\n", due.Promise.Format(minute), due.Statutory.Format(minute))
		return nil
	})
}

type deskLack struct {
	Case string   `arg:"" help:"Case number."`
	Docs []string `arg:"" help:"What is missing, as prompts, such as DOC-WAGES."`
	Days int      `help:"Days within which it is to come." default:"7"`
}

// Run files what an application lacks.
func (d deskLack) Run(ctx context.Context, w World, cli *commands) error {
	return withPhrases(ctx, w, cli, d.Docs, func(ctx context.Context, c Config, db *store.DB) error {
		office, err := hoursOf(c)
		if err != nil {
			return err
		}
		now := time.Now()
		due, err := office.Statutory(casework.Clock{Start: now}, d.Days)
		if err != nil {
			return err
		}
		return db.Lack(ctx, actor(), d.Case, d.Docs, now, due)
	})
}

type deskDecide struct {
	Case   string `arg:"" help:"Case number."`
	Refuse string `help:"Why it is refused, as a prompt, such as REASON-INCOME; granted when empty."`
	Lawyer string `help:"Prompt that names the lawyer of a grant." default:"LAWYER-ASSIGNED"`
}

// Run files a decision.
func (d deskDecide) Run(ctx context.Context, w World, cli *commands) error {
	decide := func(ctx context.Context, c Config, db *store.DB) error {
		office, err := hoursOf(c)
		if err != nil {
			return err
		}
		decision, days := store.Decision{Reason: d.Refuse, At: time.Now()}, casework.ObjectionDays
		if d.Refuse == "" {
			decision.Granted, decision.Lawyer, days = true, d.Lawyer, casework.AppointDays
		}
		if decision.Due, err = office.Statutory(casework.Clock{Start: decision.At}, days); err != nil {
			return err
		}
		return db.Decide(ctx, actor(), d.Case, decision)
	}
	return withPhrase(ctx, w, cli, cmp.Or(d.Refuse, d.Lawyer), decide)
}

type deskAgency struct {
	Code   string `arg:"" help:"Its short number, such as 12333."`
	Name   string `arg:"" help:"Name."`
	Phrase string `help:"Prompt that says it, such as AGENCY-12333." required:""`
	Reply  int    `help:"Working days within which it answers the caller." default:"5"`
}

// Run adds or changes an agency.
func (d deskAgency) Run(ctx context.Context, w World, cli *commands) error {
	return withPhrase(ctx, w, cli, d.Phrase, func(ctx context.Context, _ Config, db *store.DB) error {
		return db.SaveAgency(ctx, actor(), store.Agency{Code: d.Code, Name: d.Name, Phrase: d.Phrase, ReplyDays: d.Reply})
	})
}

type deskRefer struct {
	Case   string `arg:"" help:"Case number."`
	Agency string `arg:"" help:"Short number of the agency, such as 12333."`
}

// Run prepares a referral.
func (d deskRefer) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		return db.Refer(ctx, actor(), d.Case, d.Agency)
	})
}

type deskOutcome struct {
	Case string `arg:"" help:"Case number."`
	Sum  string `arg:"" help:"What the client received, in yuan, such as 12000.50."`
}

// Run files what a case brought.
func (d deskOutcome) Run(ctx context.Context, w World, cli *commands) error {
	cents, err := centsOf(d.Sum)
	if err != nil {
		return err
	}
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		return db.Settle(ctx, actor(), d.Case, cents)
	})
}

// centsOf reads yuan with at most two places behind the point.
func centsOf(text string) (int64, error) {
	whole, part, _ := strings.Cut(text, ".")
	part = (part + "00")[:max(2, len(part))]
	if whole == "" || len(whole) > 12 || len(part) != 2 || strings.Trim(whole+part, "0123456789") != "" {
		return 0, fmt.Errorf("%q is no sum in yuan, such as 12000.50", text)
	}
	var cents int64
	for _, digit := range whole + part {
		cents = 10*cents + int64(digit-'0')
	}
	return cents, nil
}

type deskRevisit struct {
	Case string `arg:"" help:"Case number."`
	Due  string `help:"By which day, such as 2027-03-01." required:""`
}

// Run plans a revisit.
func (d deskRevisit) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		due, err := time.ParseInLocation(time.DateOnly, d.Due, c.Zone.Location)
		if err != nil {
			return fmt.Errorf("%q is no day, such as 2027-03-01", d.Due)
		}
		return db.Revisit(ctx, actor(), d.Case, due)
	})
}

type deskMediation struct {
	Case             string `arg:"" help:"Case number."`
	At               string `arg:"" help:"When it begins, such as \"2027-03-01 17:30\"."`
	Applicant        string `help:"How the applicant is named to the other side, as a prompt." default:"SIDE-WORKER"`
	Respondent       string `help:"How the respondent is named to the other side, as a prompt." default:"SIDE-EMPLOYER"`
	ApplicantNumber  string `help:"Number at which the applicant is called."`
	RespondentNumber string `help:"Number at which the respondent is called."`
}

// Run plans a mediation.
func (d deskMediation) Run(ctx context.Context, w World, cli *commands) error {
	return withPhrase(ctx, w, cli, d.Applicant, func(ctx context.Context, c Config, db *store.DB) error {
		at, err := parseMinute(c, d.At)
		if err != nil {
			return err
		}
		keys, err := secret.Load(c.path("keys"), true)
		if err != nil {
			return err
		}
		one, errOne := numberOf(c, keys, d.ApplicantNumber)
		two, errTwo := numberOf(c, keys, d.RespondentNumber)
		if err := errors.Join(errOne, errTwo); err != nil {
			return err
		}
		codes, err := db.PlanMediation(ctx, actor(), d.Case, at,
			store.Side{Name: "applicant", Phrase: d.Applicant, Number: one}, store.Side{Name: "respondent", Phrase: d.Respondent, Number: two})
		if err != nil {
			return err
		}
		fmt.Fprintf(w.Stdout, "applicant dials in with %s\nrespondent dials in with %s\n", codes[0], codes[1])
		return nil
	})
}

// numberOf seals a number that somebody is called at; none is a withheld one.
func numberOf(c Config, keys *secret.Keys, text string) (event.Number, error) {
	if text == "" {
		return event.Number{}, nil
	}
	n := phone.Plan{Area: c.AreaCode}.Parse(text)
	if len(n.Dialled()) == 0 {
		return event.Number{}, errors.New("one of the numbers cannot be called")
	}
	return keys.Number(n, "keyed"), nil
}
