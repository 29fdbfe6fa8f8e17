package switchboard

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/acd"
	"hotline/ivr"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/phone"
)

// Journal keeps the facts of calls. Append returns when the facts survive the end of this process.
type Journal interface {
	Append(facts ...event.Event) (journal.Seq, error)
}

// Sealer makes of a number, and of a SIP Call-ID, which may hold one, what may be written down.
type Sealer interface {
	Number(n phone.Number, asserted string) event.Number
	CallID(id string) string
}

// Config is what a Service is made of; all of it must be set but what says otherwise.
type Config struct {
	Node        string        // this machine's name in contacts
	Boot        event.ID      // this run of the program
	Recordings  string        // folder of recordings
	Numbers     phone.Plan    // how callers' numbers are written
	Lines       int           // calls at once; Reserve of them are for protected calls
	Reserve     int           //
	Retry       time.Duration // what a refused caller's network is told to wait; default 30 s
	Queues      Queues        // the rules of the queues
	Routes      []Route       // trunks for calls to the outside; may be empty
	Shown       string        // the line that calls to the outside belong to
	Codes       Codes         // what staff dial, and key in talks; DefaultCodes when nil
	RecordRooms bool          // what is said in a private room of a talk is recorded
	Rescue      []string      // numbers that may be called for help, by digit after their code: 110, 120
	Notice      Notice        // how counselors learn that a supervisor listens; NoticeShown when empty
	Pause       time.Duration // how long a recording may be paused; default 2 min
}

// Queues are the rules of the queues, with the version that is filed.
type Queues struct {
	Version string
	Rules   []acd.Queue
	Agents  acd.AgentRules
	Zone    *time.Location
}

// Parts are the other packages' parts that a Service brings together.
type Parts struct {
	Media   *media.Engine
	Flows   *ivr.Set
	Prompts *Prompts
	Journal Journal
	Sealer  Sealer
	Office  Office
	Desk    func(Visit) ivr.Desk // may be nil: every service is away; Duty is the switchboard's own
	Takes   Takes                // may be nil: no prompts are recorded over the phone
	Papers  Papers               // may be nil: nothing is read to people in a talk
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Service accepts calls and owns them until they end. It implements sip.Handler and sip.Admitter.
type Service struct {
	Config
	Parts
	Router *acd.Router

	ua       *sip.UA
	lines    *acd.Lines
	metrics  *metrics
	tally    ivr.Tally // where callers drop off
	watchers watchers
	desks    desks
	lamps    lamps
	ringings ringings
	talks    talks
	dangers  dangers
	visits   visits
	lobby    lobby
	calls    sync.WaitGroup
}

// New makes a Service; Attach must be called before it serves.
func New(c Config, p Parts) (*Service, error) {
	if c.Retry == 0 {
		c.Retry = 30 * time.Second
	}
	if c.Notice == "" {
		c.Notice = NoticeShown
	}
	if c.Pause == 0 {
		c.Pause = 2 * time.Minute
	}
	if c.Codes == nil {
		c.Codes = DefaultCodes()
	}
	s := &Service{Config: c, Parts: p, lines: acd.NewLines(c.Lines, c.Reserve)}
	router, err := acd.New(acd.Config{
		Version: c.Queues.Version, Queues: c.Queues.Rules, Agents: c.Queues.Agents,
		Zone: c.Queues.Zone, Observer: s.observe,
	})
	if err != nil {
		return nil, err
	}
	s.Router = router
	s.metrics = newMetrics(p.Metrics, s)
	return s, nil
}

// Attach sets the user agent that calls come from and go out by, and follows its registrations: a counselor whose
// phone is registered is at work.
func (s *Service) Attach(ua *sip.UA) {
	s.ua = ua
	s.lamps.mu.Lock()
	s.lamps.show = ua.Publish
	s.lamps.mu.Unlock()
	ua.Registrar().Watch(s.registered)
}

// Admit lets calls to protected lines in while the service drains: a child's call is the last to be refused.
func (s *Service) Admit(called string) bool {
	line, ok := s.Office.Line(called)
	return ok && line.Protected
}

// ServeCall serves one call to its end.
func (s *Service) ServeCall(ctx context.Context, d *sip.Dialog) {
	s.calls.Add(1)
	defer s.calls.Done()
	if d.Origin().Extension != "" {
		s.serveExtension(ctx, d)
		return
	}
	line, ok := s.Office.Line(d.Called())
	if !ok {
		s.metrics.refused.WithLabelValues("unknown_number").Inc()
		_ = d.Reject(&sip.StatusError{Status: 404})
		return
	}
	c := newCall(s, d, line)
	if !s.lines.Take(line.Protected) {
		c.refuse()
		return
	}
	defer s.lines.Give()
	c.run(ctx)
}

// Drain waits until no call is left, or the context ends; then calls still go on. The user agent must refuse new ones
// by then (sip.UA.Drain).
func (s *Service) Drain(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		s.calls.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Live is the number of calls going on.
func (s *Service) Live() int { return s.lines.Used() }
