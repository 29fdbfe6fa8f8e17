package console

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Server is the console: the page, its API and the live floor.
type Server struct {
	config   Config
	sessions *sessions
	guard    *guard
	tries    *tries
	hub      *hub
	page     *page
	metrics  *metrics
	hashing  chan struct{} // a place for each password that is checked now
}

// checking is how many passwords are checked at once: each takes 19 MiB and a processor that calls need.
const checking = 2

// New makes a Server. The error names every fault of the Config.
func New(c Config) (*Server, error) {
	c.setDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("new console: %w", err)
	}
	files, err := newPage()
	if err != nil {
		return nil, fmt.Errorf("new console: %w", err)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: the runtime ends the process instead
	s := &Server{
		config: c, sessions: newSessions(c.Limits, c.Staff), tries: newTries(c.Limits), page: files,
		metrics: newMetrics(c.Metrics), hashing: make(chan struct{}, checking),
	}
	s.guard = &guard{web: c.Web, key: key, sessions: s.sessions}
	s.hub = newHub(c, s.metrics)
	s.metrics.watch(c.Metrics, s)
	return s, nil
}

// Serve runs the console on l until ctx ends, and returns after its goroutines. Streams end with ctx, other requests
// have five seconds.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	hub := make(chan struct{})
	running, stop := context.WithCancel(ctx)
	go func() {
		defer close(hub)
		_ = s.hub.run(running) // ends with its context only
	}()
	err := serve(ctx, newGate(l, s.config.Limits.Conns, s.guard.proxy), &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second, // streams set their own
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	})
	stop()
	<-hub
	return err
}

// metrics are what the console counts.
type metrics struct {
	signIns *prometheus.CounterVec
	frames  prometheus.Counter
	delay   prometheus.Histogram
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		signIns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "hotline_console_sign_ins_total", Help: "Tries to sign in, by outcome: welcome, denied, held back, database away.",
		}, []string{"outcome"}),
		frames: prometheus.NewCounter(prometheus.CounterOpts{Name: "hotline_console_frames_total", Help: "Changes of the floor that were sent."}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hotline_console_frame_delay_seconds", Help: "Time from an event of the router to the frame that shows it.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .2, .3, .5, 1},
		}),
	}
	for _, outcome := range []string{"welcome", "denied", "held", "away"} {
		m.signIns.WithLabelValues(outcome) // from 0, so that the first one is seen as a change
	}
	reg.MustRegister(m.signIns, m.frames, m.delay)
	return m
}

// watch shows what goes on now.
func (m *metrics) watch(reg prometheus.Registerer, s *Server) {
	reg.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hotline_console_sessions", Help: "Sessions, those that are over and not noticed yet among them."},
			func() float64 { return float64(s.sessions.count()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hotline_console_streams", Help: "Live streams of the floor."},
			func() float64 { return float64(s.hub.looking()) }),
	)
}
