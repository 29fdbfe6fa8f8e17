package main

import (
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
	return (&desk{db: db, journal: kept, keys: keys, numbers: phone.Plan{Area: "20"}, routes: routes}).at
}

// Journal is what the desk keeps promises in.
type Journal interface {
	Append(facts ...event.Event) (journal.Seq, error)
}
