package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Format is a WAVE format tag.
type Format uint16

// The formats of telephone audio.
const (
	PCM   Format = 1
	ALaw  Format = 6
	MuLaw Format = 7

	extensible Format = 0xfffe
)

// String returns the format's usual name.
func (f Format) String() string {
	switch f {
	case PCM:
		return "PCM"
	case ALaw:
		return "A-law"
	case MuLaw:
		return "µ-law"
	default:
		return fmt.Sprintf("format %d", uint16(f))
	}
}

// HeaderSize is the length in bytes of the header that Append writes: RIFF, an 18-byte fmt chunk,
// fact, and the head of data.
const HeaderSize = 58

// MaxData is the largest number of audio bytes a file can announce.
const MaxData = 1<<32 - 1 - HeaderSize

// What is wrong with a file.
var (
	// ErrFormat means the bytes are not a WAV file of telephone audio.
	ErrFormat = errors.New("wav: not a telephone WAV file")
	// ErrTruncated means the file ends before the audio its header announces.
	ErrTruncated = errors.New("wav: file is cut off")
)

// Header describes the audio of a file.
type Header struct {
	Format   Format
	Channels int // 1 and up, interleaved
	Rate     int // sample frames a second
}

// width returns the bytes of one sample of one channel.
func (h Header) width() int {
	if h.Format == PCM {
		return 2
	}
	return 1
}

// Frame returns the bytes of one sample frame: one sample of every channel.
func (h Header) Frame() int { return h.Channels * h.width() }

// Append appends the header of a file with the given number of audio bytes, at most MaxData. The
// non-PCM formats need a fact chunk, and PCM does no harm with one.
func (h Header) Append(dst []byte, data int64) []byte {
	frame := h.Frame()
	le := binary.LittleEndian
	dst = append(dst, "RIFF"...)
	dst = le.AppendUint32(dst, uint32(HeaderSize-8+data+data%2))
	dst = append(dst, "WAVEfmt "...)
	dst = le.AppendUint32(dst, 18)
	dst = le.AppendUint16(dst, uint16(h.Format))
	dst = le.AppendUint16(dst, uint16(h.Channels))
	dst = le.AppendUint32(dst, uint32(h.Rate))
	dst = le.AppendUint32(dst, uint32(h.Rate*frame))
	dst = le.AppendUint16(dst, uint16(frame))
	dst = le.AppendUint16(dst, uint16(8*h.width()))
	dst = le.AppendUint16(dst, 0)
	dst = append(dst, "fact"...)
	dst = le.AppendUint32(dst, 4)
	dst = le.AppendUint32(dst, uint32(data/int64(frame)))
	dst = append(dst, "data"...)
	return le.AppendUint32(dst, uint32(data))
}

// format reads the body of a fmt chunk.
func format(body []byte) (Header, error) {
	if len(body) < 16 {
		return Header{}, fmt.Errorf("%w: short fmt chunk", ErrFormat)
	}
	le := binary.LittleEndian
	h := Header{
		Format:   Format(le.Uint16(body)),
		Channels: int(le.Uint16(body[2:])),
		Rate:     int(le.Uint32(body[4:])),
	}
	if h.Format == extensible && len(body) >= 26 {
		// The sub-format's first two bytes are the tag it stands for.
		h.Format = Format(le.Uint16(body[24:]))
	}
	bits := int(le.Uint16(body[14:]))
	switch {
	case h.Format != PCM && h.Format != ALaw && h.Format != MuLaw:
		return Header{}, fmt.Errorf("%w: %v", ErrFormat, h.Format)
	case h.Channels == 0 || h.Rate == 0:
		return Header{}, fmt.Errorf("%w: %d channels at %d Hz", ErrFormat, h.Channels, h.Rate)
	case bits != 8*h.width():
		return Header{}, fmt.Errorf("%w: %d bits a sample", ErrFormat, bits)
	}
	return h, nil
}
