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
	site, err := console.New(console.Config{
		Staff: p.storage.db, Directory: p.floor.office, Floor: hall{p.floor.service, p.floor.service.Router}, Steering: steering{p.floor.service.Router},
		Supervision: supervision{p.floor.service},
		Messages:    p.storage.db, Audit: p.storage.db, Web: p.config.Web, Log: p.log, Metrics: p.metrics,
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

// steering is a supervisor's hand on the router. It implements console.Steering.
type steering struct{ router *acd.Router }

// Move implements console.Steering.
func (s steering) Move(ticket acd.TicketID, to acd.QueueID) error {
	t, err := s.router.Ticket(ticket)
	if err != nil {
		return err
	}
	return t.Move(to)
}

// Prioritise implements console.Steering.
func (s steering) Prioritise(ticket acd.TicketID, points int) error {
	t, err := s.router.Ticket(ticket)
	if err != nil {
		return err
	}
	return t.Prioritise(points)
}

// SignOut implements console.Steering.
func (s steering) SignOut(agent acd.AgentID) error { return s.router.SignOut(agent) }

// Person implements console.Directory.
func (o *office) Person(id acd.AgentID) string { return o.now.Load().people[id] }

// Queue implements console.Directory.
func (o *office) Queue(id acd.QueueID) console.Queue { return o.now.Load().about[id] }
