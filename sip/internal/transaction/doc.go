// Package transaction is RFC 3261 section 17 with the corrections of RFC 6026.
//
// [machine] is the four state machines without clock or socket: an event and the
// time go in, effects come out. [Layer] is the plumbing: it finds the transaction
// of a message, keeps the timers, sends. Timers belong to the layer, so that two
// user agents of one process can run on different ones.
//
//	INVITE server       proceeding ─► accepted (2xx)  ─► over after 64*T1
//	                               └► completed ─► confirmed ─► over after T4
//	other server        trying ─► completed ─► over after 64*T1
//	INVITE client       calling ─► proceeding ─► accepted (2xx) ─► over after 64*T1
//	                                          └► completed ─► over after 64*T1
//	other client        trying ─► proceeding ─► completed ─► over after T4
//
// Nothing is locked while a message is sent or handed up, no goroutine waits for
// a transaction, and a finished transaction that only waits for repetitions is
// parked in a queue without a timer of its own.
package transaction
