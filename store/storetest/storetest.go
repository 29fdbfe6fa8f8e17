// Package storetest gives tests a real Postgres: one server for a test binary, one
// database for a test.
//
//	var pg storetest.Server
//
//	func TestMain(m *testing.M) { os.Exit(pg.Main(m)) }
//
//	func TestX(t *testing.T) { db := pg.Open(t) ... }
//
// The server named by HOTLINE_TEST_DATABASE is used when it is set, else a private
// cluster is started the first time a test asks, and stopped at the end.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"hotline/store"
	"hotline/store/cluster"
	"hotline/store/secret"
)

// Environment names the variable with the server to use instead of a private one.
const Environment = "HOTLINE_TEST_DATABASE"

// Server is the Postgres of a test binary. The zero value is ready.
type Server struct {
	once    sync.Once
	err     error
	dir     string
	private *cluster.Cluster
	admin   string // URL for making databases
	prefix  string // of the names of our databases
	count   atomic.Int64
}

// Main runs the tests, stops the server and looks for goroutines left behind. It
// gives the exit code.
func (s *Server) Main(m *testing.M) int {
	code := m.Run()
	if err := s.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		code = max(code, 1)
	}
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, "storetest:", err)
		code = max(code, 1)
	}
	return code
}

// start starts the server and makes the template of all databases.
func (s *Server) start(ctx context.Context) error {
	s.prefix = fmt.Sprintf("hotline_test_%d_%d", os.Getpid(), time.Now().UnixNano()%1e9)
	s.admin = os.Getenv(Environment)
	if s.admin == "" {
		var err error
		if s.dir, err = os.MkdirTemp("", "storetest-"); err != nil {
			return err
		}
		if s.private, err = cluster.Start(ctx, filepath.Join(s.dir, "postgres"), cluster.Options{Unsafe: true}); err != nil {
			return err
		}
		s.admin = s.private.URL()
	}
	if err := s.do(ctx, "CREATE DATABASE "+s.template()); err != nil {
		return err
	}
	template, err := s.url(s.template())
	if err != nil {
		return err
	}
	_, err = store.Migrate(ctx, template)
	return err
}

func (s *Server) stop() error {
	if s.admin == "" {
		return nil // never asked for
	}
	if s.private == nil {
		return s.do(context.Background(), "DROP DATABASE IF EXISTS "+s.template()+" WITH (FORCE)")
	}
	return errors.Join(s.private.Stop(), os.RemoveAll(s.dir))
}

func (s *Server) template() string { return s.prefix + "_template" }

// do runs one statement as the administrator.
func (s *Server) do(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	return err
}

// url names another database of the same server.
func (s *Server) url(database string) (string, error) {
	u, err := url.Parse(s.admin)
	if err != nil {
		return "", err
	}
	u.Path = "/" + database
	return u.String(), nil
}

// URL makes a database with the program's schema for this test alone, and removes it
// at the end.
func (s *Server) URL(t testing.TB) string { return s.make(t, s.template) }

// Empty makes a database without any schema.
func (s *Server) Empty(t testing.TB) string {
	return s.make(t, func() string { return "template0" })
}

func (s *Server) make(t testing.TB, template func() string) string {
	t.Helper()
	s.once.Do(func() { s.err = s.start(context.Background()) })
	if s.err != nil {
		t.Fatalf("storetest: %v", s.err)
	}
	name := fmt.Sprintf("%s_%d", s.prefix, s.count.Add(1))
	if err := s.do(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template()); err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.do(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("storetest: %v", err)
		}
	})
	u, err := s.url(name)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return u
}

// Keys makes keys for this test alone.
func Keys(t testing.TB) *secret.Keys {
	t.Helper()
	keys, err := secret.Load(filepath.Join(t.TempDir(), "keys"), false)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	return keys
}

// Open makes a database for this test alone and opens it, with keys of its own.
func (s *Server) Open(t testing.TB) *store.DB {
	t.Helper()
	return OpenURL(t, store.Options{URL: s.URL(t), Keys: Keys(t)})
}

// OpenURL opens a database and closes it at the end of the test.
func OpenURL(t testing.TB, opt store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(db.Close)
	return db
}

// Conn gives a connection of its own to a database, for looking at rows.
func Conn(t testing.TB, databaseURL string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), databaseURL)
	if err != nil {
		t.Fatalf("storetest: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// Cluster gives the private cluster, or skips the test when there is none.
func (s *Server) Cluster(t testing.TB) *cluster.Cluster {
	t.Helper()
	s.once.Do(func() { s.err = s.start(context.Background()) })
	if s.err != nil {
		t.Fatalf("storetest: %v", s.err)
	}
	if s.private == nil {
		t.Skipf("%s is set: the server is not ours to stop", Environment)
	}
	return s.private
}
