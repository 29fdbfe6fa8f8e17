package main

import (
	"context"
	"fmt"
	"time"

	"hotline/store"
	"hotline/store/phone"
)

// deskCommand keeps what flows look up for callers.
type deskCommand struct {
	Stage    deskStage    `cmd:"" help:"Write down how a case stands, and by when the caller hears more."`
	Code     deskCode     `cmd:"" help:"Make the query code of a case, with which the caller hears how it stands; prints it once."`
	Facility deskFacility `cmd:"" help:"Add or change a detention house, procuratorate, court or police station."`
	Pin      deskPin      `cmd:"" help:"Give a facility a new PIN for the duty line; prints it once."`
	Line     deskLine     `cmd:"" help:"Add or change a number that callers dial, such as one for mediations."`
	Place    deskPlace    `cmd:"" help:"Add or change a place callers can go to."`
	Slots    deskSlots    `cmd:"" help:"Offer appointments at a place."`
	Mobile   deskMobile   `cmd:"" help:"Set the mobile that somebody is rung at when on call."`
	Shift    deskShift    `cmd:"" help:"Put somebody on call."`
	Queue    deskQueue    `cmd:"" help:"Set how a queue chooses among those who are free."`
	Trace    deskTrace    `cmd:"" help:"Find the contacts of a SIP Call-ID."`
	deskMatters

	Alarms deskAlarms `cmd:"" help:"List what somebody must look at, such as a PIN that was tried too often; or clear it."`
}

// minute is how moments are written on the command line, in the configured zone.
const minute = "2006-01-02 15:04"

func parseMinute(c Config, text string) (time.Time, error) {
	at, err := time.ParseInLocation(minute, text, c.Zone.Location)
	if err != nil {
		return at, fmt.Errorf("%q is no time, such as \"2027-03-01 17:30\"", text)
	}
	return at, nil
}

type deskStage struct {
	Case  string `arg:"" help:"Case number, such as GZ-2026-LA-000123-7."`
	Stage string `arg:"" help:"How it stands." enum:"received,lacking,review,granted,refused,assigned,open,closed,withdrawn"`
	Due   string `help:"By when the caller hears more, such as \"2027-03-01 17:30\"." required:""`
}

// Run writes down how a case stands.
func (d deskStage) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		due, err := parseMinute(c, d.Due)
		if err != nil {
			return err
		}
		return db.SetProgress(ctx, actor(), d.Case, d.Stage, due)
	})
}

type deskCode struct {
	Case string `arg:"" help:"Case number."`
}

// Run makes a query code.
func (d deskCode) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		reference, code, err := db.IssueCode(ctx, actor(), d.Case)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.Stdout, "reference %s\nquery code %s\n", reference, code)
		return nil
	})
}

type deskFacility struct {
	Code     string   `arg:"" help:"Its code, four digits."`
	Name     string   `arg:"" help:"Name."`
	Kind     string   `help:"What it is." enum:"detention,procuratorate,court,police" default:"detention"`
	District string   `help:"District it lies in."`
	Number   []string `help:"A number of its own: calls from it are on the duty line at once."`
	Only     bool     `help:"Its PIN counts only from its own numbers."`
}

// Run adds or changes a facility.
func (d deskFacility) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		f := store.Facility{Code: d.Code, Name: d.Name, Kind: d.Kind, District: d.District, NumbersOnly: d.Only}
		if err := db.SaveFacility(ctx, actor(), f); err != nil {
			return err
		}
		for _, text := range d.Number {
			number := phone.Plan{Area: c.AreaCode}.Parse(text)
			if len(number.Dialled()) == 0 {
				return fmt.Errorf("facility %s: one of its numbers is none", d.Code)
			}
			if err := db.AddFacilityNumber(ctx, actor(), d.Code, number); err != nil {
				return err
			}
		}
		return nil
	})
}

type deskPin struct {
	Code  string `arg:"" help:"Code of the facility."`
	Until string `help:"How long it holds, such as \"2027-03-01 17:30\"; a year when empty."`
}

// Run makes a PIN.
func (d deskPin) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		until := time.Now().AddDate(1, 0, 0)
		if d.Until != "" {
			var err error
			if until, err = parseMinute(c, d.Until); err != nil {
				return err
			}
		}
		pin, err := db.SetPIN(ctx, actor(), d.Code, until)
		if err == nil {
			fmt.Fprintf(w.Stdout, "facility %s\nPIN %s\n", d.Code, pin)
		}
		return err
	})
}

type deskPlace struct {
	Code     string   `arg:"" help:"Its code: a-z, 0-9 and -."`
	Name     string   `arg:"" help:"Name."`
	Phrase   string   `help:"Prompt that says it, such as PLACE-CENTRE." required:""`
	Hours    string   `help:"Prompt that says its hours." default:"HOURS-WORKDAYS"`
	Address  string   `help:"Address."`
	WalkIn   bool     `help:"Takes people without an appointment."`
	District []string `help:"Districts it is near to, the nearest first, as flows name them."`
}

// Run adds or changes a place.
func (d deskPlace) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		return db.SavePlace(ctx, actor(), store.Place{
			Code: d.Code, Name: d.Name, Phrase: d.Phrase, Hours: d.Hours, Address: d.Address, WalkIn: d.WalkIn, Districts: d.District,
		})
	})
}

type deskSlots struct {
	Place   string   `arg:"" help:"Code of the place."`
	Times   []string `arg:"" help:"When they begin, such as \"2027-03-01 09:00\"."`
	Kind    string   `help:"What for." enum:"advice,mediation,home" default:"advice"`
	Minutes int      `help:"How long each is." default:"30"`
	Seats   int      `help:"How many people at one time." default:"1"`
	Phrase  string   `help:"Prompt that says where, when that is not the place itself."`
}

// Run offers appointments.
func (d deskSlots) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		times := make([]time.Time, len(d.Times))
		for i, text := range d.Times {
			var err error
			if times[i], err = parseMinute(c, text); err != nil {
				return err
			}
		}
		s := store.Slots{Point: d.Place, Kind: d.Kind, Minutes: d.Minutes, Seats: d.Seats, Phrase: d.Phrase}
		added, err := db.AddSlots(ctx, actor(), s, times)
		if err == nil {
			fmt.Fprintf(w.Stdout, "%d appointments are new\n", added)
		}
		return err
	})
}
