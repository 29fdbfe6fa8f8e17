package main

import (
	"context"
	"fmt"
	"net"

	"hotline/acd"
	"hotline/console"
	"hotline/switchboard"
)

// openConsole makes the web application over the floor, and binds its address.
func (p *program) openConsole(ctx context.Context) error {
	talks := p.floor.service
	p.sirens = &sirens{office: p.floor.office, dangers: talks.InDanger, gatherer: p.metrics}
	p.running.add("alarms", late, p.sirens.run)
	site, err := console.New(console.Config{
		Staff: p.storage.db, Directory: p.floor.office, Floor: hall{talks, talks.Router},
		Hands:    console.Hands{Steering: steering{talks.Router, talks}, Supervision: supervision{talks}, Conference: supervision{talks}, Own: own{talks.Router, talks}, Conduct: own{talks.Router, talks}},
		Messages: p.storage.db, Alarms: p.sirens, Audit: p.storage.db, Web: p.config.Web, Log: p.log, Metrics: p.metrics,
	})
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.config.HTTP.String())
	if err != nil {
		return fmt.Errorf("http.listen: %w", err)
	}
	p.site, p.web = site, l
	return nil
}

// hall is the floor as the console looks at it. It implements console.Floor.
type hall struct {
	*switchboard.Service
	router *acd.Router
}

// Snapshot implements console.Floor.
func (h hall) Snapshot() acd.Snapshot { return h.router.Snapshot() }

// Callers implements console.Floor.
func (h hall) Callers(most int) []acd.CallerView { return h.router.Callers(most) }

// Person implements console.Directory.
func (o *office) Person(id acd.AgentID) string { return o.now.Load().people[id] }

// Queue implements console.Directory.
func (o *office) Queue(id acd.QueueID) console.Queue { return o.now.Load().about[id] }
