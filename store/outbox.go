package store

import "io"

// outbox gathers what a connection writes while it is held, to send it at once. The buffer of the protocol's own library
// is thrown away after each pipeline and grown again for the next, which was a third of all memory a call needs.
type outbox struct {
	to   io.Writer
	hold bool
	held []byte
}

// outboxKept is how large a buffer may stay after it was sent.
const outboxKept = 256 << 10

// Write keeps b, or sends it behind what was kept. An error means that an unknown part was sent, as with a connection's
// own.
func (o *outbox) Write(b []byte) (int, error) {
	if !o.hold && len(o.held) == 0 {
		return o.to.Write(b)
	}
	o.held = append(o.held, b...)
	if o.hold {
		return len(b), nil
	}
	_, err := o.to.Write(o.held)
	o.held = o.held[:0]
	if cap(o.held) > outboxKept {
		o.held = nil
	}
	if err != nil {
		return 0, err
	}
	return len(b), nil
}
