package cluster

import (
	"os"
	"path/filepath"
)

// Running names the database of a cluster that another process runs in dir, for commands beside the service; false
// when none does.
func Running(dir string) (url string, ok bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	for _, run := range []string{filepath.Join(dir, "run"), shortRun(dir)} {
		if _, err := os.Stat(filepath.Join(run, socketName)); err == nil {
			return (&layout{run: run}).url(superuser), true
		}
	}
	return "", false
}
