package sip

import (
	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// options answers whether we are there and take calls (RFC 3261 section 11.2). It
// is answered without a transaction: the same question gets the same answer.
func (ua *UA) options(m *wire.Message, f transport.Flow) {
	if ua.door.draining.Load() {
		ua.refuse(m, f, overloaded())
		return
	}
	ua.refuse(m, f, wire.Reply{Status: 200, Fields: ua.capabilities()})
}

// capabilities are the headers that say what we can do.
func (ua *UA) capabilities() []wire.Field {
	out := []wire.Field{ua.allow(), {Name: "Supported", Value: ua.supported()}, {Name: "Accept", Value: sdpType}}
	if ua.serves() {
		out = append(out, allowEvents())
	}
	return out
}
