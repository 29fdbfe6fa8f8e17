package cluster

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
)

// maxSocketPath is the longest path a Unix socket may have (sun_path, less the end).
const maxSocketPath = 107

// layout is where a cluster's parts are, for us and as the server names them.
type layout struct {
	owner  owner
	pgdata string
	run    string // folder of the socket
	short  bool   // run is not below the cluster's folder but in a folder for such things
	// closed is the folder above that the server's user may not enter; then the
	// server gets its folders as descriptors.
	closed string
}

// newLayout decides where everything goes and makes the folders but pgdata.
func newLayout(dir string) (*layout, error) {
	l := &layout{pgdata: filepath.Join(dir, "pgdata"), run: filepath.Join(dir, "run")}
	var err error
	if l.owner, err = findOwner(l.pgdata); err != nil {
		return nil, err
	}
	if err := l.owner.give(dir); err != nil {
		return nil, err
	}
	if l.closed, err = l.owner.closedTo(dir); err != nil {
		return nil, err
	}
	if _, err := os.Stat("/proc/self/fd"); l.closed != "" && err != nil {
		return nil, fmt.Errorf("user %s, who runs the database, may not enter %s: "+
			"put the data folder elsewhere (HOTLINE_DATA) or open the way (chmod o+x %s)", l.owner.name, l.closed, l.closed)
	}
	if len(filepath.Join(l.run, socketName+".lock")) > maxSocketPath {
		l.short = true
		l.run = shortRun(dir)
	}
	if err := l.owner.give(l.run); err != nil {
		return nil, err
	}
	return l, l.checkRun()
}

// socketName is what Postgres calls its socket for port 5432.
const socketName = ".s.PGSQL.5432"

// shortRun is a place for the socket when the cluster's own folder has too long a
// name: always the same for one cluster.
func shortRun(dir string) string {
	base := os.TempDir()
	if os.Geteuid() == 0 {
		base = "/run"
	} else if own := os.Getenv("XDG_RUNTIME_DIR"); own != "" && len(own) < 40 {
		base = own
	}
	if len(base) > 60 {
		base = "/tmp"
	}
	return filepath.Join(base, fmt.Sprintf("hotline-%x", sha256.Sum256([]byte(dir)))[:24])
}

// checkRun makes sure that nobody else prepared the folder of the socket.
func (l *layout) checkRun() error {
	info, err := os.Lstat(l.run)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || stat.Uid != l.owner.uid || info.Mode().Perm() != 0o700 {
		return fmt.Errorf("%s is not a folder of our own: remove it", l.run)
	}
	return nil
}

// named gives the names by which the server finds a data folder and the socket's
// folder, and the descriptors it must inherit for that.
func (l *layout) named(pgdata string) (data, run string, files []*os.File, err error) {
	if l.closed == "" {
		return pgdata, l.run, nil, nil
	}
	first, err := os.Open(pgdata)
	if err != nil {
		return "", "", nil, err
	}
	second, err := os.Open(l.run)
	if err != nil {
		return "", "", nil, errors.Join(err, first.Close())
	}
	return "/proc/self/fd/3", "/proc/self/fd/4", []*os.File{first, second}, nil
}

// url names a database for pgx.
func (l *layout) url(database string) string {
	u := url.URL{Scheme: "postgres", Path: "/" + database, RawQuery: url.Values{"host": {l.run}, "user": {superuser}}.Encode()}
	return u.String()
}

// superuser is the role that owns everything in a private cluster.
const superuser = "hotline"
