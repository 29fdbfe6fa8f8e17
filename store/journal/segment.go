package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"hotline/store/event"
)

// file is what a segment needs of the disk; tests put a failing one in between.
type file interface {
	WriteAt(b []byte, off int64) (int, error)
	Sync() error
	Close() error
}

// diskFile syncs only what reading the data back needs.
type diskFile struct{ *os.File }

// Sync writes the file's data and its length to the disk.
func (f diskFile) Sync() error { return unix.Fdatasync(int(f.Fd())) }

// segment is one file of the journal.
type segment struct {
	path    string
	first   Seq    // lowest number it may hold
	total   uint64 // events written to the journal before it
	size    int64  // written
	durable int64  // synced; a reader sees no further
	file    file   // nil when it is no longer written
}

const (
	magic      = "hotlog1\n"
	headerSize = 64
	suffix     = ".log"
)

func segmentName(first Seq) string { return fmt.Sprintf("%016x%s", uint64(first), suffix) }

// header describes a segment at its beginning.
func header(journal event.ID, first Seq, total uint64, at time.Time) []byte {
	b := make([]byte, 0, headerSize)
	b = append(b, magic...)
	b = append(b, journal[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(first))
	b = binary.LittleEndian.AppendUint64(b, total)
	b = binary.LittleEndian.AppendUint64(b, uint64(at.UnixMicro()))
	b = b[:headerSize-4]
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// errHeader says that a file does not begin as a segment does.
var errHeader = errors.New("no valid segment header")

// readSegment reads a segment's header and length, and the id of its journal.
func readSegment(path string) (*segment, event.ID, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, event.ID{}, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, event.ID{}, err
	}
	b := make([]byte, headerSize)
	if _, err := f.ReadAt(b, 0); err != nil {
		return nil, event.ID{}, fmt.Errorf("%s: %w", path, errHeader)
	}
	if string(b[:len(magic)]) != magic || crc32.Checksum(b[:60], castagnoli) != binary.LittleEndian.Uint32(b[60:]) {
		return nil, event.ID{}, fmt.Errorf("%s: %w", path, errHeader)
	}
	return &segment{
		path:    path,
		first:   Seq(binary.LittleEndian.Uint64(b[24:])),
		total:   binary.LittleEndian.Uint64(b[32:]),
		size:    info.Size(),
		durable: info.Size(),
	}, event.ID(b[8:24]), nil
}

// segmentFiles lists the segments of a folder, oldest first.
func segmentFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, entry := range entries {
		number, ok := strings.CutSuffix(entry.Name(), suffix)
		if _, err := strconv.ParseUint(number, 16, 64); ok && err == nil && len(number) == 16 {
			found = append(found, filepath.Join(dir, entry.Name()))
		}
	}
	slices.Sort(found)
	return found, nil
}

// Exists reports whether dir holds a journal.
func Exists(dir string) bool {
	files, err := segmentFiles(dir)
	return err == nil && len(files) > 0
}

// createSegment makes an empty segment file. Nothing is durable until the file and
// the folder are synced.
func (j *Journal) createSegment(first Seq, total uint64) (*segment, error) {
	path := filepath.Join(j.dir, segmentName(first))
	f, err := j.opt.open(path)
	if err != nil {
		return nil, fmt.Errorf("create segment: %w", err)
	}
	if _, err := f.WriteAt(header(j.id, first, total, time.Now()), 0); err != nil {
		return nil, errors.Join(fmt.Errorf("create segment: %w", err), f.Close(), os.Remove(path))
	}
	return &segment{path: path, first: first, total: total, size: headerSize, file: f}, nil
}

func openFile(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}

// syncFolder makes created and removed files of a folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// removeIfThere removes a file that may be gone already.
func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
