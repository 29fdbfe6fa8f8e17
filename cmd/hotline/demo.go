package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"testing/fstest"
	"time"

	"hotline/acd"
	"hotline/switchboard"
)

// demoCommand shows the main job on real parts: real SIP, RTP and Postgres on this machine.
type demoCommand struct{}

// errTour says that something on the tour was not as it must be.
var errTour = errors.New("the tour went wrong")

// Run starts the service, places three calls through it, tells their story, and serves until Ctrl-C. With DEMO_EXIT=1
// it ends after the tour.
func (demoCommand) Run(ctx context.Context, w World, cli *commands) error {
	c, err := loadConfig(cli.Config, w.Getenv)
	if err != nil {
		return err
	}
	c.Tour = openDayAndNight()
	c.Trunks = []TrunkConfig{{Name: "demo", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	t := &tour{World: w, config: c, began: time.Now()}
	t.say("starting the service on an embedded database in %s", c.Data)
	log, closeLog, err := t.logFile()
	if err != nil {
		return err
	}
	defer closeLog()
	stopping, now, release := untilSignal(ctx)
	defer release()
	p, err := start(stopping, c, log, shorten)
	if err != nil {
		return err
	}
	t.program = p
	err = t.walk(stopping)
	if w.Getenv("DEMO_EXIT") == "1" || err != nil {
		return errors.Join(err, p.stop(ctx))
	}
	t.invite()
	return p.run(stopping, now)
}

// shorten makes rings and wrap-ups short enough for a tour.
func shorten(c *switchboard.Config) {
	for i := range c.Queues.Rules {
		c.Queues.Rules[i].Times.Ring = 8 * time.Second
		c.Queues.Rules[i].Times.Wrap = 2 * time.Second
		c.Queues.Rules[i].Times.LongWrap = 2 * time.Second
	}
	c.Queues.Agents = acd.AgentRules{Misses: 5}
}

// openDayAndNight lets the tour be walked at any hour.
func openDayAndNight() fs.FS {
	const always = "calendar: office\nzone: Asia/Shanghai\npromise: \"12:00\"\nhours:\n" +
		"  workday: [\"00:00-24:00\"]\n  restday: [\"00:00-24:00\"]\n  holiday: [\"00:00-24:00\"]\n"
	return fstest.MapFS{"calendars/office.yaml": {Data: []byte(always)}}
}

// tour is one walk through the main job.
type tour struct {
	World
	config  Config
	program *program
	began   time.Time
	mu      sync.Mutex // one line at a time
}

// say prints a line with the time since the tour began.
func (t *tour) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.Stdout, "%6.1fs  %s\n", time.Since(t.began).Seconds(), fmt.Sprintf(format, args...))
}

func (t *tour) logFile() (*slog.Logger, func(), error) {
	if err := os.MkdirAll(t.config.Data, 0o700); err != nil {
		return nil, nil, fmt.Errorf("data folder %s cannot be made: %w", t.config.Data, plain(err))
	}
	f, err := os.OpenFile(t.config.path("demo.log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("data folder %s cannot be written: %w", t.config.Data, plain(err))
	}
	return slog.New(slog.NewJSONHandler(f, &slog.HandlerOptions{Level: t.config.LogLevel})), func() { _ = f.Close() }, nil
}

// walk places the calls and tells them.
func (t *tour) walk(ctx context.Context) error {
	if t.program.seeded {
		t.say("made a demo centre: lines 12348, 12355 and 12340, extensions 8001 to 8012; passwords are in %s", t.config.path(demoStaffFile))
		if err := t.showStaff(); err != nil {
			return err
		}
	}
	t.say("listening: SIP %s (UDP and TCP), console http://%s/, metrics http://%s/metrics", t.program.floor.ua.Addr(), t.program.web.Addr(), t.program.ops.Addr())
	seats, err := t.openSeats(ctx)
	if err != nil {
		return err
	}
	defer seats.close()
	contacts, err := t.placeCalls(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, c := range contacts {
		faults = append(faults, t.tell(ctx, c))
	}
	if err := errors.Join(faults...); err != nil {
		return errors.Join(errTour, err)
	}
	t.say("all three calls are filed, each side's voice is in its own channel")
	return nil
}

// showStaff prints the passwords once, when they were just made.
func (t *tour) showStaff() error {
	staff, err := readCredentials(t.config.path(demoStaffFile))
	if err != nil {
		return err
	}
	for _, s := range staff {
		fmt.Fprintf(t.Stdout, "         %s  %-9s  SIP password %s  %s  %s\n", s.extension, s.roles, s.password, s.name, s.qualifications)
	}
	return nil
}

// invite says what can be tried now.
func (t *tour) invite() {
	fmt.Fprintf(t.Stdout, `
The service goes on until Ctrl-C. Try it:
  a softphone as a counselor   server %[1]s, user 8001 to 8009, password from %[2]s
  call as anybody              bin/phones call 12348 --from 13900139000 --script "wait 4s, press 2, wait 3s, press 1, stay"
  answer as a counselor        PHONES_PASSWORD=... bin/phones answer 8002 --script "wait 10s"
  wander through a flow        bin/hotline flow rehearse 12348
  watch the floor              http://%[4]s/ as 8010, the supervisor, or anybody: login and console password from the same file
  look at the figures          curl http://%[3]s/metrics
`, t.program.floor.ua.Addr(), t.config.path(demoStaffFile), t.program.ops.Addr(), t.program.web.Addr())
}
