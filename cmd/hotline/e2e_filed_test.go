package main_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// rowsOf is the connection on which a house's database is looked at.
type rowsOf struct {
	conn *pgx.Conn
	url  string
}

func (r *rowsOf) close() {
	if r.conn != nil {
		_ = r.conn.Close(context.Background())
		r.conn = nil
	}
}

// sql runs one statement and returns its rows. A connection that is lost is made again the next time.
func (h *house) sql(statement string, args ...any) [][]any {
	h.t.Helper()
	rows, err := h.trySQL(statement, args...)
	must(h.t, err)
	return rows
}

func (h *house) trySQL(statement string, args ...any) ([][]any, error) {
	h.query.Lock()
	defer h.query.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if h.rows.conn == nil || h.rows.conn.IsClosed() || h.rows.url != h.url {
		h.rows.close()
		conn, err := pgx.Connect(ctx, h.url)
		if err != nil {
			return nil, err
		}
		h.rows.conn, h.rows.url = conn, h.url
	}
	rows, err := h.rows.conn.Query(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	var all [][]any
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			rows.Close()
			return nil, err
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

// count is the number a statement returns.
func (h *house) count(statement string, args ...any) int {
	h.t.Helper()
	n, err := strconv.Atoi(fmt.Sprint(h.sql(statement, args...)[0][0]))
	must(h.t, err)
	return n
}

// contact is what is filed of one call.
type contact struct {
	id, caseID, outcome, stage, by, cause string
	started, ended                        time.Time
	tapes                                 []taped
}

// taped is a recording as filed.
type taped struct {
	path, state, class, partial, hash string
	length                            time.Duration
	repaired                          bool
}

// contacts are the contacts of a line that have ended, oldest first, with their recordings.
func (h *house) contacts(line string) []contact {
	h.t.Helper()
	var all []contact
	for _, r := range h.sql(`SELECT id::text, case_id::text, outcome, coalesce(stage, ''), coalesce(ended_by, ''), coalesce(cause, ''), started_at, ended_at
		FROM contacts WHERE dialled = $1 AND ended_at IS NOT NULL ORDER BY started_at`, line) {
		c := contact{id: r[0].(string), caseID: r[1].(string), outcome: r[2].(string), stage: r[3].(string), by: r[4].(string), cause: r[5].(string)}
		c.started, c.ended = r[6].(time.Time), r[7].(time.Time)
		c.tapes = h.tapes(c.id)
		all = append(all, c)
	}
	return all
}

func (h *house) tapes(id string) (all []taped) {
	h.t.Helper()
	for _, r := range h.sql(`SELECT storage_key, state, class, coalesce(partial_reason, ''), coalesce(encode(sha256, 'hex'), ''), coalesce(duration_ms, 0), repaired
		FROM recordings WHERE contact_id = $1::uuid ORDER BY started_at`, id) {
		all = append(all, taped{
			path: r[0].(string), state: r[1].(string), class: r[2].(string), partial: r[3].(string), hash: r[4].(string),
			length: time.Duration(r[5].(int64)) * time.Millisecond, repaired: r[6].(bool),
		})
	}
	return all
}

// filed waits until so many contacts of a line have ended, and that no others begin.
func (h *house) filed(line string, n int) []contact {
	h.t.Helper()
	var all []contact
	await(h.t, fmt.Sprintf("%d contacts of %s filed", n, line), func() bool {
		all = h.contacts(line)
		return len(all) >= n
	})
	if total := h.count(`SELECT count(*) FROM contacts WHERE dialled = $1`, line); total != n {
		h.t.Errorf("%d contacts of %s, want %d", total, line, n)
	}
	return all
}

// sealed checks that a recording's file is the one whose hash is filed.
func (h *house) sealed(r taped) {
	h.t.Helper()
	b, err := os.ReadFile(h.file(r))
	if err != nil {
		h.t.Error(err)
		return
	}
	if sum := sha256.Sum256(b); r.state != "closed" || r.hash != hex.EncodeToString(sum[:]) {
		h.t.Errorf("recording %s is %s with hash %.8s, the file's is %x", r.path, r.state, r.hash, sum[:4])
	}
}

func (h *house) file(r taped) string { return filepath.Join(h.data, "recordings", r.path) }

// metrics are the program's, by name and labels as they are written.
func (h *house) metrics() map[string]float64 {
	h.t.Helper()
	all := map[string]float64{}
	for line := range strings.Lines(h.get("/metrics")) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), "} ")
		if ok {
			name += "}"
		} else {
			name, value, _ = strings.Cut(strings.TrimSpace(line), " ")
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil && !strings.HasPrefix(name, "#") {
			all[name] = v
		}
	}
	return all
}

// get asks the ops port.
func (h *house) get(path string) string {
	h.t.Helper()
	_, body, err := h.ask(path)
	must(h.t, err)
	return body
}

func (h *house) ask(path string) (status int, body string, err error) {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + h.ops + path)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(b), err
}
