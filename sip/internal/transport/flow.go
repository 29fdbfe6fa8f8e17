package transport

import (
	"errors"
	"net/netip"
)

// Network is the transport of a flow.
type Network uint8

// The transports we serve.
const (
	UDP Network = iota
	TCP
	TLS
)

// String returns the name as it stands in a Via header.
func (n Network) String() string { return [...]string{"UDP", "TCP", "TLS"}[n] }

// Reliable reports whether the transport itself delivers, so that nothing is
// sent twice (RFC 3261 section 17).
func (n Network) Reliable() bool { return n != UDP }

// Flow is the way to one peer: a UDP socket and an address, or one connection.
// Flows of the same way compare equal, so that a flow can be a map key.
type Flow interface {
	// Send sends one message. It never blocks and keeps b until it is sent.
	// A connection that is gone gives ErrClosed.
	Send(b []byte) error
	// Remote is where messages of this flow come from and go to.
	Remote() netip.AddrPort
	// Local is our end; its address may be unspecified.
	Local() netip.AddrPort
	// Network is the transport.
	Network() Network
	// To is the flow to another port of the same peer; connections return themselves.
	To(port uint16) Flow
}

// ErrClosed is returned for a flow whose connection is gone.
var ErrClosed = errors.New("send: connection closed")
