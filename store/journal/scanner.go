package journal

import (
	"errors"
	"io"
)

// scanner reads records one after the other between two places of a file. It steps
// over damaged stretches to the next valid record.
type scanner struct {
	src  io.ReaderAt
	off  int64 // where the next record is expected
	end  int64 // not to be read beyond; may grow
	last Seq   // highest number returned; valid records with lower ones are copies
	// skipped counts the damaged bytes stepped over.
	skipped int64

	buf  []byte
	base int64 // file offset of buf[0]
}

const window = 4 * maxFrame

// next returns the next record, or io.EOF when no valid one begins before the end.
// Then off is behind the last valid record.
func (s *scanner) next() (Record, error) {
	for {
		part, err := s.view(s.off)
		if err != nil {
			return Record{}, err
		}
		rec, size, err := parseFrame(part)
		if err != nil {
			return s.resync()
		}
		s.off += int64(size)
		if rec.Seq > s.last {
			s.last = rec.Seq
			return rec, nil
		}
	}
}

// exhaust reads to the end.
func (s *scanner) exhaust() error {
	for {
		if _, err := s.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// resync looks byte by byte for a valid record behind a damaged place.
func (s *scanner) resync() (Record, error) {
	for at := s.off + 1; at < s.end; at++ {
		part, err := s.view(at)
		if err != nil {
			return Record{}, err
		}
		rec, size, err := parseFrame(part)
		if err == nil && rec.Seq > s.last {
			s.skipped += at - s.off
			s.off, s.last = at+int64(size), rec.Seq
			return rec, nil
		}
	}
	return Record{}, io.EOF
}

// view gives the bytes from off on, as many as a record may need and there are.
func (s *scanner) view(off int64) ([]byte, error) {
	want := min(s.end-off, maxFrame)
	if want <= 0 {
		return nil, io.EOF
	}
	if off < s.base || off+want > s.base+int64(len(s.buf)) {
		if s.buf == nil {
			s.buf = make([]byte, 0, window)
		}
		n := min(s.end-off, window)
		read, err := s.src.ReadAt(s.buf[:n], off)
		if err != nil && !errors.Is(err, io.EOF) {
			s.buf = s.buf[:0]
			return nil, err
		}
		s.buf, s.base = s.buf[:read], off
	}
	return s.buf[off-s.base:], nil
}
