package main_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/store/cluster"
)

// talk is a call that lasts until somebody ends it.
type talk struct {
	end    context.CancelFunc
	report <-chan phone.Report
}

// hangUp has the caller hang up, and returns the caller's report.
func (c talk) hangUp() phone.Report {
	c.end()
	return <-c.report
}

// talking has a line's counselor sit down, and a caller call and stay until both talk. A line takes one such call in a
// run of the program.
func (h *house) talking(t *testing.T, d desk, from string) talk {
	t.Helper()
	h.seatStaying(t, d)
	c := h.ringing(t, d.line, from, "wait 1200ms, press 1, stay")
	h.staged(t, d.line, "talk")
	return c
}

// seatStaying has a desk's counselor sit down, who answers at once and stays.
func (h *house) seatStaying(t *testing.T, d desk) {
	t.Helper()
	h.seat(t, d.extension, phone.Answering{Script: steps(t, "stay")})
}

// ringing places a call and waits for nothing.
func (h *house) ringing(t *testing.T, line, from, script string) talk {
	t.Helper()
	return h.place(t, h.phone(t, phone.Config{Number: from, Tone: callerHz}), line, script)
}

// place places a call from a telephone.
func (h *house) place(t *testing.T, p *phone.Phone, number, script string) talk {
	t.Helper()
	s := steps(t, script)
	ctx, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	reports := make(chan phone.Report, 1)
	go func() {
		report, _ := p.Call(ctx, number, s) // a refusal is in the report
		reports <- report
	}()
	return talk{end, reports}
}

// staged waits until the program logs that a line's call has come to a stage, and returns what it logged.
func (h *house) staged(t *testing.T, line, stage string) entry {
	t.Helper()
	return h.log.await(t, "a call of "+line+" is at "+stage, h.over, func(e entry) bool {
		return e.text("line") == line && e.text("stage") == stage
	})
}

// answering waits until the house's database answers us again.
func (h *house) answering(t *testing.T) {
	t.Helper()
	await(t, "the database answers", func() bool {
		_, err := h.trySQL(`SELECT 1`)
		return err == nil
	})
}

// logged waits for a line of the program's log.
func (h *house) logged(t *testing.T, msg string) entry {
	t.Helper()
	return h.log.await(t, msg, h.over, message(msg))
}

// recorded waits until the oldest running recording of a line has grown by a length of audio.
func (h *house) recorded(t *testing.T, line string, d time.Duration) {
	t.Helper()
	path := ""
	await(t, "recording of "+line+" begins", func() bool {
		rows := h.sql(`SELECT r.storage_key FROM recordings r JOIN contacts c ON c.id = r.contact_id WHERE c.dialled = $1 AND r.state = 'writing' ORDER BY r.started_at`, line)
		if len(rows) > 0 {
			path = filepath.Join(h.data, "recordings", rows[0][0].(string))
		}
		return path != ""
	})
	size := func() int64 {
		info, err := os.Stat(path)
		must(t, err)
		return info.Size()
	}
	until := size() + 2*tone.Rate*int64(d/time.Millisecond)/1000
	await(t, "recording of "+line+" grows", func() bool { return size() >= until })
}

// lowPort finds a port for SIP, on UDP and TCP, from where the kernel takes none by itself: it is still free when the
// program starts again.
func lowPort(t *testing.T) string {
	t.Helper()
	for range 200 {
		addr := fmt.Sprintf("127.0.0.1:%d", 30200+rand.IntN(2400))
		u, err := net.ListenPacket("udp4", addr)
		if err != nil {
			continue
		}
		l, err := net.Listen("tcp4", addr)
		_ = u.Close()
		if err == nil {
			_ = l.Close()
			return addr
		}
	}
	t.Fatal("no free port")
	return ""
}

// survives checks the recording of a call that was cut off: mended, sealed, as long as the call was to within two
// seconds, and with each voice on its own channel to the end.
func (h *house) survives(t *testing.T, c contact, cut time.Time) {
	t.Helper()
	if len(c.tapes) != 1 {
		t.Fatalf("%d recordings, want 1", len(c.tapes))
	}
	r := c.tapes[0]
	h.sealed(r)
	if !r.repaired || r.partial != "interrupted" {
		t.Errorf("filed as %+v, want repaired and interrupted", r)
	}
	began := h.sql(`SELECT started_at FROM recordings WHERE storage_key = $1`, r.path)[0][0].(time.Time)
	if lasted := cut.Sub(began); r.length < lasted-2*time.Second || r.length > lasted+time.Second {
		t.Errorf("%s of a recording are left, of %s", r.length, lasted)
	}
	f, err := wav.Read(h.file(r))
	must(t, err)
	if f.Channels != 2 || f.Rate != tone.Rate || f.Duration().Round(time.Millisecond) != r.length {
		t.Fatalf("the file is %+v and plays %s, filed are %s", f.Header, f.Duration(), r.length)
	}
	last := f.Frames() - tone.Rate/2
	for channel, want := range []float64{callerHz, staffHz} {
		sound := f.Channel(channel)[last:]
		other := callerHz + staffHz - want
		if tone.Power(sound, want) < -20 || tone.Power(sound, other) > -35 {
			t.Errorf("channel %d ends with %.0f dBm0 of its own tone and %.0f of the other", channel, tone.Power(sound, want), tone.Power(sound, other))
		}
	}
}

// cased checks that every contact has ended, and is under a case of its own.
func (h *house) cased(t *testing.T) {
	t.Helper()
	n := h.count(`SELECT count(*) FROM contacts`)
	if cases := h.count(`SELECT count(DISTINCT case_id) FROM contacts WHERE ended_at IS NOT NULL`); cases != n || n == 0 {
		t.Errorf("%d contacts, %d of them ended and under a case of their own", n, cases)
	}
	if cases := h.count(`SELECT count(*) FROM cases`); cases != n {
		t.Errorf("%d cases for %d contacts", cases, n)
	}
	if open := h.count(`SELECT count(*) FROM recordings WHERE state = 'writing'`); open != 0 {
		t.Errorf("%d recordings are not sealed", open)
	}
}

// demoCounselors are the counselors of the demo centre who have a qualification: extensions and SIP passwords.
func (h *house) demoCounselors(t *testing.T, kind string) (all [][2]string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(readText(t, filepath.Join(h.data, "demo-staff.csv")))).ReadAll()
	must(t, err)
	for _, r := range rows[1:] {
		if strings.Contains(r[2], "counselor") && slices.Contains(strings.Fields(r[3]), kind) {
			all = append(all, [2]string{r[0], r[4]})
		}
	}
	return all
}

// startCluster starts a program that makes a database first, which takes a busy machine its time.
func (h *house) startCluster(t *testing.T) {
	t.Helper()
	h.launch()
	var ready entry
	awaitWithin(t, 3*time.Minute, "ready, with a database", func() bool {
		ready, _, _ = h.log.find(0, message("ready"))
		return ready != nil || !h.running()
	})
	if ready == nil {
		t.Fatalf("the program has ended:\n%s", h.log)
	}
	h.sip, h.ops = netip.MustParseAddrPort(ready.text("sip")), ready.text("ops")
	h.url, _ = cluster.Running(filepath.Join(h.data, "postgres"))
}

// server is the processes of the house's own Postgres, its first one first.
func (h *house) server(t *testing.T) (all []int) {
	t.Helper()
	first, _, _ := strings.Cut(readText(t, filepath.Join(h.data, "postgres", "pgdata", "postmaster.pid")), "\n")
	postmaster, err := strconv.Atoi(first)
	must(t, err)
	all = []int{postmaster}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	must(t, err)
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == first {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			must(t, err)
			all = append(all, pid)
		}
	}
	return all
}

// send sends processes a signal.
func send(pids []int, sig syscall.Signal) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, sig) // it may have ended meanwhile
	}
}
