package sound

import (
	"encoding/binary"
	"fmt"
	"math"
)

// header is the size of an A-law WAV header: RIFF, an 18 byte format, the fact
// chunk that compressed formats need, and data.
const header = 12 + 8 + 18 + 8 + 4 + 8

// Encode writes the sound as A-law WAV (format 6). Its rate must be the
// telephone's; samples beyond full scale are held at it.
func (s Sound) Encode() ([]byte, error) {
	if s.Rate != Rate {
		return nil, fmt.Errorf("encode a-law: %d samples a second, want %d", s.Rate, Rate)
	}
	n := len(s.Samples)
	padded := n + n%2
	b := make([]byte, 0, header+padded)
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, uint32(header-8+padded))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 18)
	b = le.AppendUint16(b, tagALaw)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint32(b, Rate)
	b = le.AppendUint32(b, Rate)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, 8)
	b = le.AppendUint16(b, 0)
	b = append(b, "fact"...)
	b = le.AppendUint32(b, 4)
	b = le.AppendUint32(b, uint32(n))
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(n))
	for _, x := range s.Samples {
		b = append(b, encodeALaw(int(math.Round(finite(x)*32767))))
	}
	if n%2 == 1 {
		b = append(b, 0xD5)
	}
	return b, nil
}
