package event

import (
	"errors"
	"fmt"
	"time"
)

// Event is one fact: what happened, when, and to which contact.
type Event struct {
	Contact ID        // zero for facts that belong to no call, such as a counselor's break
	At      time.Time // zero means the moment it is written
	Body    Body
}

// Body is what happened. Only types of this package implement it.
type Body interface {
	// Kind gives the fixed number of the type.
	Kind() Kind
	// fields describes the type's fields to the codec, in writing order.
	fields(c *codec)
}

// MaxPayload is the most bytes one encoded fact may take.
const MaxPayload = 64 << 10

var (
	// ErrUnknown says that a payload's kind or version is newer than this program.
	ErrUnknown = errors.New("event is of a newer kind or version than this program knows")
	// ErrMalformed says that a payload does not hold what its kind promises.
	ErrMalformed = errors.New("event payload is malformed")
	// ErrInvalid says that a value may not be written: outside its closed list, a
	// path that leaves its folder, masked keys given in clear.
	ErrInvalid = errors.New("event holds a value that may not be written")
)

// Append encodes the body behind b; see Encoder for many.
func Append(b []byte, body Body) ([]byte, error) {
	var e Encoder
	return e.Append(b, body)
}

// Encoder encodes many bodies, one after the other, without allocating for each.
// The zero value is ready.
type Encoder struct{ c codec }

// Append encodes the body behind b. It fails with ErrInvalid, and then returns b
// unchanged, when a value may not be written.
func (e *Encoder) Append(b []byte, body Body) ([]byte, error) {
	e.c = codec{mode: encoding, buf: append(b, version), version: version}
	body.fields(&e.c)
	buf, err := e.c.buf, e.c.err
	e.c = codec{}
	if err == nil && len(buf)-len(b) > MaxPayload {
		err = fmt.Errorf("%w: %d bytes", ErrInvalid, len(buf)-len(b))
	}
	if err != nil {
		return b, fmt.Errorf("encode %s: %w", body.Kind(), err)
	}
	return buf, nil
}

// AppendJSON is the package's AppendJSON, without allocating.
func (e *Encoder) AppendJSON(b []byte, body Body) []byte {
	e.c = codec{mode: showing, buf: append(b, '{'), version: version}
	body.fields(&e.c)
	b = append(e.c.buf, '}')
	e.c = codec{}
	return b
}

// Decode reads a payload of the given kind; see Decoder for many.
func Decode(kind Kind, payload []byte) (Body, error) {
	var d Decoder
	return d.Decode(kind, payload)
}

// Decoder decodes many payloads, one after the other. It keeps one copy of the short
// texts that come again and again: names of nodes, prompts, queues. The zero value is
// ready.
type Decoder struct {
	c     codec
	texts map[string]string
}

// Decode reads a payload of the given kind. It fails with ErrUnknown for what is
// newer than this program and with ErrMalformed for what is damaged. The body holds
// no reference to the payload.
func (d *Decoder) Decode(kind Kind, payload []byte) (Body, error) {
	body := kind.empty()
	if body == nil {
		return nil, fmt.Errorf("decode kind %d: %w", kind, ErrUnknown)
	}
	if len(payload) == 0 {
		return nil, fmt.Errorf("decode %s: %w", kind, ErrMalformed)
	}
	if payload[0] > version {
		return nil, fmt.Errorf("decode %s, version %d: %w", kind, payload[0], ErrUnknown)
	}
	if d.texts == nil || len(d.texts) > maxTexts {
		d.texts = map[string]string{}
	}
	d.c = codec{mode: decoding, buf: payload[1:], version: payload[0], texts: d.texts}
	body.fields(&d.c)
	rest, err := d.c.buf, d.c.err
	d.c = codec{}
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: %d bytes too many", ErrMalformed, len(rest))
	}
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", kind, err)
	}
	return body, nil
}

// AppendJSON writes the body as a JSON object behind b. Fields without a value are
// left out; sealed numbers are never shown.
func AppendJSON(b []byte, body Body) []byte {
	var e Encoder
	return e.AppendJSON(b, body)
}
