package cluster

import (
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
)

// Options set how the server is run. The zero value is right for one small machine.
type Options struct {
	Bin        string                // folder with initdb and postgres; default the newest installed
	Log        *slog.Logger          // default: discard
	Registerer prometheus.Registerer // default: metrics are counted and not shown
	// Unsafe trades durability for speed: a crash of the machine may destroy the
	// data. For tests only.
	Unsafe bool
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	return o
}

// settings are given on the command line, so that a new program version changes
// them without touching the data.
func settings(opt Options) []string {
	list := []string{
		"listen_addresses=",
		"unix_socket_permissions=0700",
		"max_connections=40",
		"shared_buffers=64MB",
		"maintenance_work_mem=64MB",
		"max_wal_size=512MB",
		"wal_compression=on",
		"huge_pages=off",
		"jit=off",
		// A report must not take every core from the calls.
		"max_parallel_workers_per_gather=0",
		"idle_in_transaction_session_timeout=60s",
		"timezone=UTC",
		"log_timezone=UTC",
		"logging_collector=off",
		"log_line_prefix=",
		// Values of rows and statements have no place in a log.
		"log_error_verbosity=terse",
		"log_min_error_statement=panic",
	}
	if opt.Unsafe {
		list = append(list, "fsync=off", "full_page_writes=off", "max_connections=200") // many programs under test share it
	}
	return list
}

type metrics struct {
	up       prometheus.Gauge
	restarts prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		up: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "hotline_store_postgres_up", Help: "1 while the private Postgres runs.",
		}),
		restarts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "hotline_store_postgres_restarts_total", Help: "Times the private Postgres ended by itself and was started again.",
		}),
	}
	for _, c := range []prometheus.Collector{m.up, m.restarts} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register cluster metrics: %w", err)
		}
	}
	return m, nil
}
