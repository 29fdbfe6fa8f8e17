package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"hotline/store/event"
)

// session is the projector's connection, with everything prepared.
type session struct {
	conn       *pgconn.PgConn
	out        *outbox
	statements *statements
	dir        directory
}

// step is one statement of a pipeline.
type step struct {
	statement *statement
	params    [][]byte
	exact     int // rows that must be changed; -1 for any number
}

// do makes a step whose number of rows does not matter.
func do(s *statement, params ...[]byte) step { return step{s, params, -1} }

// errNoRow refuses facts about a leg, recording or contact that is not there.
var errNoRow = errors.New("refers to a row that is not there")

// connect opens the projector's own connection. Its commits are as durable as
// anybody's, although the journal could repeat them: a public number that somebody
// was told must not be another after a crash of the server. Few transactions carry
// many events, so that costs little.
func connect(ctx context.Context, url string) (*session, error) {
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"application_name": "hotline-projector", "statement_timeout": "30000", "lock_timeout": "10000",
		"idle_in_transaction_session_timeout": "30000", "client_min_messages": "error",
	} {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	out := &outbox{}
	config.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		out.to = w
		return pgproto3.NewFrontend(r, out)
	}
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, reach(err)
	}
	s := &session{conn: conn, out: out, statements: newStatements()}
	if err := s.prepare(ctx); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) prepare(ctx context.Context) error {
	p := s.conn.StartPipeline(ctx)
	all := s.statements.all()
	for _, st := range all {
		p.SendPrepare(st.name, st.sql, st.oids)
	}
	if err := p.Sync(); err != nil {
		return errors.Join(err, p.Close())
	}
	for _, st := range all {
		if _, err := p.GetResults(); err != nil {
			_ = p.Close() // the first error tells
			return fmt.Errorf("prepare %s: %w", st.name, err)
		}
	}
	return p.Close()
}

// close lets the connection go, without waiting for a server that does not answer.
func (s *session) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = s.conn.Close(ctx) // there is nothing left to do about it
}

// binaryFormat asks for parameters and results in binary form.
var binaryFormat = []int16{1} // table

// run sends the steps at once and gives the rows of each.
func (s *session) run(ctx context.Context, steps ...step) ([][][][]byte, error) {
	p := s.conn.StartPipeline(ctx)
	s.out.hold = true
	for _, st := range steps {
		p.SendQueryPrepared(st.statement.name, st.params, binaryFormat, binaryFormat)
		_ = s.conn.Frontend().Flush() // into our own memory: it cannot fail
	}
	s.out.hold = false
	if err := p.Sync(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	results := make([][][][]byte, len(steps))
	for i, st := range steps {
		rows, err := st.read(p)
		if err != nil {
			_ = p.Close() // the first error tells
			return nil, fmt.Errorf("%s: %w", st.statement.name, err)
		}
		results[i] = rows
	}
	return results, p.Close()
}

// read takes the result of one step.
func (st step) read(p *pgconn.Pipeline) ([][][]byte, error) {
	got, err := p.GetResults()
	if err != nil {
		return nil, err
	}
	reader, ok := got.(*pgconn.ResultReader)
	if !ok {
		return nil, fmt.Errorf("unexpected answer %T", got)
	}
	result := reader.Read()
	if result.Err != nil {
		return nil, result.Err
	}
	if st.exact >= 0 && result.CommandTag.RowsAffected() != int64(st.exact) {
		return nil, errNoRow
	}
	return result.Rows, nil
}

// rollback ends a failed transaction, or the connection when that is not possible.
func (s *session) rollback(ctx context.Context) {
	if !s.conn.IsClosed() && s.conn.TxStatus() != 'I' {
		_ = s.conn.Exec(ctx, "ROLLBACK").Close() // a broken connection shows at the next use
	}
}

// refresh reads the directory when it is too old, or something may be new.
func (s *session) refresh(ctx context.Context, now bool) error {
	if !now && time.Since(s.dir.read) < directoryAge {
		return nil
	}
	got, err := s.run(ctx, do(&s.statements.directory))
	if err != nil {
		return err
	}
	s.dir.fill(got[0], time.Now())
	return nil
}

// big and uuid make single parameters.
func big(v int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(v)) }

func bigOf(raw []byte) int64 { return int64(binary.BigEndian.Uint64(raw)) }

func uuid(id event.ID) []byte { return id[:] }
