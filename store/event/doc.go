// Package event defines the facts of calls as they are written to the journal.
//
// The set of facts is closed: every kind is a type of this package, has a fixed
// number and a fixed list of fields. A fact is written once in a compact binary
// form, which Decode reads back, and AppendJSON gives the readable form that is
// stored beside it. The three forms come from one description of the fields (the
// fields method of each type), so they cannot drift apart.
//
// Rules for whoever adds to the set: numbers and the members of closed lists are
// never reused and never reordered; new fields go to the end of a type and are read
// only when the payload's version (codec.version) is new enough to have them.
//
// The compact form was chosen by measurement: for a typical call of two dozen facts
// it takes a quarter of encoding/json's time to write, a ninth to read, and a third of
// its bytes (see BenchmarkEncode and BenchmarkDecode).
package event
