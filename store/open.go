package store

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"hotline/store/secret"
)

// Options say which database is used and how.
type Options struct {
	URL  string       // postgres://... ; required
	Keys *secret.Keys // required
	// Area is the two letters public case numbers begin with; default GZ.
	Area string
	// Location decides on which day a contact counts; default China's time.
	Location *time.Location
	Log      *slog.Logger // default: discard

	Registerer prometheus.Registerer // default: metrics are counted and not shown
}

func (o Options) withDefaults() Options {
	if o.Area == "" {
		o.Area = "GZ"
	}
	if o.Location == nil {
		o.Location = time.FixedZone("Asia/Shanghai", 8*60*60) // no summer time since 1991
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	return o
}

// DB is the open database. Its methods may be called by many goroutines.
type DB struct {
	opt     Options
	pool    *pgxpool.Pool
	metrics *metrics
}

var areaPattern = regexp.MustCompile(`^[A-Z]{2}$`)

// queryLimit is how long one statement of a DB method may take.
const queryLimit = 5 * time.Second

// Open migrates the database and opens it. The errors are ErrNewer, ErrKeys, or say
// in one sentence what is wrong.
func Open(ctx context.Context, opt Options) (*DB, error) {
	opt = opt.withDefaults()
	if !areaPattern.MatchString(opt.Area) {
		return nil, fmt.Errorf("open database: area %q is not two capital letters", opt.Area)
	}
	config, err := pgxpool.ParseConfig(opt.URL)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if _, err := Migrate(ctx, opt.URL); err != nil {
		return nil, err
	}
	config.MaxConns = max(config.MaxConns, 8)
	setDefault(config.ConnConfig, "statement_timeout", fmt.Sprint(queryLimit.Milliseconds()))
	setDefault(config.ConnConfig, "application_name", "hotline")
	db := &DB{opt: opt}
	if db.metrics, err = newMetrics(opt.Registerer); err != nil {
		return nil, err
	}
	if db.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := db.checkKeys(ctx); err != nil {
		db.pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.metrics.up.Set(1)
	return db, nil
}

// setDefault sets a parameter of the session, unless the URL does.
func setDefault(config *pgx.ConnConfig, name, value string) {
	if _, set := config.RuntimeParams[name]; !set {
		config.RuntimeParams[name] = value
	}
}

// Close lets all connections go, after their queries.
func (db *DB) Close() { db.pool.Close() }

// Ping asks the database for a sign of life.
func (db *DB) Ping(ctx context.Context) error { return say("ping database", db.pool.Ping(ctx)) }

// checkKeys compares the keys with those the database was written with. Keys it has
// not seen are remembered, unless they stand in for known ones.
func (db *DB) checkKeys(ctx context.Context) error {
	return db.inTx(ctx, "system", func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT name, print FROM key_prints")
		if err != nil {
			return err
		}
		known := map[string][]byte{}
		var name string
		var print []byte
		_, err = pgx.ForEachRow(rows, []any{&name, &print}, func() error {
			known[name] = bytes.Clone(print)
			return nil
		})
		if err != nil {
			return err
		}
		given := db.opt.Keys.Fingerprints()
		for name, print := range known {
			if have, ok := given[name]; !ok || !bytes.Equal(have, print) {
				return fmt.Errorf("%w: key %q is missing or another; restore the keys folder from the backup", ErrKeys, name)
			}
		}
		for name, print := range given {
			_, err := tx.Exec(ctx, "INSERT INTO key_prints (name, print) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, print)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// inTx runs do in one transaction; rows it changes are signed with the actor.
func (db *DB) inTx(ctx context.Context, actor string, do func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.actor', $1, true)", actor); err != nil {
			return err
		}
		return do(tx)
	})
}

// audit writes a row of the audit log in the transaction of the change it tells of.
func audit(ctx context.Context, tx pgx.Tx, action, object string, detail map[string]any) error {
	if detail == nil {
		detail = map[string]any{}
	}
	_, err := tx.Exec(ctx, "INSERT INTO audit_log (action, object, detail) VALUES ($1, $2, $3)", action, object, detail)
	return err
}
