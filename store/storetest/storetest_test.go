package storetest_test

import (
	"os"
	"testing"

	"hotline/store/storetest"
)

var pg storetest.Server

func TestMain(m *testing.M) { os.Exit(pg.Main(m)) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	a, b := storetest.Conn(t, pg.URL(t)), storetest.Conn(t, pg.URL(t))
	if _, err := a.Exec(t.Context(), "INSERT INTO serials VALUES ('x', 1)"); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := b.QueryRow(t.Context(), "SELECT count(*) FROM serials").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows of another test, %v", n, err)
	}
	if err := storetest.Conn(t, pg.Empty(t)).QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d tables in an empty database, %v", n, err)
	}
}

func TestAServerOfOnesOwn(t *testing.T) {
	base := pg.URL(t)
	t.Setenv(storetest.Environment, base)
	var other storetest.Server
	db := other.Open(t)
	if err := db.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	t.Run("is not ours to stop", func(t *testing.T) {
		defer func() {
			if !t.Skipped() {
				t.Error("gave a cluster to stop")
			}
		}()
		other.Cluster(t)
	})
}
