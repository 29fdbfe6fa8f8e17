package journal

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	events  prometheus.Counter
	bytes   prometheus.Counter
	lost    prometheus.Counter
	faults  *prometheus.CounterVec
	corrupt prometheus.Counter
	held    prometheus.Gauge
	failing prometheus.Gauge
	ballast prometheus.Gauge
	files   prometheus.Gauge
	sync    prometheus.Histogram
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "hotline_journal_" + name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "hotline_journal_" + name, Help: help})
	}
	m := &metrics{
		events:  counter("events_total", "Events accepted."),
		bytes:   counter("bytes_total", "Bytes of events accepted."),
		lost:    counter("lost_events_total", "Events lost because the disk refused them and the memory for them was full. Must stay 0."),
		corrupt: counter("corrupt_bytes_total", "Damaged bytes stepped over while reading. Must stay 0."),
		held:    gauge("held_bytes", "Bytes of events accepted and not yet synced."),
		failing: gauge("failing", "1 while the disk refuses events."),
		ballast: gauge("ballast_bytes", "Bytes of disk kept free for the journal; 0 when they are in use."),
		files:   gauge("segments", "Segment files on disk."),
		faults: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hotline_journal_faults_total", Help: "Failed disk operations.",
		}, []string{"operation"}),
		sync: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hotline_journal_sync_seconds", Help: "Duration of one sync to the disk.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .5, 2},
		}),
	}
	for _, c := range []prometheus.Collector{
		m.events, m.bytes, m.lost, m.corrupt, m.held, m.failing, m.ballast, m.files, m.faults, m.sync,
	} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register journal metrics: %w", err)
		}
	}
	return m, nil
}
