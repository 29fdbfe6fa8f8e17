package switchboard

import (
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/acd"
)

// census counts callers in queues, each once, at the event that decides what became of the visit.
type census struct {
	offered *prometheus.CounterVec   // by queue and class
	ended   *prometheus.CounterVec   // by queue, class, outcome and stage
	expired *prometheus.CounterVec   // reservations that ran out, by queue
	lag     *prometheus.HistogramVec // from a reservation to the INVITE

	mu       sync.Mutex
	counted  map[acd.TicketID]bool // visits that are decided and go on
	reserved map[acd.AgentID]time.Time
}

type (
	newCounter   func(name, help string, labels ...string) *prometheus.CounterVec
	newHistogram func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec
)

func newCensus(counter newCounter, seconds newHistogram) census {
	return census{
		offered: counter("queue_offered_total", "Callers who entered a queue, by queue and class.", "queue", "class"),
		ended:   counter("queue_visits_total", "Visits to queues, by queue, class, outcome and the stage at which it was decided.", "queue", "class", "outcome", "stage"),
		expired: counter("reservations_expired_total", "Reservations of counselors that ran out before the phone was answered, by queue.", "queue"),
		lag: seconds("dispatch_lag_seconds", "Time from a counselor's reservation to the call of the phone, by queue.",
			[]float64{.001, .005, .01, .05, .1, .5, 1, 5}, "queue"),
		counted: map[acd.TicketID]bool{}, reserved: map[acd.AgentID]time.Time{},
	}
}

// classOf is the class of a caller as it stands in metrics.
func classOf(c acd.Claims) string {
	switch {
	case c&acd.Danger != 0:
		return "danger"
	case c&acd.Minor != 0:
		return "minor"
	}
	return "ordinary"
}

func (v *census) hear(e acd.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	queue, class := string(e.Queue), classOf(e.Claims)
	switch e.Kind {
	case acd.Joined:
		v.offered.WithLabelValues(queue, class).Inc()
	case acd.Answered:
		v.end(e, acd.Served, acd.InTalk)
	case acd.CallbackTaken:
		if e.Note == "kept" { // was no visit
			v.counted[e.Ticket] = true
			return
		}
		v.end(e, acd.Callback, acd.InQueue)
	case acd.Left:
		v.end(e, e.Outcome, e.Stage)
		delete(v.counted, e.Ticket)
	case acd.Offered:
		v.reserved[e.Agent] = e.At
	case acd.OfferEnded:
		if e.Why == acd.NoAnswer {
			v.expired.WithLabelValues(queue).Inc()
		}
	default:
	}
}

// end counts the first outcome of a visit.
func (v *census) end(e acd.Event, outcome acd.Outcome, stage acd.Stage) {
	if v.counted[e.Ticket] {
		return
	}
	v.counted[e.Ticket] = true
	v.ended.WithLabelValues(string(e.Queue), classOf(e.Claims), outcome.String(), stage.String()).Inc()
}

// rung notes that the phone of a reserved counselor is called now.
func (v *census) rung(o *acd.Offer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if at, ok := v.reserved[o.Agent]; ok {
		v.lag.WithLabelValues(queueOf(o)).Observe(time.Since(at).Seconds())
		delete(v.reserved, o.Agent)
	}
}

func levelDesc() *prometheus.Desc {
	return prometheus.NewDesc("hotline_switchboard_service_level_ratio",
		"Callers of today answered within so many seconds, of those who did not leave at once, by queue.", []string{"queue", "seconds"}, nil)
}

// level shows a queue's service level of today at every threshold, when there was anybody to serve.
func (f floor) level(ch chan<- prometheus.Metric, queue acd.QueueID) {
	day, err := f.router.Today(queue, false)
	if err != nil {
		return // the queue went with the last rules
	}
	for i, within := range acd.Thresholds {
		if level, ok := day.Total.Level(acd.SLOurs, i); ok {
			ch <- prometheus.MustNewConstMetric(levelDesc(), prometheus.GaugeValue, level, string(queue), strconv.Itoa(int(within.Seconds())))
		}
	}
}
