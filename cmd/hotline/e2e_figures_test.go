package main_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/store"
	"hotline/store/secret"
)

// visitor is somebody signed in to the console, without a browser.
type visitor struct {
	h      *house
	client *http.Client
	token  string
}

// visit signs somebody in.
func (h *house) visit(login string) *visitor {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	v := &visitor{h: h, client: &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}}
	var me struct{ CSRF string }
	v.ask("GET", "/api/session", nil, &me)
	v.token = me.CSRF
	v.ask("POST", "/api/session", map[string]string{"login": login, "password": password}, &me)
	v.token = me.CSRF
	return v
}

// ask sends a request and decodes the answer; nil for none.
func (v *visitor) ask(method, path string, body, answer any) {
	v.h.t.Helper()
	text, err := json.Marshal(body)
	must(v.h.t, err)
	req, err := http.NewRequestWithContext(v.h.t.Context(), method, "http://"+v.h.web+path, bytes.NewReader(text))
	must(v.h.t, err)
	if method != http.MethodGet {
		req.Header.Set("Origin", "http://"+v.h.web)
		req.Header.Set("X-CSRF-Token", v.token)
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := v.client.Do(req)
	must(v.h.t, err)
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	must(v.h.t, err)
	if res.StatusCode/100 != 2 {
		v.h.t.Fatalf("%s %s: %s %s", method, path, res.Status, got)
	}
	if answer != nil {
		must(v.h.t, json.Unmarshal(got, answer))
	}
}

// today is what the console tells of a queue's callers of this day.
type today struct {
	Offered, Answered, Abandoned, Short, Callbacks, Messages, Diverted int
	Level                                                              *float64
}

type hall struct {
	Queues map[string]struct {
		Waiting int
		Today   today
	}
	Callers map[string]struct{ Queue string }
}

// TestFiguresAgree has callers come to every end, one of them moved by a supervisor, and counts them twice: live in the router,
// and from what was filed. Both must say the same of every queue.
func TestFiguresAgree(t *testing.T) {
	t.Parallel()
	h := newHouse(t, plan{desks: 2})
	h.atNoon()
	h.appoint("8200", store.RoleSupervisor)
	h.start()
	one, two := h.desks[0], h.desks[1]
	boss := h.visit("c8200")
	floor := func() (now hall) {
		boss.ask("GET", "/api/floor", nil, &now)
		return now
	}
	waiting := func(queue string, n int) {
		t.Helper()
		await(t, fmt.Sprintf("%d wait in %s", n, queue), func() bool { return floor().Queues[queue].Waiting == n })
	}
	h.seat(t, one.extension, phone.Answering{Script: steps(t, "stay")})
	h.seat(t, two.extension, phone.Answering{Script: steps(t, "stay")})
	served := h.begin(t, "13800000001", one.line)
	h.happened(t, one.line, "connected")
	other := h.begin(t, "13800000002", two.line)
	h.happened(t, two.line, "connected")
	began := time.Now()
	hasty, patient, lucky := h.begin(t, "13800000003", one.line), h.begin(t, "13800000004", one.line), h.begin(t, "13800000005", one.line)
	waiting(one.queue, 3)
	hasty()
	waiting(one.queue, 2)
	moved := h.begin(t, "13800000006", two.line)
	waiting(two.queue, 1)
	for ticket, c := range floor().Callers {
		if c.Queue == two.queue {
			boss.ask("POST", "/api/callers/"+ticket+"/move", map[string]string{"queue": one.queue}, nil)
		}
	}
	waiting(one.queue, 3)
	await(t, "a patient caller has waited for longer than a short abandon", func() bool { return time.Since(began) > 8*time.Second })
	patient()
	waiting(one.queue, 2)
	served()
	await(t, "the next is served", func() bool { return floor().Queues[one.queue].Today.Answered == 2 })
	moved() // nobody holds what both queues ask for
	lucky()
	other()
	h.filed(one.line, 4)
	h.filed(two.line, 2)
	h.agree(boss, one.queue, today{Offered: 5, Answered: 2, Abandoned: 3})
	h.agree(boss, two.queue, today{Offered: 2, Answered: 1, Diverted: 1})
	h.replayed(t, one.queue, 5)
}

// replayed simulates this day from what was filed: as many callers come to a queue as came.
func (h *house) replayed(t *testing.T, queue string, calls int) {
	h.t.Helper()
	table := filepath.Join(h.t.TempDir(), "day.csv")
	centre{h}.command(t, 0, "simulate", "--replay", h.began.In(time.FixedZone("noon", (12-h.began.UTC().Hour())*60*60)).Format(time.DateOnly), "--csv", table)
	rows, err := csv.NewReader(strings.NewReader(readText(h.t, table))).ReadAll()
	must(h.t, err)
	came := 0
	for _, row := range rows[1:] {
		for i, column := range rows[0] {
			if row[1] == queue && (column == "offered" || column == "refused") { // the sample's people know nothing of this queue
				n, err := strconv.Atoi(row[i])
				must(h.t, err)
				came += n
			}
		}
	}
	if came != calls {
		h.t.Errorf("%d callers come to %s, %d came", came, queue, calls)
	}
}

// atNoon puts the centre into a zone in which it is noon: the router's figures are of a day, and a test that runs over
// midnight would see them begin anew.
func (h *house) atNoon() {
	h.env["HOTLINE_ZONE"] = fmt.Sprintf("Etc/GMT%+d", time.Now().UTC().Hour()-12)
}

// begin places a call that goes to the queue and ends when the caller is told to hang up.
func (h *house) begin(t testing.TB, number, line string) (hangUp func()) {
	t.Helper()
	ctx, hangUp := context.WithCancel(context.Background())
	t.Cleanup(hangUp)
	p := h.phone(t, phone.Config{Number: number, Tone: callerHz})
	go func() { _, _ = p.Call(ctx, line, steps(t, "wait 1s, press 1, stay")) }() // ends with the phone
	return hangUp
}

// agree compares the live figures of a queue with those counted from what was filed, and both with what happened. How many
// left at once is for the machine's speed to say; that both say the same is not.
func (h *house) agree(boss *visitor, queue string, want today) {
	h.t.Helper()
	keys, err := secret.Load(filepath.Join(h.data, "keys"), true)
	must(h.t, err)
	db, err := store.Open(h.t.Context(), store.Options{URL: h.url, Keys: keys})
	must(h.t, err)
	defer db.Close()
	var now hall
	boss.ask("GET", "/api/floor", nil, &now)
	live, filed := now.Queues[queue].Today, today{}
	all, err := db.Figures(h.t.Context(), h.began.Add(-time.Minute), time.Now())
	must(h.t, err)
	inTime := 0
	for _, f := range all {
		if f.Queue == queue {
			inTime += f.Level.Answered[0]
			filed = today{
				Offered: filed.Offered + f.Offered, Answered: filed.Answered + f.Answered, Abandoned: filed.Abandoned + f.Abandoned,
				Short: filed.Short + f.Short, Callbacks: filed.Callbacks + f.Callbacks, Messages: filed.Messages + f.Messages, Diverted: filed.Diverted + f.Diverted,
			}
		}
	}
	if live.Level == nil || math.Abs(*live.Level-float64(inTime)/float64(filed.Offered-filed.Short)) > 0.0001 {
		h.t.Errorf("%s: the level is %v, filed are %d in time of %+v", queue, live.Level, inTime, filed)
	}
	if live.Level = nil; live != filed {
		h.t.Errorf("%s: live %+v, filed %+v", queue, live, filed)
	}
	if want.Short = live.Short; live != want {
		h.t.Errorf("%s: live %+v, want %+v", queue, live, want)
	}
}
