package cluster

import (
	"context"
	"net"
	"path/filepath"
	"time"
)

// Running names the database of a cluster that another process runs in dir, for commands beside the service; false
// when none does.
func Running(dir string) (url string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	for _, run := range []string{filepath.Join(dir, "run"), shortRun(dir)} {
		if answers(filepath.Join(run, socketName)) {
			return (&layout{run: run}).url(superuser), true
		}
	}
	return "", false
}

// answers tells whether somebody listens at a socket. A server that was killed leaves its socket behind.
func answers(socket string) bool {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "unix", socket)
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was said
	return true
}
