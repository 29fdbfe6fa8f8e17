package switchboard

import (
	"github.com/prometheus/client_golang/prometheus"

	"hotline/ivr"
)

// dropoff shows what became of callers in each node of each version of a flow since the program began.
type dropoff struct{ tally *ivr.Tally }

// versionDigits are as many digits of a flow's hash as tell its versions apart.
const versionDigits = 12

func visitsDesc() *prometheus.Desc {
	return prometheus.NewDesc("hotline_switchboard_node_visits_total", "Callers who entered a node of a flow, went on from it, or hung up there.",
		[]string{"flow", "version", "node", "what"}, nil)
}

func medianDesc() *prometheus.Desc {
	return prometheus.NewDesc("hotline_switchboard_node_median_seconds", "Median of the latest times callers spent in a node of a flow.",
		[]string{"flow", "version", "node"}, nil)
}

// Describe implements prometheus.Collector.
func (d dropoff) Describe(ch chan<- *prometheus.Desc) {
	ch <- visitsDesc()
	ch <- medianDesc()
}

// Collect implements prometheus.Collector.
func (d dropoff) Collect(ch chan<- prometheus.Metric) {
	for _, row := range d.tally.Rows() {
		if row.Node == "" { // the flow as a whole
			continue
		}
		version := row.Hash[:min(len(row.Hash), versionDigits)]
		for what, n := range map[string]int{"entered": row.Entered, "went_on": row.Left, "hung_up": row.HungUp} {
			ch <- prometheus.MustNewConstMetric(visitsDesc(), prometheus.CounterValue, float64(n), row.Flow, version, row.Node, what)
		}
		ch <- prometheus.MustNewConstMetric(medianDesc(), prometheus.GaugeValue, row.Median.Seconds(), row.Flow, version, row.Node)
	}
}
