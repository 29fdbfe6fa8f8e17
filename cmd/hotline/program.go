package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"hotline/callflows"
	"hotline/console"
	"hotline/ivr"
	"hotline/media"
	"hotline/sip"
	"hotline/store"
	"hotline/store/cluster"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/phone"
	"hotline/store/secret"
	"hotline/switchboard"
)

// program is the running service: its parts in the order they start. Each field is set by one of the start functions,
// and stop takes them down in the opposite order.
type program struct {
	config  Config
	log     *slog.Logger
	metrics *prometheus.Registry
	boot    event.ID

	storage storage
	floor   floor
	ops     net.Listener
	web     net.Listener
	site    *console.Server
	sirens  *sirens
	running *group
	seeded  bool // this start made the demo centre
}

// storage keeps facts and cases.
type storage struct {
	cluster   *cluster.Cluster // nil with an external database
	keys      *secret.Keys
	db        *store.DB
	journal   *journal.Journal
	projector *store.Projector
}

// floor is where calls happen.
type floor struct {
	office  *office
	media   *media.Engine
	flows   *ivr.Set
	prompts *switchboard.Prompts
	refused prometheus.Gauge // 1 while a changed folder of flows has faults
	service *switchboard.Service
	ua      *sip.UA
}

// start brings the whole program up; on an error everything that was started is down again.
func start(ctx context.Context, c Config, log *slog.Logger, adapt func(*switchboard.Config)) (*program, error) {
	p := &program{config: c, log: log, metrics: prometheus.NewRegistry(), boot: event.NewID(time.Now()), running: newGroup(log)}
	p.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, stage := range []func(context.Context) error{
		p.openData, p.openDatabase, p.openJournal, p.openOffice, p.openFlows,
		func(ctx context.Context) error { return p.openFloor(ctx, adapt) },
		p.listen, p.openConsole, p.recover,
	} {
		if err := stage(ctx); err != nil {
			return nil, errors.Join(err, p.stop(ctx))
		}
	}
	p.serve()
	return p, nil
}

// openData makes sure that the data folder can be written.
func (p *program) openData(context.Context) error {
	for _, folder := range []string{"", "recordings", "journal", "keys"} {
		if err := os.MkdirAll(p.config.path(folder), 0o700); err != nil {
			return fmt.Errorf("data folder %s cannot be made: %w", p.config.path(folder), plain(err))
		}
	}
	probe, err := os.CreateTemp(p.config.Data, ".probe-")
	if err != nil {
		return fmt.Errorf("data folder %s cannot be written: %w", p.config.Data, plain(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// plain takes the file's name out of an error that names it anyway.
func plain(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func (p *program) openDatabase(ctx context.Context) error {
	s, c := &p.storage, p.config
	inUse := journal.Exists(c.path("journal")) || cluster.Exists(c.path("postgres"))
	keys, err := secret.Load(c.path("keys"), inUse)
	if err != nil {
		return fmt.Errorf("keys in %s: %w", c.path("keys"), err)
	}
	s.keys = keys
	url := c.Database
	if url == "" {
		s.cluster, err = cluster.Start(ctx, c.path("postgres"), cluster.Options{Log: p.log, Registerer: p.metrics})
		if err != nil {
			return fmt.Errorf("embedded database: %w", err)
		}
		url = s.cluster.URL()
	}
	s.db, err = store.Open(ctx, store.Options{
		URL: url, Keys: keys, Area: c.Area, Location: c.Zone.Location, Log: p.log, Registerer: p.metrics,
	})
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

func (p *program) openJournal(context.Context) error {
	j, err := journal.Open(p.config.path("journal"), journal.Options{Log: p.log, Registerer: p.metrics})
	if err != nil {
		return fmt.Errorf("journal in %s: %w", p.config.path("journal"), err)
	}
	p.storage.journal = j
	p.storage.projector = p.storage.db.NewProjector(j, p.config.Node)
	p.running.add("projector", late, p.storage.projector.Run)
	return nil
}

// openOffice makes the demo centre in an empty database, and reads lines and staff.
func (p *program) openOffice(ctx context.Context) error {
	if err := p.seed(ctx); err != nil {
		return err
	}
	demo, err := p.storage.db.HasDemoStaff(ctx)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if demo && p.config.beyondLoopback() && !p.config.Exposed {
		return errDemoExposed
	}
	p.floor.office, err = newOffice(ctx, p.storage.db, p.config, p.log)
	if err == nil {
		p.metrics.MustRegister(p.floor.office.standing)
	}
	return err
}

// errDemoExposed refuses to let strangers reach accounts whose passwords lie in a file.
var errDemoExposed = errors.New("the demo staff may not be reached from other machines: suspend them (hotline staff suspend), " +
	"listen on 127.0.0.1 only, or set exposed: true")

// openFloor makes the parts that serve calls. adapt, when not nil, may change the rules first.
func (p *program) openFloor(_ context.Context, adapt func(*switchboard.Config)) error {
	c, f := p.config, &p.floor
	var err error
	f.media, err = media.New(media.Config{
		Address: c.mediaAddress(), Advertise: c.Media.Advertise, PortMin: c.Media.Ports.Min, PortMax: c.Media.Ports.Max,
	}, p.log, p.metrics)
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	rules := f.office.now.Load()
	config := switchboard.Config{
		Node: c.Node, Boot: p.boot, Recordings: c.path("recordings"), Numbers: phone.Plan{Area: c.AreaCode},
		Lines: c.Calls, Reserve: c.Calls / 10, Routes: c.routes(), Shown: c.Shown, Codes: c.Codes, Rescue: c.Rescue, Notice: c.Notice, RecordRooms: c.Rooms,
		Queues: switchboard.Queues{Version: rules.version, Rules: rules.queues, Zone: c.Zone.Location},
	}
	if adapt != nil {
		adapt(&config)
	}
	f.service, err = switchboard.New(config, switchboard.Parts{
		Media: f.media, Flows: f.flows, Prompts: f.prompts, Journal: p.storage.journal, Sealer: p.storage.keys,
		Office: f.office, Desk: p.desk().at, Papers: p.desk(), Takes: takes{p.storage.db, c.path("takes")}, Log: p.log, Metrics: p.metrics,
	})
	if err != nil {
		return err
	}
	settings, err := c.signalling(f.office)
	if err != nil {
		return err
	}
	if f.ua, err = sip.New(settings, f.service, p.log, p.metrics); err != nil {
		return err
	}
	f.service.Attach(f.ua)
	return nil
}

// shipped is what callers hear: the folder configured in front of what the program brings along.
func (c Config) shipped() fs.FS {
	var files fs.FS = callflows.Files
	if c.Flows != "" {
		files = ivr.Overlay(os.DirFS(c.Flows), files)
	}
	if c.Tour != nil {
		files = ivr.Overlay(c.Tour, files)
	}
	return files
}

func (p *program) openFlows(context.Context) error {
	edition, lacking, err := loadEdition(p.config.shipped(), time.Now())
	if err != nil {
		return err
	}
	if err := checkSounds(p.config); err != nil {
		return err
	}
	p.floor.flows, p.floor.refused = ivr.NewSet(edition), newRefused()
	p.metrics.MustRegister(p.floor.refused)
	if lacking != nil {
		p.floor.refused.Set(1)
		p.log.Error("calendars do not know the time ahead; in it lines count as open", "error", lacking)
	}
	p.floor.prompts = switchboard.NewPrompts(p.config.sounds()...)
	p.floor.prompts.Broken = func(err error) {
		p.log.Error("recording of a prompt cannot be played, another one is", "error", err)
	}
	return nil
}

// sounds are the folders of recordings, the centre's own first.
func (c Config) sounds() []fs.FS {
	var all []fs.FS
	if c.Prompts != "" {
		all = append(all, os.DirFS(c.Prompts))
	}
	audio, err := fs.Sub(c.shipped(), "audio")
	if err != nil {
		return all
	}
	return append(all, audio)
}

// listen binds every address before anything is served, so that a busy port is known at once.
func (p *program) listen(ctx context.Context) error {
	if err := p.floor.ua.Listen(ctx); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.config.Ops.String())
	if err != nil {
		return fmt.Errorf("ops.listen: %w", err)
	}
	p.ops = l
	return nil
}

// recover closes what an earlier run left open, and seals its recordings.
func (p *program) recover(ctx context.Context) error {
	found, err := p.storage.projector.Recover(ctx, event.NodeStarted{Node: p.config.Node, Boot: p.boot, Version: version()})
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	if len(found.Contacts) > 0 {
		p.log.Warn("an earlier run was interrupted", "contacts", len(found.Contacts), "recordings", len(found.Recordings))
	}
	for _, r := range found.Recordings {
		switchboard.Seal(p.storage.journal, p.config.path("recordings"), r.Contact, r.Recording, r.Path, p.log)
	}
	return nil
}

// serve lets calls in.
func (p *program) serve() {
	p.running.add("heap", late, tendHeap)
	p.running.add("media", late, p.floor.media.Run)
	p.running.add("sip", early, p.floor.ua.Run)
	p.running.add("office", early, func(ctx context.Context) error { return p.floor.office.follow(ctx, p.floor.service.Router) })
	p.running.add("lamps", early, p.showMessages)
	p.running.add("registrations", early, func(ctx context.Context) error {
		return keepRegistrations(ctx, filepath.Join(p.config.Data, "registrations.json"), p.floor.ua.Registrar(), p.log)
	})
	p.running.add("callbacks", early, func(ctx context.Context) error {
		return p.floor.service.CallBack(ctx, refresh, p.desk().backlog)
	})
	if p.config.Texts.Gateway != "" {
		p.running.add("texts", early, newTexter(p.storage.db, p.config, p.log).run)
	}
	p.running.add("ops", late, func(ctx context.Context) error {
		return console.Serve(ctx, p.ops, p.opsHandler())
	})
	p.running.add("console", late, func(ctx context.Context) error { return p.site.Serve(ctx, p.web) })
	if p.config.Flows != "" {
		p.running.add("flows", early, func(ctx context.Context) error {
			return p.floor.flows.Serve(ctx, p.config.shipped(), 2*time.Second, p.reloaded)
		})
	}
}

func (p *program) healthy() error { return p.running.failed() }

func (p *program) ready() error {
	if p.running.stopping() {
		return errDraining
	}
	return p.healthy()
}

var errDraining = errors.New("draining: new calls are refused")
