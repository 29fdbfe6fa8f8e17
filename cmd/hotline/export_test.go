package main

import (
	"context"
	"log/slog"
	"time"

	"hotline/callflows"
	"hotline/casework"
	"hotline/ivr"
	"hotline/store"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/phone"
	"hotline/store/secret"
	"hotline/switchboard"
)

// Main is the program, for tests that run it in a process of its own.
func Main() { main() }

// NewDesk is the desk of the program, for tests of one service.
func NewDesk(db *store.DB, kept Journal, keys *secret.Keys) func(switchboard.Visit) ivr.Desk {
	routes := []switchboard.Route{{Prefix: "0", Trunk: "carrier"}, {Prefix: "1", Trunk: "carrier"}}
	return (&desk{
		db: db, journal: kept, keys: keys, numbers: phone.Plan{Area: "20"}, routes: routes, hours: shippedHours,
		log: slog.New(slog.DiscardHandler),
	}).at
}

// shippedHours are those of the calendar on board.
func shippedHours() (casework.Office, error) {
	edition, _, err := loadEdition(callflows.Files, time.Now())
	if err != nil {
		return casework.Office{}, err
	}
	return officeOf(edition)
}

// Hours are those of the calendar on board, for tests.
func Hours() (casework.Office, error) { return shippedHours() }

// Journal is what the desk keeps promises in.
type Journal interface {
	Append(facts ...event.Event) (journal.Seq, error)
}

// HandTexts hands text messages to a gateway until the context ends, asking again after so long.
func HandTexts(ctx context.Context, db *store.DB, texts Texts, every time.Duration) error {
	t := newTexter(db, Config{Texts: texts}, slog.New(slog.DiscardHandler))
	t.every = every
	return t.run(ctx)
}

// LoadConfig reads the configuration from the environment alone.
func LoadConfig(getenv func(string) string) (Config, error) { return loadConfig("", getenv) }
