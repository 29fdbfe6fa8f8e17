package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"hotline/store"
)

type deskCalls struct{}

// What is keyed in each kind of call.
var callCodes = map[string]string{"reminder": "*56", "mediation": "*50", "decision": "*54", "revisit": "*57"} // table

// Run lists the calls that counselors are to make, with the numbers: no call leaves by itself.
func (deskCalls) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		list, err := db.CallsDue(ctx, time.Now())
		if err != nil {
			return err
		}
		if err := db.Audit(ctx, actor(), "calls.list", "calls", map[string]any{"calls": len(list)}); err != nil {
			return err // numbers are shown to nobody unnoticed
		}
		table := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
		for _, d := range list {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\tkey %s\n", d.At.In(c.Zone.Location).Format(minute), d.Kind, d.Case, d.Number, callCodes[d.Kind])
		}
		return table.Flush()
	})
}
