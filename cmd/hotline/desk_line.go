package main

import (
	"context"
	"fmt"
	"time"

	"hotline/store"
)

type deskLine struct {
	Number string `arg:"" help:"Number, as the trunk dials it."`
	Flow   string `arg:"" help:"Flow that answers it, such as mediation."`
	Name   string `help:"Name." required:""`
	Queue  string `help:"Queue to which its callers usually come." default:"general"`
	Minors bool   `help:"Its callers are minors."`
}

// Run adds or changes a line.
func (d deskLine) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		e, _, err := loadEdition(c.shipped(), time.Now())
		if err != nil {
			return err
		}
		flow, ok := e.Flow(d.Flow)
		if !ok || !flow.Line() {
			return fmt.Errorf("%q is no flow that answers a number", d.Flow)
		}
		if flow.Protected() && !d.Minors {
			return fmt.Errorf("the flow %q is for minors: say --minors", d.Flow)
		}
		policy := "announced"
		if flow.Private() {
			policy = "never"
		}
		return db.SaveLine(ctx, actor(), store.NewLine{
			Number: d.Number, Name: d.Name, Flow: d.Flow, Queue: d.Queue, Minors: d.Minors, Policy: policy,
		})
	})
}
