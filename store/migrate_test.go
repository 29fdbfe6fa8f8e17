package store_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"hotline/store"
	"hotline/store/storetest"
)

var update = flag.Bool("update", false, "write schema.sql anew")

func TestSchemaDumpIsUpToDate(t *testing.T) {
	c, url := pg.Cluster(t), pg.URL(t)
	out, err := exec.CommandContext(t.Context(), filepath.Join(c.Bin(), "pg_dump"), "--schema-only", "--no-owner", "--no-privileges",
		"--exclude-table=goose_db_version", "--dbname="+url).CombinedOutput()
	if err != nil {
		t.Fatalf("pg_dump: %v: %s", err, out)
	}
	if !bytes.Contains(out, []byte("Dumped from database version 15.")) {
		t.Skip("schema.sql is a dump of version 15; other versions write it otherwise")
	}
	got := dumpNoise.ReplaceAllString(string(out), "")
	got = strings.TrimSpace(blankLines.ReplaceAllString(got, "\n\n")) + "\n"
	const head = "-- The schema as the migrations make it, for reading. Written by: go test ./store -run Dump -update\n\n"
	if *update {
		if err := os.WriteFile("schema.sql", []byte(head+got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if head+got != string(want) {
		t.Error("schema.sql is not what the migrations make; run: go test ./store -run Dump -update")
	}
}

var (
	dumpNoise  = regexp.MustCompile(`(?m)^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)\n`)
	blankLines = regexp.MustCompile(`\n{3,}`)
)

// A server that is not there is told in one line, however many ways to it were tried.
func TestAServerThatIsNotThere(t *testing.T) {
	_, err := store.Migrate(t.Context(), "postgres://hotline@127.0.0.1:1/hotline")
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("got %v", err)
	}
	if text := err.Error(); strings.Contains(text, "\n") || strings.Count(text, "127.0.0.1:1: ") != 1 {
		t.Errorf("got %q", text)
	}
}

func TestMigrationsGoDownAndUpAgain(t *testing.T) {
	ctx, url := t.Context(), pg.Empty(t)
	first, err := store.Migrate(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.MigrateDown(ctx, url); err != nil {
		t.Fatal(err)
	}
	conn := storetest.Conn(t, url)
	var left int
	err = conn.QueryRow(ctx, `SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'goose_%')
		+ (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)`).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d things left after going down, %v", left, err)
	}
	again, err := store.Migrate(ctx, url)
	if err != nil || again != first {
		t.Errorf("up again: version %d, %v; want %d", again, err, first)
	}
}

func TestProgramsStartingTogetherMigrateOnce(t *testing.T) {
	url := pg.Empty(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := store.Migrate(context.Background(), url); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestANewerSchemaIsRefused(t *testing.T) {
	url := pg.URL(t)
	if _, err := storetest.Conn(t, url).Exec(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), store.Options{URL: url, Keys: storetest.Keys(t)})
	if !errors.Is(err, store.ErrNewer) || strings.Count(err.Error(), "\n") > 0 || !strings.Contains(err.Error(), "9999") {
		t.Errorf("error: %v", err)
	}
}

func TestAnUnreachableDatabaseIsOneClearError(t *testing.T) {
	_, err := store.Open(t.Context(), store.Options{URL: "postgres://hotline@127.0.0.1:1/hotline?password=hush", Keys: storetest.Keys(t)})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "hush") {
		t.Errorf("error: %v", err)
	}
	if _, err := store.Open(t.Context(), store.Options{URL: "nonsense=", Keys: storetest.Keys(t)}); err == nil {
		t.Error("opened nonsense")
	}
}

func TestKeysMustBelongToTheDatabase(t *testing.T) {
	url, keys := pg.URL(t), storetest.Keys(t)
	storetest.OpenURL(t, store.Options{URL: url, Keys: keys})
	storetest.OpenURL(t, store.Options{URL: url, Keys: keys})
	if _, err := store.Open(t.Context(), store.Options{URL: url, Keys: storetest.Keys(t)}); !errors.Is(err, store.ErrKeys) {
		t.Errorf("other keys: %v", err)
	}
}
