package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"hotline/store"
)

type flowDropoff struct {
	Flow string `arg:"" optional:"" help:"Flow, such as 12348; every flow when none is named."`
}

// Run lists nodes by how many callers hung up there.
func (f flowDropoff) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		drops, err := db.DropOff(ctx, f.Flow)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "FLOW\tVERSION\tNODE\tENTERED\tWENT ON\tHUNG UP\tMEDIAN")
		for _, d := range drops {
			fmt.Fprintf(table, "%s\t%.12s\t%s\t%d\t%d\t%d\t%s\n", d.Flow, d.Hash, d.Node, d.Entered, d.WentOn, d.HungUp, d.Median.Round(100*time.Millisecond))
		}
		return table.Flush()
	})
}
