package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/store"
)

// alarmed are the alarms of the office as a metric.
func alarmed() *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "hotline_office_alarms", Help: "Alarms that stand, by kind: somebody must look (hotline desk alarms).",
	}, []string{"kind"})
}

// tell logs every alarm that is new, and shows how many stand.
func (o *office) tell(before []store.Alarm) {
	now := o.now.Load().alarms
	o.standing.Reset()
	for _, a := range now {
		o.standing.WithLabelValues(a.Kind).Inc()
		if !slices.Contains(before, a) {
			o.log.Warn("alarm", "name", a.Kind, "object", a.Object)
		}
	}
}

type deskAlarms struct {
	Clear []string `arg:"" optional:"" help:"Alarms that somebody has looked at, as listed: kind/object."`
}

// Run lists alarms, or clears some.
func (d deskAlarms) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		list, err := db.Alarms(ctx)
		if err != nil {
			return err
		}
		if len(d.Clear) > 0 {
			return clearAlarms(ctx, db, list, d.Clear)
		}
		table := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "SINCE\tALARM")
		for _, a := range list {
			fmt.Fprintf(table, "%s\t%s/%s\n", a.Raised.In(c.Zone.Location).Format(minute), a.Kind, a.Object)
		}
		return table.Flush()
	})
}

func clearAlarms(ctx context.Context, db *store.DB, list []store.Alarm, names []string) error {
	for _, name := range names {
		i := slices.IndexFunc(list, func(a store.Alarm) bool { return a.Kind+"/"+a.Object == name })
		if i < 0 {
			return fmt.Errorf("no alarm %s stands", name)
		}
		if err := db.ClearAlarm(ctx, actor(), list[i].Kind, list[i].Object); err != nil {
			return err
		}
	}
	return nil
}
