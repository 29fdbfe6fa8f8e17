package event

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"
)

// ID is a UUID version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then
// random bits, so that IDs sort by the time they were made.
type ID [16]byte

// errID says that a text is not a UUID.
var errID = errors.New("parse id: not a uuid")

// NewID makes an ID for the moment at.
func NewID(at time.Time) ID {
	var id ID
	_, _ = rand.Read(id[:]) // never fails: the runtime ends the process instead
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseID reads the usual text form, 36 characters with dashes.
func ParseID(text string) (ID, error) {
	var id ID
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ID{}, errID
	}
	plain := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	if _, err := hex.Decode(id[:], []byte(plain)); err != nil {
		return ID{}, errID
	}
	return id, nil
}

// String gives the usual text form, 36 characters with dashes.
func (id ID) String() string {
	return string(id.appendText(make([]byte, 0, 36)))
}

func (id ID) appendText(b []byte) []byte {
	for i, part := range [...][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}

// MarshalText writes the text form, for JSON and logs.
func (id ID) MarshalText() ([]byte, error) { return id.appendText(nil), nil }

// UnmarshalText reads the text form.
func (id *ID) UnmarshalText(text []byte) error {
	parsed, err := ParseID(string(text))
	*id = parsed
	return err
}

// IsZero reports whether the ID was never set.
func (id ID) IsZero() bool { return id == ID{} }

// Time gives the moment the ID was made, to the millisecond.
func (id ID) Time() time.Time {
	var ms [8]byte
	copy(ms[2:], id[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:])))
}
