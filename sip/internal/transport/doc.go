// Package transport carries whole SIP messages over UDP, TCP and TLS (RFC 3261
// section 18, RFC 3581, RFC 5626 section 4.4.1).
//
// One goroutine reads each UDP socket and each connection; it parses, and calls
// the [Receiver] in the order of arrival. A peer is a [Flow]: nothing is kept for
// UDP peers, so that no number of source addresses costs memory, and an answer
// needs no look-up. Writing to a connection goes through a bounded queue, so that
// a peer that does not read can hold up nobody but itself.
//
// Connections are opened only where the caller of Dial says, never because of
// what a message holds.
package transport
