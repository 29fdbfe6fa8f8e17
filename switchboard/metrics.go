package switchboard

import (
	"github.com/prometheus/client_golang/prometheus"

	"hotline/acd"
)

// metrics are what the switchboard counts. No label holds a number of a caller, a case or a contact.
type metrics struct {
	opened     *prometheus.CounterVec // contacts by line
	closed     *prometheus.CounterVec // contacts by line, outcome and stage
	refused    *prometheus.CounterVec // INVITEs refused, by reason
	waits      *prometheus.HistogramVec
	talks      *prometheus.HistogramVec
	offers     *prometheus.CounterVec // rings by queue and end
	faults     *prometheus.CounterVec // faults of flows
	census     census
	lost       prometheus.Counter // facts the journal could not keep
	unrecorded prometheus.Counter // recordings missing or not whole
}

func newMetrics(reg prometheus.Registerer, s *Service) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "hotline", Subsystem: "switchboard", Name: name, Help: help}, labels)
		reg.MustRegister(c)
		return c
	}
	seconds := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "hotline", Subsystem: "switchboard", Name: name, Help: help, Buckets: buckets,
		}, labels)
		reg.MustRegister(h)
		return h
	}
	m := &metrics{
		census:  newCensus(counter, seconds),
		opened:  counter("contacts_opened_total", "Contacts that began, by line.", "line"),
		closed:  counter("contacts_closed_total", "Contacts that ended, by line, outcome and stage.", "line", "outcome", "stage"),
		refused: counter("calls_refused_total", "Calls refused before they were answered, by reason.", "reason"),
		waits: seconds("wait_seconds", "Time in line until somebody answered, by queue.",
			[]float64{5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 1800}, "queue"),
		talks: seconds("talk_seconds", "Length of talks, by queue.",
			[]float64{15, 30, 60, 120, 300, 600, 900, 1800, 3600}, "queue"),
		offers:     counter("offers_total", "Rings of counselors' phones, by queue and end.", "queue", "end"),
		faults:     counter("flow_faults_total", "Faults of ours that callers met in a flow.", "flow"),
		lost:       prometheus.NewCounter(prometheus.CounterOpts{Name: "hotline_switchboard_facts_lost_total", Help: "Facts that the journal could not keep."}),
		unrecorded: prometheus.NewCounter(prometheus.CounterOpts{Name: "hotline_switchboard_recordings_failed_total", Help: "Recordings that are missing or not whole."}),
	}
	for _, reason := range []string{"full", "no_media", "no_codec", "unknown_number"} {
		m.refused.WithLabelValues(reason) // from 0, so that the first one is seen as a change
	}
	for _, queue := range s.Router.Queues() {
		m.census.expired.WithLabelValues(string(queue))
	}
	if s.Flows != nil {
		for _, flow := range s.Flows.Edition().Flows() {
			m.faults.WithLabelValues(flow)
		}
	}
	reg.MustRegister(m.lost, m.unrecorded, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "hotline_switchboard_calls", Help: "Calls going on.",
	}, func() float64 { return float64(s.lines.Used()) }), floor{s.Router}, dropoff{&s.tally})
	return m
}

// floor counts what the router tells.
func (m *metrics) floor(e acd.Event) {
	m.census.hear(e)
	switch e.Kind {
	case acd.Answered:
		m.waits.WithLabelValues(string(e.Queue)).Observe(e.Wait.Seconds())
		m.offers.WithLabelValues(string(e.Queue), "answered").Inc()
	case acd.OfferEnded:
		m.offers.WithLabelValues(string(e.Queue), e.Why.String()).Inc()
	case acd.Finished:
		m.talks.WithLabelValues(string(e.Queue)).Observe(e.Wait.Seconds())
	default:
	}
}

// floor shows the router's queues and agents as they are at a scrape.
type floor struct{ router *acd.Router }

func waitingDesc() *prometheus.Desc {
	return prometheus.NewDesc("hotline_switchboard_queue_callers", "Callers in line, by queue.", []string{"queue"}, nil)
}

func longestDesc() *prometheus.Desc {
	return prometheus.NewDesc("hotline_switchboard_queue_longest_wait_seconds", "Longest wait that goes on, by queue.", []string{"queue"}, nil)
}

func agentsDesc() *prometheus.Desc {
	return prometheus.NewDesc("hotline_switchboard_agents", "Counselors signed in, by state.", []string{"state"}, nil)
}

func staffDesc() *prometheus.Desc {
	return prometheus.NewDesc("hotline_switchboard_queue_staff", "Counselors at work for a queue, at any step of its ladder.", []string{"queue"}, nil)
}

func alarmsDesc() *prometheus.Desc {
	return prometheus.NewDesc("hotline_switchboard_alarms", "What somebody has to look at, by kind.", []string{"kind"}, nil)
}

// Describe implements prometheus.Collector.
func (f floor) Describe(ch chan<- *prometheus.Desc) {
	ch <- waitingDesc()
	ch <- longestDesc()
	ch <- agentsDesc()
	ch <- staffDesc()
	ch <- alarmsDesc()
	ch <- levelDesc()
}

// Collect implements prometheus.Collector.
func (f floor) Collect(ch chan<- prometheus.Metric) {
	now := f.router.Snapshot()
	gauge := func(d *prometheus.Desc, v float64, label string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, label)
	}
	for _, q := range now.Queues {
		gauge(waitingDesc(), float64(q.Waiting), string(q.Name))
		gauge(longestDesc(), q.LongestWait.Seconds(), string(q.Name))
		gauge(staffDesc(), float64(q.Staff), string(q.Name))
		f.level(ch, q.Name)
	}
	states := map[acd.State]int{acd.Ready: 0, acd.Reserved: 0, acd.Busy: 0, acd.WrapUp: 0, acd.Break: 0}
	for _, a := range now.Agents {
		states[a.State]++
	}
	for state, n := range states {
		gauge(agentsDesc(), float64(n), state.String())
	}
	alarms := map[acd.AlarmKind]int{}
	for kind := acd.AlarmUnstaffed; kind <= acd.AlarmUnfit; kind++ {
		alarms[kind] = 0
	}
	for _, a := range now.Alarms {
		alarms[a.Kind]++
	}
	for kind, n := range alarms {
		gauge(alarmsDesc(), float64(n), kind.String())
	}
}
