package sound

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrNotWAV says that the bytes are no RIFF WAVE file; another program may be
// able to read them.
var ErrNotWAV = errors.New("not a WAV file")

// Limits of what is read: more is a mistake or an attack.
const (
	maxBytes    = 64 << 20
	maxChannels = 8
	minRate     = 4000
	maxRate     = 192000
)

// WAVE format tags.
const (
	tagPCM        = 1
	tagFloat      = 3
	tagALaw       = 6
	tagMuLaw      = 7
	tagExtensible = 0xFFFE
)

// format is what a "fmt " chunk says.
type format struct {
	tag      int
	channels int
	rate     int
	bits     int
}

// Decode reads a WAV file: PCM of 8 to 32 bits, float, A-law or µ-law, any usual
// rate; channels are mixed to one. A data chunk cut short, or without a length
// because the file was written to a pipe, is read to its end.
func Decode(r io.Reader) (Sound, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return Sound{}, fmt.Errorf("read wav: %w", err)
	}
	if len(raw) > maxBytes {
		return Sound{}, fmt.Errorf("read wav: larger than %d MB", maxBytes>>20)
	}
	if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WAVE" {
		return Sound{}, ErrNotWAV
	}
	f, data, err := chunks(raw[12:])
	if err != nil {
		return Sound{}, fmt.Errorf("read wav: %w", err)
	}
	return f.sound(data)
}

// chunks finds the format and the data.
func chunks(raw []byte) (f format, data []byte, err error) {
	for len(raw) >= 8 {
		name, size := string(raw[:4]), int64(binary.LittleEndian.Uint32(raw[4:8]))
		body := raw[8:]
		size = min(size, int64(len(body)))
		switch name {
		case "fmt ":
			if f, err = parseFormat(body[:size]); err != nil {
				return f, nil, err
			}
		case "data":
			if f.tag == 0 {
				return f, nil, errors.New("data before format")
			}
			return f, body[:size], nil
		}
		raw = body[min(size+size%2, int64(len(body))):]
	}
	return f, nil, errors.New("no data chunk")
}

func parseFormat(b []byte) (format, error) {
	if len(b) < 16 {
		return format{}, errors.New("format chunk is too short")
	}
	f := format{
		tag:      int(binary.LittleEndian.Uint16(b)),
		channels: int(binary.LittleEndian.Uint16(b[2:])),
		rate:     int(binary.LittleEndian.Uint32(b[4:])),
		bits:     int(binary.LittleEndian.Uint16(b[14:])),
	}
	if f.tag == tagExtensible && len(b) >= 26 {
		f.tag = int(binary.LittleEndian.Uint16(b[24:]))
	}
	switch {
	case f.channels < 1 || f.channels > maxChannels:
		return f, fmt.Errorf("%d channels", f.channels)
	case f.rate < minRate || f.rate > maxRate:
		return f, fmt.Errorf("%d samples a second", f.rate)
	case f.reader() == nil:
		return f, fmt.Errorf("unknown coding: format %d with %d bits", f.tag, f.bits)
	}
	return f, nil
}

// reader turns the bytes of one sample into a number.
func (f format) reader() func([]byte) float64 {
	switch [2]int{f.tag, f.bits} {
	case [2]int{tagPCM, 8}:
		return func(b []byte) float64 { return (float64(b[0]) - 128) / 128 }
	case [2]int{tagPCM, 16}:
		return func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) / (1 << 15) }
	case [2]int{tagPCM, 24}:
		return func(b []byte) float64 {
			return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
		}
	case [2]int{tagPCM, 32}:
		return func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) / (1 << 31) }
	case [2]int{tagFloat, 32}:
		return func(b []byte) float64 { return finite(float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))) }
	case [2]int{tagFloat, 64}:
		return func(b []byte) float64 { return finite(math.Float64frombits(binary.LittleEndian.Uint64(b))) }
	case [2]int{tagALaw, 8}:
		return func(b []byte) float64 { return float64(decodeALaw(b[0])) / (1 << 15) }
	case [2]int{tagMuLaw, 8}:
		return func(b []byte) float64 { return float64(decodeMuLaw(b[0])) / (1 << 15) }
	default:
		return nil
	}
}

// finite keeps a float sample within what a sound can be.
func finite(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return max(-1, min(1, x))
}

func (f format) sound(data []byte) (Sound, error) {
	size := f.bits / 8
	frame := size * f.channels
	read := f.reader()
	s := Sound{Rate: f.rate, Samples: make([]float64, 0, len(data)/frame)}
	for ; len(data) >= frame; data = data[frame:] {
		sum := 0.0
		for c := range f.channels {
			sum += read(data[c*size:])
		}
		s.Samples = append(s.Samples, sum/float64(f.channels))
	}
	if len(s.Samples) == 0 {
		return Sound{}, errors.New("read wav: no samples")
	}
	return s, nil
}
