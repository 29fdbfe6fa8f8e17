package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"hotline/store/cluster"
)

// The test binary runs itself as a second program that may be killed, or run by
// another user.
const helperDir = "HOTLINE_TEST_CLUSTER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		os.Exit(helper(dir))
	}
	goleak.VerifyTestMain(m)
}

// helper starts the cluster, says so, and waits for its end.
func helper(dir string) int {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	c, err := cluster.Start(ctx, dir, cluster.Options{Unsafe: true})
	if err != nil {
		fmt.Println("error:", err)
		return 1
	}
	fmt.Println("url:", c.URL())
	<-ctx.Done()
	if err := c.Stop(); err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}

// openDir makes a folder that every user may pass through, unlike t.TempDir.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cluster-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func start(t *testing.T, dir string, opt cluster.Options) *cluster.Cluster {
	t.Helper()
	opt.Unsafe = true
	if testing.Verbose() {
		opt.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	c, err := cluster.Start(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func stop(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
}

// exec1 runs one statement; query1 asks for one text.
func exec1(t *testing.T, url, sql string) {
	t.Helper()
	if _, err := query1(t, url, sql); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatal(err)
	}
}

func query1(t *testing.T, url, sql string) (string, error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var text string
	err = conn.QueryRow(t.Context(), sql).Scan(&text)
	return text, err
}

func ask(t *testing.T, url, sql string) string {
	t.Helper()
	text, err := query1(t, url, sql)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// program is a helper running as a process of its own.
type program struct {
	cmd *exec.Cmd
	url string
}

// run starts the helper as the given user (0 for ours) and waits for its word.
func run(t *testing.T, dir string, uid uint32) (*program, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if uid != 0 {
		self = copied(t, self)
	}
	cmd := exec.Command(self)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), helperDir+"="+dir, "TMPDIR=/tmp")
	if uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	}
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	buf := make([]byte, 4096)
	n, _ := out.Read(buf)
	said := strings.TrimSpace(string(buf[:n]))
	return &program{cmd, strings.TrimPrefix(said, "url: ")}, said
}

// copied puts the test binary where every user may run it.
func copied(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(openDir(t), "helper")
	if out, err := exec.Command("cp", path, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return to
}
