package event

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// version is the newest payload version this program writes and reads.
const version = 1

// mode says what a codec does with the fields it is shown.
type mode uint8

const (
	encoding mode = iota
	decoding
	showing // as JSON
)

// codec walks over a body's fields in one of the three modes. After the first
// failure it does nothing more and keeps the error.
type codec struct {
	mode    mode
	version uint8  // of the payload; a field added later is read only when it is new enough
	more    bool   // a JSON field was written
	buf     []byte // what was written, or what is still to be read
	err     error
	texts   map[string]string // texts seen before, when decoding
}

// How many texts a Decoder keeps, and how long they may be.
const (
	maxTexts = 4096
	longText = 40
)

func (c *codec) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *codec) malformed(name string) { c.fail(fmt.Errorf("%w: field %s", ErrMalformed, name)) }

func (c *codec) invalid(name, why string) {
	c.fail(fmt.Errorf("%w: field %s: %s", ErrInvalid, name, why))
}

// take reads n bytes; nil when there are fewer.
func (c *codec) take(name string, n int) []byte {
	if c.err != nil || n > len(c.buf) {
		c.malformed(name)
		return nil
	}
	part := c.buf[:n]
	c.buf = c.buf[n:]
	return part
}

// key starts a JSON field.
func (c *codec) key(name string) {
	if c.more {
		c.buf = append(c.buf, ',')
	}
	c.more = true
	c.buf = append(c.buf, '"')
	c.buf = append(c.buf, name...)
	c.buf = append(c.buf, '"', ':')
}

// number is a signed number as a zigzag varint.
func (c *codec) number(name string, v *int64) {
	switch c.mode {
	case encoding:
		c.buf = binary.AppendVarint(c.buf, *v)
	case decoding:
		n, size := binary.Varint(c.buf)
		if c.err != nil || size <= 0 {
			c.malformed(name)
			return
		}
		*v, c.buf = n, c.buf[size:]
	case showing:
		if *v != 0 {
			c.key(name)
			c.buf = strconv.AppendInt(c.buf, *v, 10)
		}
	}
}

// count is any whole number.
func count[T ~int | ~uint8 | ~uint16 | ~uint32 | ~uint64](c *codec, name string, v *T) {
	n := int64(*v)
	c.number(name, &n)
	if c.mode == decoding && c.err == nil {
		*v = T(n)
		if int64(*v) != n {
			c.malformed(name)
		}
	}
}

// span is a duration, kept and shown in whole milliseconds.
func (c *codec) span(name string, v *time.Duration) {
	n := v.Milliseconds()
	c.number(name, &n)
	if c.mode == decoding {
		*v = time.Duration(n) * time.Millisecond
	}
}

// moment is a point in time, kept to the microsecond; zero stays zero.
func (c *codec) moment(name string, v *time.Time) {
	if c.mode == showing {
		if !v.IsZero() {
			c.key(name)
			c.buf = append(c.buf, '"')
			c.buf = v.UTC().AppendFormat(c.buf, time.RFC3339Nano)
			c.buf = append(c.buf, '"')
		}
		return
	}
	var n int64
	if !v.IsZero() {
		n = v.UnixMicro()
	}
	c.number(name, &n)
	if c.mode == decoding {
		*v = time.Time{}
		if n != 0 {
			*v = time.UnixMicro(n)
		}
	}
}

// flag is true or false; false is not shown.
func (c *codec) flag(name string, v *bool) {
	n := uint8(0)
	if *v {
		n = 1
	}
	switch c.mode {
	case encoding:
		c.buf = append(c.buf, n)
	case decoding:
		part := c.take(name, 1)
		*v = part != nil && part[0] == 1
		if part != nil && part[0] > 1 {
			c.malformed(name)
		}
	case showing:
		if *v {
			c.key(name)
			c.buf = append(c.buf, "true"...)
		}
	}
}

// ratio is a small fraction or score, kept to a thousandth.
func (c *codec) ratio(name string, v *float64) {
	if c.mode == showing {
		if *v != 0 {
			c.key(name)
			c.buf = strconv.AppendFloat(c.buf, *v, 'f', -1, 64)
		}
		return
	}
	if c.mode == encoding && (math.IsNaN(*v) || math.Abs(*v) > 1e9) {
		c.invalid(name, "not a finite number")
		return
	}
	n := int64(math.Round(*v * 1000))
	c.number(name, &n)
	if c.mode == decoding {
		*v = float64(n) / 1000
	}
}

// ident is an ID; zero takes one byte and is not shown.
func (c *codec) ident(name string, v *ID) {
	switch c.mode {
	case encoding, decoding:
		raw := v[:]
		if v.IsZero() {
			raw = nil
		}
		c.raw(name, &raw)
		if c.mode == decoding && c.err == nil && len(raw) != 0 && len(raw) != len(v) {
			c.malformed(name)
		}
		copy(v[:], raw)
	case showing:
		if !v.IsZero() {
			c.key(name)
			c.buf = append(c.buf, '"')
			c.buf = v.appendText(c.buf)
			c.buf = append(c.buf, '"')
		}
	}
}

// raw is bytes with their length before them; shown as hexadecimal.
func (c *codec) raw(name string, v *[]byte) {
	switch c.mode {
	case encoding:
		c.buf = binary.AppendUvarint(c.buf, uint64(len(*v)))
		c.buf = append(c.buf, *v...)
	case decoding:
		*v = slices.Clone(c.sized(name))
	case showing:
		if len(*v) > 0 {
			c.key(name)
			c.buf = append(c.buf, '"')
			c.buf = hex.AppendEncode(c.buf, *v)
			c.buf = append(c.buf, '"')
		}
	}
}

// sized reads a length and as many bytes.
func (c *codec) sized(name string) []byte {
	n, size := binary.Uvarint(c.buf)
	if c.err != nil || size <= 0 || n > uint64(len(c.buf)-size) {
		c.malformed(name)
		return nil
	}
	c.buf = c.buf[size:]
	return c.take(name, int(n))
}

// choice is a member of a closed list, kept as its place in the list.
func choice[T ~string](c *codec, name string, v *T, list []T) {
	switch c.mode {
	case encoding:
		at := slices.Index(list, *v)
		if at < 0 {
			c.invalid(name, fmt.Sprintf("%q is not in the closed list", string(*v)))
			return
		}
		c.buf = append(c.buf, uint8(at))
	case decoding:
		part := c.take(name, 1)
		if part == nil {
			return
		}
		if int(part[0]) >= len(list) {
			c.fail(fmt.Errorf("%w: member %d of %s", ErrUnknown, part[0], name))
			return
		}
		*v = list[part[0]]
	case showing:
		text := string(*v)
		c.text(name, &text)
	}
}
