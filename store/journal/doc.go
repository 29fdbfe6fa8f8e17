// Package journal is the durable log of the facts of calls.
//
// A fact is written to a local file before anybody relies on it, by one write call,
// and synced to the disk with others a few milliseconds later, off the caller's path.
// A Reader follows the log and sees only what is durable.
//
//	Append ──► write ──► segment file ──► sync (grouped) ──► Reader ──► projector
//	                          │
//	         disk refuses     ▼
//	  held in memory ◄── ballast released, written again, loss counted and stated
//
// # Files
//
// A journal is a folder of segments, named by the first sequence number they may
// hold, a lock file, and a ballast file that gives its space back when the disk is
// full. A segment is a header (magic, the journal's id, first number, how many events
// came before, CRC) and records:
//
//	CRC-32C of all that follows | length | sequence | time | contact | kind | payload
//	4 bytes                     | 4      | 8        | 8    | 16      | 2    | ...
//
// # Sequence numbers
//
// A number is never given twice, not even to an event that a power failure took back
// before it was synced: each opening of the journal starts a new segment and counts in
// a range of its own. The upper 24 bits count the openings, the lower 40 the events.
//
// # After a crash
//
// What the kernel had is there after kill -9; after a power failure all that was
// synced. A record torn at the end of the last segment is cut off. A damaged place in
// the middle is skipped with an alarm, never the valid records behind it.
//
// No number of a caller stands in the journal in clear: see event.Number.
package journal
