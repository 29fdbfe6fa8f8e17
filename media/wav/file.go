package wav

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"time"

	"github.com/zaf/g711"
)

// File is a WAV file in memory.
type File struct {
	Header
	Data []byte
}

// Decode reads a file. Data aliases b. Chunks other than fmt and data are skipped. A data chunk
// longer than the file is ErrTruncated, with what there is of it in the File, except for the
// lengths that streaming writers leave open (all ones).
func Decode(b []byte) (File, error) {
	h, at, size, err := scan(b)
	if err != nil {
		return File{}, err
	}
	rest := b[at:]
	f := File{Header: h}
	if size <= uint32(len(rest)) {
		f.Data = rest[:size]
	} else {
		f.Data = rest
		if size != 0xffffffff {
			err = fmt.Errorf("%w: %d of %d bytes", ErrTruncated, len(rest), size)
		}
	}
	f.Data = f.Data[:len(f.Data)/h.Frame()*h.Frame()]
	return f, err
}

// scan finds the fmt chunk and the start and announced size of the data chunk.
func scan(b []byte) (h Header, at int, size uint32, err error) {
	if len(b) < 12 || !bytes.Equal(b[:4], []byte("RIFF")) || !bytes.Equal(b[8:12], []byte("WAVE")) {
		return h, 0, 0, fmt.Errorf("%w: no RIFF header", ErrFormat)
	}
	for at = 12; at+8 <= len(b); {
		id := string(b[at : at+4])
		size = binary.LittleEndian.Uint32(b[at+4:])
		at += 8
		if id == "data" {
			if h.Channels == 0 {
				return h, 0, 0, fmt.Errorf("%w: data before fmt", ErrFormat)
			}
			return h, at, size, nil
		}
		next := int64(at) + int64(size) + int64(size%2)
		if next > int64(len(b)) {
			break
		}
		if id == "fmt " {
			if h, err = format(b[at : at+int(size)]); err != nil {
				return h, 0, 0, err
			}
		}
		at = int(next)
	}
	return h, 0, 0, fmt.Errorf("%w: no data chunk", ErrTruncated)
}

// Read reads the file at path.
func Read(path string) (File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return File{}, fmt.Errorf("read wav: %w", err)
	}
	return Decode(b)
}

// Encode returns the bytes of the file.
func (f File) Encode() []byte {
	b := make([]byte, 0, HeaderSize+len(f.Data)+1)
	b = f.Append(b, int64(len(f.Data)))
	b = append(b, f.Data...)
	if len(f.Data)%2 == 1 {
		b = append(b, 0) // chunks are padded to even length
	}
	return b
}

// Frames returns the number of sample frames.
func (f File) Frames() int { return len(f.Data) / f.Frame() }

// Duration returns how long the file plays.
func (f File) Duration() time.Duration {
	return time.Duration(f.Frames()) * time.Second / time.Duration(f.Rate)
}

// Channel returns one channel, counted from 0, as linear samples.
func (f File) Channel(n int) []int16 {
	out := make([]int16, f.Frames())
	frame, width := f.Frame(), f.width()
	for i := range out {
		at := f.Data[i*frame+n*width:]
		switch f.Format {
		case ALaw:
			out[i] = g711.DecodeAlawFrame(at[0])
		case MuLaw:
			out[i] = g711.DecodeUlawFrame(at[0])
		default:
			out[i] = int16(binary.LittleEndian.Uint16(at))
		}
	}
	return out
}
