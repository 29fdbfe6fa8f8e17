package cluster_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"hotline/store/cluster"
)

func TestDataSurviveStopAndStart(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	if cluster.Exists(dir) {
		t.Error("exists before it was made")
	}
	c := start(t, dir, cluster.Options{})
	exec1(t, c.URL(), "CREATE TABLE kept AS SELECT 'still here' AS word")
	stop(t, c)
	stop(t, c) // harmless
	if !cluster.Exists(dir) {
		t.Error("does not exist after it was made")
	}
	c = start(t, dir, cluster.Options{})
	if got := ask(t, c.URL(), "SELECT word FROM kept"); got != "still here" {
		t.Errorf("read %q", got)
	}
	for name, want := range map[string]string{
		"listen_addresses": "", "server_encoding": "UTF8", "lc_collate": "C.UTF-8", "TimeZone": "UTC", "unix_socket_permissions": "0700",
	} {
		if got := ask(t, c.URL(), "SELECT current_setting('"+name+"')"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, folder := range []string{"pgdata", "run"} {
		info, err := os.Stat(filepath.Join(dir, folder))
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", folder, info.Mode(), err)
		}
	}
}

// t.TempDir is closed to other users: as root this is the way through descriptors.
func TestAFolderClosedToTheServersUser(t *testing.T) {
	c := start(t, filepath.Join(t.TempDir(), "postgres"), cluster.Options{})
	exec1(t, c.URL(), "CREATE TABLE t AS SELECT 1 AS n")
	exec1(t, c.URL(), "CHECKPOINT")
	if os.Geteuid() == 0 && !strings.HasPrefix(ask(t, c.URL(), "SHOW data_directory"), "/proc/self/fd/") {
		t.Error("the folder was not closed")
	}
}

func TestOneProgramOnly(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	start(t, dir, cluster.Options{})
	if _, err := cluster.Start(t.Context(), dir, cluster.Options{}); !errors.Is(err, cluster.ErrLocked) {
		t.Errorf("second start: %v", err)
	}
}

func TestALongPath(t *testing.T) {
	long := filepath.Join(openDir(t), strings.Repeat("long-", 30))
	if err := os.Mkdir(long, 0o755); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(long, "postgres")
	c := start(t, dir, cluster.Options{})
	socket := ask(t, c.URL(), "SHOW unix_socket_directories")
	if len(socket) > 80 {
		t.Errorf("socket in %s", socket)
	}
	stop(t, c)
	if _, err := os.Stat(socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's folder was left behind: %v", err)
	}
	// Somebody else's folder in its place is not trusted.
	if os.Geteuid() != 0 {
		t.Skip("only root can make a folder of somebody else")
	}
	if err := os.WriteFile(socket, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Remove(socket) }()
	if _, err := cluster.Start(t.Context(), dir, cluster.Options{}); err == nil {
		t.Error("started on a file in place of the folder")
	}
}

func TestAServerThatDiesIsStartedAgain(t *testing.T) {
	dir, reg := filepath.Join(openDir(t), "postgres"), prometheus.NewRegistry()
	c := start(t, dir, cluster.Options{Registerer: reg})
	exec1(t, c.URL(), "CREATE TABLE t AS SELECT 1 AS n")
	for range 3 {
		old := postmaster(t, dir)
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		until(t, "the server is back", func() bool {
			pid := postmaster(t, dir)
			_, err := query1(t, c.URL(), "SELECT n::text FROM t")
			return pid != 0 && pid != old && err == nil && up(t, reg)
		})
	}
	want := "# HELP hotline_store_postgres_restarts_total Times the private Postgres ended by itself and was started again.\n" +
		"# TYPE hotline_store_postgres_restarts_total counter\nhotline_store_postgres_restarts_total 3\n"
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "hotline_store_postgres_restarts_total"); err != nil {
		t.Error(err)
	}
}

func TestTheServerEndsWithTheProgram(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	p, said := run(t, dir, 0)
	if !strings.HasPrefix(said, "url: ") {
		t.Fatal(said)
	}
	exec1(t, p.url, "CREATE TABLE t AS SELECT 1 AS n")
	pid := postmaster(t, dir)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	// At once, while the old server may still be ending.
	c := start(t, dir, cluster.Options{})
	if got := ask(t, c.URL(), "SELECT n::text FROM t"); got != "1" {
		t.Errorf("read %q", got)
	}
	if stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat")); err == nil && !bytes.Contains(stat, []byte(") Z ")) {
		t.Errorf("process %d still lives: %s", pid, stat)
	}
}

func TestBothKilled(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	for n := range 3 {
		p, said := run(t, dir, 0)
		if !strings.HasPrefix(said, "url: ") {
			t.Fatal(said)
		}
		exec1(t, p.url, "CREATE TABLE t"+strconv.Itoa(n)+" AS SELECT 1 AS n")
		pid := postmaster(t, dir)
		if err := errors.Join(syscall.Kill(pid, syscall.SIGSTOP), p.cmd.Process.Kill(), syscall.Kill(pid, syscall.SIGKILL)); err != nil {
			t.Fatal(err)
		}
		_ = p.cmd.Wait()
	}
	c := start(t, dir, cluster.Options{})
	if got := ask(t, c.URL(), "SELECT count(*)::text FROM pg_tables WHERE tablename ~ '^t[0-9]$'"); got != "3" {
		t.Errorf("%s of 3 tables are there", got)
	}
}

func TestAsAnOrdinaryUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("this is every other test then")
	}
	const nobody = 65534
	home := openDir(t)
	if err := os.Chown(home, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "postgres")
	p, said := run(t, dir, nobody)
	if !strings.HasPrefix(said, "url: ") {
		t.Fatal(said)
	}
	exec1(t, p.url, "CREATE TABLE t AS SELECT 1 AS n")
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	// Root goes on with the same owner, then the user again.
	c := start(t, dir, cluster.Options{})
	if got := ask(t, c.URL(), "SELECT n::text FROM t"); got != "1" {
		t.Errorf("read %q", got)
	}
	stop(t, c)
	const other = 65533
	if _, said := run(t, dir, other); !strings.Contains(said, "permission denied") && !strings.Contains(said, "belongs to user") {
		t.Errorf("another user: %s", said)
	}
}

func TestVersionsThatDoNotFit(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	stop(t, start(t, dir, cluster.Options{}))
	if err := os.WriteFile(filepath.Join(dir, "pgdata", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := cluster.Start(t.Context(), dir, cluster.Options{})
	if !errors.Is(err, cluster.ErrNoBinaries) || !strings.Contains(err.Error(), "version 9") {
		t.Errorf("old data: %v", err)
	}
	if _, err := cluster.Start(t.Context(), filepath.Join(openDir(t), "x"), cluster.Options{Bin: "/nonexistent"}); err == nil {
		t.Error("started without programs")
	}
}

func TestBadDataAreOneClearError(t *testing.T) {
	dir := filepath.Join(openDir(t), "postgres")
	stop(t, start(t, dir, cluster.Options{}))
	if err := os.Remove(filepath.Join(dir, "pgdata", "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	_, err := cluster.Start(t.Context(), dir, cluster.Options{})
	if err == nil || !strings.Contains(err.Error(), "pg_control") {
		t.Errorf("error: %v", err)
	}
}

// up reports whether the supervisor says that the server runs.
func up(t *testing.T, reg *prometheus.Registry) bool {
	t.Helper()
	const want = "# HELP hotline_store_postgres_up 1 while the private Postgres runs.\n# TYPE hotline_store_postgres_up gauge\nhotline_store_postgres_up 1\n"
	return testutil.GatherAndCompare(reg, strings.NewReader(want), "hotline_store_postgres_up") == nil
}

// postmaster reads the number of the server's process; 0 when there is none.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "pgdata", "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err := strconv.Atoi(string(line))
	if err != nil {
		return 0
	}
	return pid
}

// until polls what cannot be waited for: another process's doing.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func BenchmarkStart(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "postgres")
	made, err := cluster.Start(b.Context(), dir, cluster.Options{})
	if err == nil {
		err = made.Stop()
	}
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c, err := cluster.Start(b.Context(), dir, cluster.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := c.Stop(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
