package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrNoBinaries says that no Postgres server is installed that could run the data.
var ErrNoBinaries = errors.New("no fitting Postgres server is installed")

// places are where packages put the server's programs.
func places() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",       // Debian, Ubuntu
		"/usr/pgsql-*/bin",                // PGDG packages for RHEL
		"/usr/libexec/postgresql*",        // Alpine
		"/usr/local/pgsql/bin",            // from source
		"/usr/local/lib/postgresql/*/bin", // containers
	}
}

// findBinaries gives the folder of the newest server installed, or the newest of the
// major version the data were made by (0 for any).
func findBinaries(major int) (dir string, err error) {
	found := map[int]string{}
	consider := func(dir string) {
		if v, err := majorOf(dir); err == nil && found[v] == "" {
			found[v] = dir
		}
	}
	for _, pattern := range places() {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		for _, dir := range dirs {
			consider(dir)
		}
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			consider(filepath.Dir(path))
		}
	}
	if major != 0 {
		if found[major] == "" {
			return "", fmt.Errorf("%w: the data were made by version %d, installed are %s; install postgresql-%d, "+
				"or move the data with pg_upgrade", ErrNoBinaries, major, versions(found), major)
		}
		return found[major], nil
	}
	for v := range found {
		major = max(major, v)
	}
	if major == 0 {
		return "", fmt.Errorf("%w: install it (Debian: apt-get install postgresql), or set HOTLINE_DATABASE_URL to a database of yours", ErrNoBinaries)
	}
	return found[major], nil
}

func versions(found map[int]string) string {
	if len(found) == 0 {
		return "none"
	}
	var list []string
	for v := range found {
		list = append(list, strconv.Itoa(v))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// majorOf asks a server program for its version: "postgres (PostgreSQL) 15.18 (Debian ...)".
func majorOf(dir string) (int, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0, err
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:noctx // answers at once
	if err != nil {
		return 0, fmt.Errorf("ask %s for its version: %w", dir, err)
	}
	_, text, _ := strings.Cut(string(out), ") ")
	digits := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
	major, err := strconv.Atoi(digits)
	if err != nil {
		return 0, fmt.Errorf("version of %s: %w", dir, err)
	}
	return major, nil
}

// dataMajor reads which major version made the data; 0 when there are none.
func dataMajor(pgdata string) (int, error) {
	text, err := os.ReadFile(filepath.Join(pgdata, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION: %w", pgdata, err)
	}
	return major, nil
}
