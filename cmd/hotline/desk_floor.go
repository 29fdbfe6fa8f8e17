package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"hotline/store"
)

type deskQueue struct {
	Code     string        `arg:"" help:"The queue, such as labour."`
	Strategy string        `help:"Who is rung of those who are free." enum:"longest-idle,least-talk,fewest-calls,round-robin,top-down" default:"longest-idle"`
	AtOnce   int           `help:"How many phones ring at once." default:"1"`
	Reserve  int           `help:"How many people are kept free for children and callers in danger." default:"0"`
	Sticky   time.Duration `help:"How long the counselor of last time is waited for; 0s for not at all." default:"20s"`
}

// Run changes how a queue chooses. Callers in line keep the rules they joined under.
func (d deskQueue) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		return db.SetQueue(ctx, actor(), d.Code, d.Reserve, store.Choice{Strategy: d.Strategy, AtOnce: d.AtOnce, Sticky: d.Sticky})
	})
}

type deskTrace struct {
	CallID string `arg:"" help:"The SIP Call-ID, as the network's or a phone's log has it."`
}

// Run finds the contacts of a Call-ID, of which only a keyed hash is kept.
func (d deskTrace) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		found, err := db.Trace(ctx, d.CallID)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("no contact has a leg with this Call-ID")
		}
		t := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
		for _, f := range found {
			fmt.Fprintf(t, "%s\tleg %d\t%s\t%s\n", f.No, f.Leg, f.Role, f.Started.In(c.Zone.Location).Format(time.DateTime))
		}
		return t.Flush()
	})
}

type staffTraits struct {
	Extension string `arg:"" help:"Extension."`
	Woman     bool   `help:"For callers who ask for a woman."`
	District  string `help:"District, preferred for callers from there."`
	Order     int    `help:"Place in top-down queues, lowest first."`
}

// Run sets what callers may ask for in a counselor.
func (s staffTraits) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		return db.SetTraits(ctx, actor(), s.Extension, store.Traits{Woman: s.Woman, District: s.District, Order: s.Order})
	})
}
