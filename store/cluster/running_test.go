package cluster_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/store/cluster"
)

func TestARunningClusterIsFoundByOthers(t *testing.T) {
	for _, dir := range []string{
		filepath.Join(openDir(t), "postgres"),
		filepath.Join(openDir(t), strings.Repeat("long", 30), "postgres"),
	} {
		if _, ok := cluster.Running(dir); ok {
			t.Error("found before it was started")
		}
		c := start(t, dir, cluster.Options{Unsafe: true})
		url, ok := cluster.Running(dir)
		if !ok || url != c.URL() {
			t.Errorf("found %q %t, want %q", url, ok, c.URL())
		}
		if got := ask(t, url, "SELECT 'hello'"); got != "hello" {
			t.Errorf("read %q", got)
		}
		stop(t, c)
		if _, ok := cluster.Running(dir); ok {
			t.Error("found after it was stopped")
		}
	}
}

// A server that was killed leaves its socket behind: nobody runs that cluster.
func TestAKilledClusterIsNotRunning(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	if err := os.MkdirAll(filepath.Join(dir, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "run", ".s.PGSQL.5432"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if _, ok := cluster.Running(dir); !ok {
		t.Error("not found while somebody listens")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if url, ok := cluster.Running(dir); ok {
		t.Errorf("found at %s after its end", url)
	}
}
