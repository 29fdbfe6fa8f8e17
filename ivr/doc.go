// Package ivr runs call flows: what a caller hears, is asked and may key, from
// the greeting to the goodbye.
//
// A flow is a YAML file of named nodes that people who own the words can read.
// Node kinds are a closed set (kinds.go); each is a type in a file of its own.
// Flows, prompts, calendars and the names of queues are loaded and checked as
// one Edition; a Set swaps editions whole. Run walks a flow on a Phone, which is
// the caller's side of a call, and asks a Desk, which is the office behind it:
//
//	            +--------- Edition --------+
//	            | flows  words  calendars  |
//	            +-------------+------------+
//	                          |
//	Phone <--- Say Input ---- Run ---- lookup book promise ---> Desk
//	           Queue Record    |
//	                         Note(Event): every visit, key, consent, promise
//
// What must never happen is not left to flows. Marks (a minor, a private line,
// danger) are only ever added. A request to a queue carries them; a recording
// has no way around them; a legal text cannot be cut short; wrong or missing
// keys, broken sources and our own faults lead to a person. A call that goes
// round too often ends with a person or a goodbye, so every flow ends.
//
// Time comes from the Phone and from Call.Now, so a flow can be run on a clock
// of its own: see ivrtest for written calls, prove for all calls at once.
package ivr
