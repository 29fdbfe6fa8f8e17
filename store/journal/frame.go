package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"time"

	"hotline/store/event"
)

// Seq is the number of an event in its journal: later events have higher numbers.
// Zero is before every event.
type Seq uint64

// openingBits is how many lower bits of a Seq count events; the rest counts openings.
const openingBits = 40

// Record is an event as read back.
type Record struct {
	Seq     Seq
	At      time.Time
	Contact event.ID
	Kind    event.Kind
	Payload []byte // valid until the next Read
}

// Body decodes the payload; see event.Decode for its errors.
func (r Record) Body() (event.Body, error) { return event.Decode(r.Kind, r.Payload) }

const (
	frameHead = 8                              // CRC and length
	fixedPart = 34                             // sequence, time, contact, kind
	maxFrame  = frameHead + fixedPart + 64<<10 // event.MaxPayload
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli) // table

var (
	errShort = errors.New("record is cut")
	errBad   = errors.New("record is damaged")
)

// appendFrame encodes one record behind b; on failure b comes back unchanged.
func appendFrame(b []byte, seq Seq, e event.Event, enc *event.Encoder) ([]byte, error) {
	start := len(b)
	out := append(b, make([]byte, frameHead)...)
	out = binary.LittleEndian.AppendUint64(out, uint64(seq))
	out = binary.LittleEndian.AppendUint64(out, uint64(e.At.UnixMicro()))
	out = append(out, e.Contact[:]...)
	out = binary.LittleEndian.AppendUint16(out, uint16(e.Body.Kind()))
	out, err := enc.Append(out, e.Body)
	if err != nil {
		return out[:start], err
	}
	frame := out[start:]
	binary.LittleEndian.PutUint32(frame[4:], uint32(len(frame)-frameHead))
	binary.LittleEndian.PutUint32(frame, crc32.Checksum(frame[4:], castagnoli))
	return out, nil
}

// whole returns how many of the first bytes of b, which begins with a record, are whole records, and the number of the
// last; zero when there is none. The records are our own, not yet read back.
func whole(b []byte) (size int, last Seq) {
	for size+frameHead <= len(b) {
		n := frameHead + int(binary.LittleEndian.Uint32(b[size+4:]))
		if size+n > len(b) {
			break
		}
		last = Seq(binary.LittleEndian.Uint64(b[size+frameHead:]))
		size += n
	}
	return size, last
}

// parseFrame reads the record at the start of b and says how long it is. The payload
// points into b.
func parseFrame(b []byte) (Record, int, error) {
	if len(b) < frameHead {
		return Record{}, 0, errShort
	}
	length := binary.LittleEndian.Uint32(b[4:])
	if length < fixedPart || length > maxFrame-frameHead {
		return Record{}, 0, errBad
	}
	size := frameHead + int(length)
	if len(b) < size {
		return Record{}, 0, errShort
	}
	if crc32.Checksum(b[4:size], castagnoli) != binary.LittleEndian.Uint32(b) {
		return Record{}, 0, errBad
	}
	body := b[frameHead:size]
	return Record{
		Seq:     Seq(binary.LittleEndian.Uint64(body)),
		At:      time.UnixMicro(int64(binary.LittleEndian.Uint64(body[8:]))),
		Contact: event.ID(body[16:32]),
		Kind:    event.Kind(binary.LittleEndian.Uint16(body[32:])),
		Payload: body[fixedPart:],
	}, size, nil
}
