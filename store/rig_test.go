package store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"hotline/store"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/phone"
	"hotline/store/secret"
	"hotline/store/storetest"
)

// rig is a journal, a database and the projector between them.
type rig struct {
	t         testing.TB
	dir, url  string
	keys      *secret.Keys
	db        *store.DB
	journal   *journal.Journal
	projector *store.Projector
	conn      *pgx.Conn // for looking
	boot      event.ID
	registry  *prometheus.Registry
	stop      func()
}

func newRig(t testing.TB) *rig {
	t.Helper()
	url := pg.URL(t)
	r := rigOn(t, url, url)
	r.start()
	return r
}

// rigOn makes a rig on a database, reached by the projector another way perhaps.
func rigOn(t testing.TB, url, through string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), url: url, keys: storetest.Keys(t), boot: event.NewID(time.Now()), registry: prometheus.NewRegistry()}
	r.db = storetest.OpenURL(t, store.Options{URL: through, Keys: r.keys, Registerer: r.registry, Log: logTo(t)})
	r.conn = storetest.Conn(t, r.url)
	seed(t, r.conn)
	r.openJournal()
	return r
}

// metric reads a counter or gauge.
func (r *rig) metric(name string) float64 {
	r.t.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			m := f.GetMetric()[0]
			return m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	r.t.Fatalf("no metric %s", name)
	return 0
}

// waitRetries waits until the projector has failed so many times more.
func waitRetries(r *rig, more float64) {
	r.t.Helper()
	const name = "hotline_store_retries_total"
	from := r.metric(name)
	for deadline := time.Now().Add(60 * time.Second); r.metric(name) < from+more; {
		if time.Now().After(deadline) {
			r.t.Fatal("the projector does not notice")
		}
		time.Sleep(5 * time.Millisecond) // another process's doing cannot be waited for
	}
}

func seed(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	_, err := conn.Exec(t.Context(), `
		INSERT INTO queues (code, name, requires, minors) VALUES ('labour', 'Labour', '{labour}', false), ('minors', 'Minors', '{minors}', true);
		INSERT INTO lines (number, name, flow, minors, case_code) VALUES ('12348', 'Legal aid', '12348', false, 'LA'), ('12355', 'Minors', '12355', true, 'LA');
		INSERT INTO staff (extension, name, login, roles) VALUES ('8001', 'Chen', 'chen', '{counselor}')`)
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) openJournal() {
	r.t.Helper()
	j, err := journal.Open(filepath.Join(r.dir, "journal"), journal.Options{Delay: time.Millisecond, Ballast: -1})
	if err != nil {
		r.t.Fatal(err)
	}
	r.journal = j
	r.t.Cleanup(func() { _ = j.Close() })
}

// start runs the projector until stop.
func (r *rig) start() {
	r.t.Helper()
	r.projector = r.db.NewProjector(r.journal, "node-1")
	r.projector.SetLimit(2 * time.Second)
	ctx, cancel := context.WithCancelCause(context.Background())
	over := make(chan error, 1)
	go func() { over <- r.projector.Run(ctx) }()
	reason, stopped := errors.New("stopped by the test"), false
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel(reason)
		if err := <-over; err != nil && !errors.Is(err, reason) {
			r.t.Errorf("projector: %v", err)
		}
	}
	r.t.Cleanup(r.stop)
}

// write appends bodies as facts of one contact.
func (r *rig) write(contact event.ID, bodies ...event.Body) journal.Seq {
	r.t.Helper()
	var last journal.Seq
	for _, body := range bodies {
		seq, err := r.journal.Append(event.Event{Contact: contact, Body: body})
		if err != nil {
			r.t.Fatal(err)
		}
		last = seq
	}
	return last
}

// applied waits until all that was written is in the database.
func (r *rig) applied() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 60*time.Second)
	defer cancel()
	if err := r.projector.Applied(ctx, r.journal.Last()); err != nil {
		r.t.Fatal(err)
	}
}

// number seals a raw number.
func (r *rig) number(raw string) event.Number {
	return r.keys.Number(phone.Plan{Area: "20"}.Parse(raw), "PAI")
}

// opened is the first fact of a call to a line.
func (r *rig) opened(line, caller string) *event.Opened {
	return &event.Opened{
		Channel: event.ChannelCallIn, Line: line, Language: "zh-CN", Caller: r.number(caller), Trunk: "carrier", Node: "node-1", Boot: r.boot,
		Flow: line, FlowHash: "4f2c9d3e", External: "call-id@example.org",
	}
}

func abandoned() *event.Closed {
	return &event.Closed{Outcome: event.OutcomeAbandoned, Stage: event.StageMenu, By: event.PartyCaller, Cause: "hung up"}
}

// visit writes a whole short call and gives its contact.
func (r *rig) visit(line, caller string, between ...event.Body) event.ID {
	r.t.Helper()
	id := event.NewID(time.Now())
	r.write(id, r.opened(line, caller))
	r.write(id, between...)
	r.write(id, abandoned())
	return id
}

// one asks the database for one value.
func one[T any](r *rig, sql string, args ...any) T {
	r.t.Helper()
	for i, arg := range args {
		if id, ok := arg.(event.ID); ok {
			args[i] = [16]byte(id)
		}
	}
	var v T
	if err := r.conn.QueryRow(r.t.Context(), sql, args...).Scan(&v); err != nil {
		r.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

func expect[T comparable](r *rig, want T, sql string, args ...any) {
	r.t.Helper()
	if got := one[T](r, sql, args...); got != want {
		r.t.Errorf("%s: %v, want %v", sql, got, want)
	}
}

// logTo shows the log of a failing test, and of any with -v.
func logTo(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(writerFunc(func(b []byte) (int, error) {
		t.Logf("%s", bytes.TrimSpace(b))
		return len(b), nil
	}), nil))
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
