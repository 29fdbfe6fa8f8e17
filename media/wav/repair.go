package wav

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Repair mends a file of ours that a crash left unfinished: it cuts an incomplete last frame, pads
// to even length, makes the header tell the truth, and syncs. It returns the header and the bytes
// of audio kept. A file without a whole header is ErrTruncated and is left as it is.
func Repair(f *os.File) (Header, int64, error) {
	head := make([]byte, HeaderSize)
	if _, err := f.ReadAt(head, 0); err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: no whole header", ErrTruncated)
		}
		return Header{}, 0, fmt.Errorf("repair: %w", err)
	}
	h, at, announced, err := scan(head)
	if err != nil {
		return Header{}, 0, fmt.Errorf("repair: %w", err)
	}
	if at != HeaderSize {
		return Header{}, 0, fmt.Errorf("repair: %w: not written by this service", ErrFormat)
	}
	info, err := f.Stat()
	if err != nil {
		return Header{}, 0, fmt.Errorf("repair: %w", err)
	}
	data := (info.Size() - HeaderSize) / int64(h.Frame()) * int64(h.Frame())
	if announced%2 == 1 && int64(announced) == data-1 {
		data-- // the last byte is the pad of a finished file
	}
	data = min(data, MaxData)
	if err := mend(f, h, data); err != nil {
		return Header{}, 0, fmt.Errorf("repair: %w", err)
	}
	return h, data, nil
}

// mend writes the header for data bytes of audio and cuts or pads the file to match.
func mend(f *os.File, h Header, data int64) error {
	if err := f.Truncate(HeaderSize + data + data%2); err != nil {
		return err
	}
	if _, err := f.WriteAt(h.Append(nil, data), 0); err != nil {
		return err
	}
	return f.Sync()
}
