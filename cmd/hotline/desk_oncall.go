package main

import (
	"context"
	"errors"

	"hotline/store"
	"hotline/store/phone"
)

type deskMobile struct {
	Extension string `arg:"" help:"Extension."`
	Number    string `arg:"" help:"The mobile; it is kept sealed."`
}

var errNoMobile = errors.New("this number cannot be dialled")

// Run sets somebody's mobile.
func (d deskMobile) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		number := phone.Plan{Area: c.AreaCode}.Parse(d.Number)
		if len(number.Dialled()) == 0 {
			return errNoMobile
		}
		return db.SetMobile(ctx, actor(), d.Extension, number)
	})
}

type deskShift struct {
	Extension string `arg:"" help:"Extension."`
	From      string `arg:"" help:"When it begins, such as \"2027-03-01 18:00\"."`
	To        string `arg:"" help:"When it ends."`
	Mobile    bool   `help:"At the mobile, not at a seat."`
	Facility  string `help:"The only facility it is for."`
	Backup    string `help:"Extension of who comes otherwise."`
}

// Run puts somebody on call.
func (d deskShift) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		from, err := parseMinute(c, d.From)
		if err != nil {
			return err
		}
		to, err := parseMinute(c, d.To)
		if err != nil {
			return err
		}
		return db.AddShift(ctx, actor(), store.Shift{
			Extension: d.Extension, From: from, To: to, Mobile: d.Mobile, Facility: d.Facility, Backup: d.Backup,
		})
	})
}
