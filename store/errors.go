package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

var (
	// ErrNotFound says that there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that a row with the same extension, login or number exists.
	ErrConflict = errors.New("already exists")
	// ErrInvalid says that the database's rules refuse a value.
	ErrInvalid = errors.New("refused by a rule of the database")
	// ErrNewer says that the database was made by a newer program.
	ErrNewer = errors.New("the database belongs to a newer version of the program")
	// ErrKeys says that the database was written with other keys than the given ones.
	ErrKeys = errors.New("the keys do not belong to this database")
)

// say puts the operation before an error and gives the errors of Postgres that
// callers care about their names. Values of rows never get into the text.
func say(operation string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%s: %w", operation, ErrNotFound)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "23505":
			return fmt.Errorf("%s: %w (%s)", operation, ErrConflict, pg.ConstraintName)
		case pg.Code == "23503", pg.Code == "23514", pg.Code == "23502", strings.HasPrefix(pg.Code, "22"):
			return fmt.Errorf("%s: %w (%s%s)", operation, ErrInvalid, pg.ConstraintName, pg.ColumnName)
		}
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// reach puts what the driver says of a server that does not answer, a line for each
// address it tried, into one sentence.
func reach(err error) error {
	var connect *pgconn.ConnectError
	if !errors.As(err, &connect) {
		return err
	}
	var tried []string
	for line := range strings.Lines(connect.Unwrap().Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(tried, line) {
			tried = append(tried, line)
		}
	}
	return &unreachableError{"it cannot be reached: " + strings.Join(tried, "; "), err}
}

// unreachableError is a failure to connect, told in one line.
type unreachableError struct {
	said  string
	cause error
}

func (e *unreachableError) Error() string { return e.said }

func (e *unreachableError) Unwrap() error { return e.cause }

// poisonous reports whether an error lies in the data of a batch, so that trying it
// again can never help. Everything else passes: the server is away, full, read-only,
// too busy, or lacks what a migration will bring.
func poisonous(err error) bool {
	if errors.Is(err, errNoRow) {
		return true
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.ConstraintName {
	case "phones_e164_hmac_key", "profiles_phone_id_key", "callbacks_live":
		return false // another node was faster; next time the row is found
	}
	switch class := pg.Code[:2]; class {
	case "22", "23", "54": // data, integrity, limits of the program
		return true
	}
	return pg.Code == "P0001" // refused by a trigger
}

// isNoRow reports whether a query found nothing.
func isNoRow(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
