package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema of a database to this program's version, and gives it.
// Programs that start together take turns. The error is ErrNewer when the schema is
// beyond this program.
func Migrate(ctx context.Context, url string) (int64, error) {
	var version int64
	err := withProvider(url, func(p *goose.Provider) error {
		if err := notNewer(ctx, p); err != nil {
			return err
		}
		if _, err := p.Up(ctx); err != nil {
			return err
		}
		var err error
		version, err = p.GetDBVersion(ctx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("migrate the database: %w", reach(err))
	}
	return version, nil
}

// MigrateDown takes all of the schema away again, with all data. For tests.
func MigrateDown(ctx context.Context, url string) error {
	return withProvider(url, func(p *goose.Provider) error {
		_, err := p.DownTo(ctx, 0)
		return err
	})
}

func notNewer(ctx context.Context, p *goose.Provider) error {
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	known := sources[len(sources)-1].Version
	if have > known {
		return fmt.Errorf("%w: its schema is version %d, this program knows %d; start the newer program", ErrNewer, have, known)
	}
	return nil
}

func withProvider(url string, do func(*goose.Provider) error) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(turn{}), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	return do(p)
}

// turn makes programs that start together migrate one after the other: the server
// keeps the lock, and lets it go with the connection. Unlike goose's own it waits
// without polling.
type turn struct{}

// turnKey is a number of our own; the database is ours alone.
const turnKey = 0x686f746c696e65

// SessionLock waits for the turn.
func (turn) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(turnKey))
	return err
}

// SessionUnlock ends the turn.
func (turn) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	var had bool
	err := conn.QueryRowContext(ctx, "SELECT pg_advisory_unlock($1)", int64(turnKey)).Scan(&had)
	if err == nil && !had {
		err = errors.New("the turn to migrate was lost")
	}
	return err
}
