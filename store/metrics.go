package store

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	up       prometheus.Gauge
	applied  prometheus.Counter
	batches  prometheus.Counter
	rejected prometheus.Counter
	missed   prometheus.Counter
	retries  prometheus.Counter
	waiting  prometheus.Gauge
	lag      prometheus.Gauge
	open     prometheus.Gauge
	apply    prometheus.Histogram
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "hotline_store_" + name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "hotline_store_" + name, Help: help})
	}
	m := &metrics{
		up:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "hotline_db_up", Help: "1 while the database answers."}),
		applied:  counter("events_applied_total", "Events of the journal applied to the database."),
		batches:  counter("batches_total", "Transactions in which events were applied."),
		rejected: counter("events_rejected_total", "Events set aside because they could not be applied. Each needs a person."),
		missed:   counter("events_missed_total", "Events gone from the journal before they were applied. Must stay 0."),
		retries:  counter("retries_total", "Times applying events was tried again because the database was away or refused."),
		waiting:  gauge("events_waiting", "Events of the journal not yet applied."),
		lag:      gauge("lag_seconds", "Age of the oldest event not yet applied."),
		open:     gauge("rejects_open", "Events set aside and not yet resolved."),
		apply: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hotline_store_apply_seconds", Help: "Duration of one transaction that applies events.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .5, 2, 10},
		}),
	}
	for _, c := range []prometheus.Collector{
		m.up, m.applied, m.batches, m.rejected, m.missed, m.retries, m.waiting, m.lag, m.open, m.apply,
	} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register store metrics: %w", err)
		}
	}
	return m, nil
}
