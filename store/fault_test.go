package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/cluster"
	"hotline/store/event"
	"hotline/store/storetest"
)

// talk writes a call with a talk of one second, which is counted by adding: a call
// applied twice would show.
func (r *rig) talk(caller string) {
	r.visit("12348", caller,
		&event.Enqueued{Queue: "labour", Place: 1},
		&event.Connected{Queue: "labour", Extension: "8001", Leg: 2, Waited: time.Second},
		&event.TalkEnded{Extension: "8001", Leg: 2, By: event.PartyCaller, Talked: time.Second})
}

const talkEvents = 5

// exactly checks that so many talks are in the database, each once and whole.
func (r *rig) exactly(calls int) {
	r.t.Helper()
	expect(r, fmt.Sprintf("%d %d %d", calls, calls*1000, calls),
		`SELECT concat_ws(' ', count(*), sum(talk_ms), count(DISTINCT no)) FROM contacts WHERE outcome = 'abandoned' AND talk_ms = 1000`)
	expect(r, calls*talkEvents, `SELECT count(*)::int FROM call_events`)
	expect(r, calls, `SELECT count(DISTINCT case_id)::int FROM contacts`)
	expect(r, calls, `SELECT count(*)::int FROM cases`)
	expect(r, calls, `SELECT count(*)::int FROM phones`)
	expect(r, int64(calls*talkEvents), `SELECT applied FROM journals`)
	expect(r, 0, `SELECT count(*)::int FROM journal_rejects`)
	expect(r, 0, `SELECT count(*)::int FROM journal_losses`)
}

// proxy stands between the projector and the server and harms what passes.
type proxy struct {
	listener net.Listener
	socket   string

	mu     sync.Mutex
	harm   func(request []byte) (forward, answer bool)
	conns  []net.Conn
	closed bool
	group  sync.WaitGroup
}

func newProxy(t *testing.T, databaseURL string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(u.Query().Get("host"), "/") {
		t.Skip("the server is not reached by a socket")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, socket: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")}
	p.group.Go(p.run)
	t.Cleanup(p.close)
	q := u.Query()
	q.Del("host")
	q.Set("sslmode", "disable")
	u.Host, u.RawQuery = listener.Addr().String(), q.Encode()
	return p, u.String()
}

func (p *proxy) run() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", p.socket)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		if p.closed {
			_ = client.Close()
			_ = server.Close()
		}
		p.mu.Unlock()
		p.group.Go(func() { p.pass(client, server, true) })
		p.group.Go(func() { p.pass(server, client, false) })
	}
}

func (p *proxy) pass(from, to net.Conn, requests bool) {
	defer func() { _ = from.Close() }()
	defer func() { _ = to.Close() }()
	buf := make([]byte, 256<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		forward, answer := true, true
		p.mu.Lock()
		if p.harm != nil && requests {
			forward, answer = p.harm(buf[:n])
		}
		p.mu.Unlock()
		if forward {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if !answer {
			// The server gets to do what it was told, and nobody hears of it.
			_ = from.Close()
			if half, ok := to.(*net.UnixConn); ok {
				_ = half.CloseWrite()
			}
			return
		}
	}
}

func (p *proxy) set(harm func([]byte) (bool, bool)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.harm = harm
}

func (p *proxy) close() {
	_ = p.listener.Close()
	p.mu.Lock()
	p.closed = true
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.group.Wait()
}

// The connection breaks around COMMIT: sometimes it happened, sometimes not.
func TestACommitWhoseAnswerIsLost(t *testing.T) {
	base := pg.URL(t)
	p, through := newProxy(t, base)
	r := rigOn(t, base, through)
	random, cuts := rand.New(rand.NewPCG(1, 2)), 0
	p.set(func(request []byte) (forward, answer bool) {
		if !bytes.Contains(request, []byte("\x00commit\x00")) || random.IntN(2) == 0 {
			return true, true
		}
		cuts++
		return random.IntN(2) == 0, false
	})
	r.start()
	const calls = 40
	for n := range calls {
		r.talk("138" + strconv.Itoa(10000000+n))
		if n%4 == 0 {
			r.applied()
		}
	}
	r.applied()
	p.mu.Lock()
	if cuts < 5 {
		t.Errorf("only %d connections were cut", cuts)
	}
	p.mu.Unlock()
	p.set(nil)
	r.exactly(calls)
}

func TestLagShowsWhileTheDatabaseIsAway(t *testing.T) {
	base := pg.URL(t)
	p, through := newProxy(t, base)
	r := rigOn(t, base, through)
	r.start()
	r.talk("13800138000")
	r.applied()
	p.close() // for good
	id := event.NewID(time.Now())
	if _, err := r.journal.Append(event.Event{Contact: id, At: time.Now().Add(-time.Hour), Body: r.opened("12348", "13900139000")}); err != nil {
		t.Fatal(err)
	}
	waitRetries(r, 2)
	if lag := r.metric("hotline_store_lag_seconds"); lag < 3600 || lag > 3700 {
		t.Errorf("lag of %v s", lag)
	}
	if got := r.metric("hotline_store_events_waiting"); got != 1 {
		t.Errorf("%v events waiting", got)
	}
	if got := r.metric("hotline_db_up"); got != 0 {
		t.Errorf("database up: %v", got)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("no time")
	cancel(reason)
	if err := r.projector.Applied(ctx, r.journal.Last()); !errors.Is(err, reason) {
		t.Errorf("waiting: %v", err)
	}
	r.stop() // returns although the database is away
}

// Everything that can happen to a server happens while calls go on.
func TestADatabaseInTrouble(t *testing.T) {
	dir, err := os.MkdirTemp("", "trouble-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c, err := cluster.Start(t.Context(), filepath.Join(dir, "postgres"), cluster.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	r := rigOn(t, c.URL(), c.URL())
	r.start()
	calls := 0
	call := func(many int) {
		for range many {
			r.talk("138" + strconv.Itoa(10000000+calls))
			calls++
		}
	}
	call(5)
	r.applied()
	admin := func(sql string, args ...any) {
		t.Helper()
		conn, err := pgx.Connect(t.Context(), r.url)
		if err == nil {
			_, err = conn.Exec(t.Context(), sql, args...)
			_ = conn.Close(context.Background())
		}
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	const terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hotline-projector'"
	postmaster := func() int {
		text, err := os.ReadFile(filepath.Join(dir, "postgres", "pgdata", "postmaster.pid"))
		if err != nil {
			return 0
		}
		pid, _ := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
		return pid
	}

	t.Run("connection terminated", func(*testing.T) {
		for range 5 {
			admin(terminate)
			call(3)
		}
		r.applied()
	})
	t.Run("read-only", func(*testing.T) {
		admin("ALTER DATABASE hotline SET default_transaction_read_only = on")
		admin(terminate)
		call(3)
		waitRetries(r, 2)
		admin("SET TRANSACTION READ WRITE; ALTER DATABASE hotline RESET default_transaction_read_only")
		admin(terminate)
		r.applied()
	})
	t.Run("too many connections", func(t *testing.T) {
		var held []*pgx.Conn
		for {
			conn, err := pgx.Connect(t.Context(), r.url)
			if err != nil {
				break
			}
			held = append(held, conn)
		}
		if _, err := r.conn.Exec(t.Context(), terminate); err != nil {
			t.Fatal(err)
		}
		for {
			conn, err := pgx.Connect(t.Context(), r.url) // the place that became free
			if err != nil {
				break
			}
			held = append(held, conn)
		}
		call(3)
		waitRetries(r, 1)
		for _, conn := range held {
			_ = conn.Close(context.Background())
		}
		r.applied()
	})
	t.Run("table locked", func(t *testing.T) {
		tx, err := r.conn.Begin(t.Context())
		if err == nil {
			_, err = tx.Exec(t.Context(), "LOCK TABLE contacts IN ACCESS EXCLUSIVE MODE")
		}
		if err != nil {
			t.Fatal(err)
		}
		call(3)
		waitRetries(r, 1) // gave up after its limit
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.applied()
	})
	t.Run("frozen", func(t *testing.T) {
		backends := pids(r)
		for _, pid := range backends {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
		call(3)
		waitRetries(r, 1)
		for _, pid := range backends {
			_ = syscall.Kill(pid, syscall.SIGCONT)
		}
		r.applied()
	})
	t.Run("killed", func(t *testing.T) {
		for range 2 {
			call(3)
			if err := syscall.Kill(postmaster(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			call(3)
			r.applied()
			settled(r, calls)
		}
	})
	r.conn = storetest.Conn(t, r.url)
	r.exactly(calls)
}

// settled waits until the server is back and has everything: what it took just before
// it died, it may have taken back.
func settled(r *rig, calls int) {
	r.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		var have int
		conn, err := pgx.Connect(r.t.Context(), r.url)
		if err == nil {
			err = conn.QueryRow(r.t.Context(), "SELECT count(*) FROM contacts").Scan(&have)
			_ = conn.Close(context.Background())
		}
		if err == nil && have == calls {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%d of %d calls, %v", have, calls, err)
		}
		time.Sleep(10 * time.Millisecond) // another process's doing cannot be waited for
	}
}

// pids lists the server's processes that serve the projector.
func pids(r *rig) []int {
	r.t.Helper()
	rows, err := r.conn.Query(r.t.Context(), "SELECT pid FROM pg_stat_activity WHERE application_name = 'hotline-projector'")
	if err != nil {
		r.t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil || len(list) == 0 {
		r.t.Fatalf("processes %v, %v", list, err)
	}
	return list
}
