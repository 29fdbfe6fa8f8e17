package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// recover reads what earlier runs left: headers of all segments, and the last one
// whole, whose torn end it cuts off.
func (j *Journal) recover() error {
	files, err := segmentFiles(j.dir)
	if err != nil {
		return err
	}
	for _, path := range files {
		seg, id, err := readSegment(path)
		if errors.Is(err, errHeader) {
			seg, err = j.salvage(path)
			id = j.id
		}
		if err != nil {
			return err
		}
		if seg == nil {
			continue
		}
		if len(j.segs) > 0 && id != j.id {
			return fmt.Errorf("%s belongs to another journal", path)
		}
		j.id = id
		j.segs = append(j.segs, seg)
	}
	if len(j.segs) == 0 {
		return nil
	}
	if err := j.mendLast(j.segs[len(j.segs)-1]); err != nil {
		return err
	}
	return j.findPrior()
}

// findPrior finds the number of the last event. Openings that wrote nothing leave
// empty segments behind it.
func (j *Journal) findPrior() error {
	for _, seg := range slices.Backward(j.segs) {
		_, last, err := seg.count()
		if err != nil {
			return err
		}
		if last >= seg.first {
			j.tail.prior = last
			break
		}
	}
	return nil
}

// mendLast cuts the torn end off a segment and counts its events. Damage with valid
// records behind it is no torn end and stays for the reader to step over.
func (j *Journal) mendLast(seg *segment) error {
	f, err := os.OpenFile(seg.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	s := scanner{src: f, off: headerSize, end: seg.size, last: seg.first - 1}
	if err := s.exhaust(); err != nil {
		return fmt.Errorf("read %s: %w", seg.path, err)
	}
	// Numbers within a segment have no gaps, so the last one tells the count.
	j.tail.base = seg.total + uint64(s.last-seg.first+1)
	if s.off == seg.size {
		return nil
	}
	j.opt.Log.Warn("journal: the end of the last segment was torn and is cut off", "bytes", seg.size-s.off)
	if err := f.Truncate(s.off); err != nil {
		return fmt.Errorf("cut %s: %w", seg.path, err)
	}
	seg.size, seg.durable = s.off, s.off
	return f.Sync()
}

// salvage mends a segment whose header is lost. A crash while the segment was being
// made leaves one without records, and then it goes (nil). Records found are kept,
// unless nothing tells which journal they belong to.
func (j *Journal) salvage(path string) (*segment, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	s := scanner{src: f, off: headerSize, end: info.Size()}
	rec, err := s.next()
	if errors.Is(err, io.EOF) {
		return nil, os.Remove(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(j.segs) == 0 {
		return nil, fmt.Errorf("%s: %w", path, errHeader)
	}
	before, _, err := j.segs[len(j.segs)-1].count()
	if err != nil {
		return nil, err
	}
	j.opt.Log.Error("journal: a segment's header was damaged and is written anew", "file", path)
	if _, err := f.WriteAt(header(j.id, rec.Seq, before, rec.At), 0); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	seg, _, err := readSegment(path)
	return seg, err
}

// count reads a segment and tells how many events were written up to its end, and
// the number of the last; that is below the first when it has none.
func (s *segment) count() (events uint64, last Seq, err error) {
	f, err := os.Open(s.path)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = f.Close() }()
	scan := scanner{src: f, off: headerSize, end: s.size, last: s.first - 1}
	if err := scan.exhaust(); err != nil {
		return 0, 0, fmt.Errorf("read %s: %w", s.path, err)
	}
	return s.total + uint64(scan.last-s.first+1), scan.last, nil
}

// Release removes segments that hold nothing after upTo and are older than
// Options.Keep. The current segment always stays.
func (j *Journal) Release(upTo Seq) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var err error
	for len(j.segs) > 1 && j.segs[1].first <= upTo+1 && j.segs[0].file == nil && j.old(j.segs[0]) {
		if err = removeIfThere(j.segs[0].path); err != nil {
			err = fmt.Errorf("remove segment: %w", err)
			break
		}
		j.segs = j.segs[1:]
	}
	j.metrics.files.Set(float64(len(j.segs)))
	return err
}
