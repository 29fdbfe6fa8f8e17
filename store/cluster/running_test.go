package cluster_test

import (
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
