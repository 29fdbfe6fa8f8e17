// Package store keeps the hotline's facts and cases in Postgres.
//
// Facts of calls come by the journal: a Projector reads it and applies each event to
// Postgres in order and exactly once, because the position in the journal is stored
// in the same transaction. What people edit is written directly, each change in one
// transaction with its audit row.
//
//	calls ──► journal ──► Projector ──► contacts, legs, events, recordings ...
//	                                        │ every contact belongs to
//	people ──► DB methods ────────────────► cases, staff, queues, lines
//
// Callers' numbers are stored encrypted and found again by a keyed hash; see the
// packages phone and secret.
//
// # Filing
//
// A contact is filed under exactly one case: the open case of a known caller, else a
// new inquiry. Minors' contacts meet only minors' cases and others only others, so
// that a child's call never lands in a parent's file. A number that many people share,
// and a withheld one, never finds a case.
package store
