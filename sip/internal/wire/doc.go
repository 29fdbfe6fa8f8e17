// Package wire reads and writes SIP messages (RFC 3261 sections 7, 18 and 25).
//
// Every byte from the network passes [Parse], the one validation step in front
// of all handlers:
//
//	bytes ── scan ──► fields, in order, names long, folds and odd spaces gone
//	              │   limits, control characters, doubled singletons
//	              └─► sipgo's grammar for URIs, name-addrs and Via ──► Message
//	                                                              └──► SyntaxError
//
// Answers are written from the fields as they came (Via, Record-Route, From, To
// are echoed, not rebuilt), and everything we compose goes through one writer
// that lets no control character into a header.
package wire
