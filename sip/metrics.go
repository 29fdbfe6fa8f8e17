package sip

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what a user agent counts. Labels come from closed lists, so that no
// message can make a new one.
type metrics struct {
	requests      *prometheus.CounterVec
	responses     *prometheus.CounterVec
	dropped       *prometheus.CounterVec
	auth          *prometheus.CounterVec
	retransmitted *prometheus.CounterVec
	panics        prometheus.Counter
	all           []prometheus.Collector
}

// known are the methods with a label of their own.
var known = []string{"INVITE", "ACK", "BYE", "CANCEL", "REGISTER", "OPTIONS", "INFO", "UPDATE", "PRACK", "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PUBLISH"} // table

func newMetrics() *metrics {
	m := &metrics{}
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "hotline_sip_" + name, Help: help}, labels)
		m.all = append(m.all, v)
		return v
	}
	m.requests = vec("requests_total", "SIP requests, by method and direction (in, out).", "method", "direction")
	m.responses = vec("responses_total", "SIP responses, by class (1xx to 6xx) and direction (in, out).", "class", "direction")
	m.dropped = vec("dropped_total", "What was thrown away unanswered, by reason.", "reason")
	m.auth = vec("auth_total", "Judged credentials, by verdict (good, stale, wrong, barred).", "verdict")
	m.retransmitted = vec("retransmissions_total", "Repeated messages, by direction (in, out).", "direction")
	m.panics = prometheus.NewCounter(prometheus.CounterOpts{Name: "hotline_sip_panics_total", Help: "Panics caught; each ended one call or one message."})
	m.all = append(m.all, m.panics)
	return m
}

// gauges adds what is read from the user agent when asked.
func (m *metrics) gauges(ua *UA) {
	gauge := func(name, help string, f func() float64) {
		m.all = append(m.all, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hotline_sip_" + name, Help: help}, f))
	}
	gauge("registrations", "Registered contacts.", func() float64 { return float64(ua.registrar.size(false)) })
	gauge("registrations_unreachable", "Registered contacts that do not answer.", func() float64 { return float64(ua.registrar.size(true)) })
	gauge("dialogs", "Dialogs that have not ended.", func() float64 { return float64(ua.dialogs.len()) })
	gauge("subscriptions", "Phones that watch an extension or its messages.", func() float64 { return float64(ua.watchers.len()) })
	gauge("sources", "Unknown addresses remembered by the flood limit.", func() float64 { return float64(ua.gate.size()) })
	gauge("connections", "Open TCP and TLS connections.", func() float64 { return float64(ua.net.Connections()) })
	gauge("transactions_pending", "Transactions that wait for an answer.", func() float64 { n, _ := ua.tx.Len(); return float64(n) })
	gauge("transactions_parked", "Finished transactions that wait for repetitions.", func() float64 { _, n := ua.tx.Len(); return float64(n) })
	for _, l := range ua.lines {
		m.all = append(m.all, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "hotline_sip_trunk_up", Help: "Whether the trunk can be used, as far as known.",
			ConstLabels: prometheus.Labels{"trunk": l.Name},
		}, func() float64 {
			if l.up() {
				return 1
			}
			return 0
		}))
	}
}

// register puts all of them into a registry.
func (m *metrics) register(r prometheus.Registerer) error {
	if r == nil {
		return nil
	}
	for _, c := range m.all {
		if err := r.Register(c); err != nil {
			return fmt.Errorf("register metrics: %w", err)
		}
	}
	return nil
}

func (m *metrics) request(method, direction string) {
	if !slices.Contains(known, method) {
		method = "other"
	}
	m.requests.WithLabelValues(method, direction).Inc()
}

func (m *metrics) response(status int, direction string) {
	m.responses.WithLabelValues(strconv.Itoa(status/100)+"xx", direction).Inc()
}

func (m *metrics) drop(reason string) { m.dropped.WithLabelValues(reason).Inc() }
