package main

import (
	"context"
	"log/slog"
)

type serveCommand struct{}

// Run serves until it is told to stop.
func (serveCommand) Run(ctx context.Context, w World, cli *commands) error {
	c, err := loadConfig(cli.Config, w.Getenv)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(w.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
	stopping, now, release := untilSignal(ctx)
	defer release()
	p, err := start(stopping, c, log, nil)
	if err != nil {
		return err
	}
	log.Info("ready", "version", version(), "sip", p.floor.ua.Addr().String(), "ops", p.ops.Addr().String(), "http", p.web.Addr().String())
	return p.run(stopping, now)
}
