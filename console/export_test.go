package console

import (
	"context"
	"maps"
	"slices"
)

// Run keeps the floor up to date, as Serve does.
func (s *Server) Run(ctx context.Context) error { return s.hub.run(ctx) }

// Publish draws the floor for who looks.
func (s *Server) Publish() { s.hub.publish() }

// Draw draws the floor for both classes of viewers, for the benchmark.
func (s *Server) Draw() { s.hub.whole(true) }

// Clean is clean.
func Clean(text string) string { return clean(text) }

// Patterns lists the routes of the API.
func (s *Server) Patterns() []string {
	var all []string
	for _, r := range s.routes() {
		all = append(all, r.pattern)
	}
	return all
}

// Problems lists the codes of errors.
func Problems() []string {
	var all []string
	for _, p := range slices.Sorted(maps.Keys(problems)) {
		all = append(all, string(p))
	}
	return all
}
