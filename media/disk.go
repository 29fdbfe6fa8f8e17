package media

import (
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// file is a recording's file.
type file interface {
	io.ReaderAt
	io.WriterAt
	// Sync brings to disk what was written.
	Sync() error
	Close() error
}

// diskFile is a file that knows its file system.
type diskFile struct {
	*os.File
	device uint64
}

// create makes a new file, readable by us alone: it is what somebody said in confidence.
func create(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	d := &diskFile{File: f}
	if info, err := f.Stat(); err == nil {
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			d.device = st.Dev
		}
	}
	return d, nil
}

// control runs f with the file's descriptor; it fails when the file was closed meanwhile.
func (d *diskFile) control(f func(fd int) error) error {
	raw, err := d.SyscallConn()
	if err != nil {
		return err
	}
	inner := error(nil)
	if err := raw.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}

// syncSystem syncs the file system the file is on.
func (d *diskFile) syncSystem() error { return d.control(unix.Syncfs) }

// data syncs the file's content and length.
func (d *diskFile) data() error { return d.control(unix.Fdatasync) }
