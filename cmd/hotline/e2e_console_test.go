package main_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/store"
	"hotline/store/secret"
)

// appoint gives somebody a login to the console, with the test password.
func (h *house) appoint(extension string, role store.Role) {
	h.t.Helper()
	ctx := h.t.Context()
	keys, err := secret.Load(filepath.Join(h.data, "keys"), false)
	must(h.t, err)
	db, err := store.Open(ctx, store.Options{URL: h.url, Keys: keys})
	must(h.t, err)
	defer db.Close()
	if role != store.RoleCounselor {
		_, err := db.AddStaff(ctx, "test", store.Staff{Extension: extension, Name: "Staff " + extension, Login: "c" + extension, Roles: []store.Role{role}})
		must(h.t, err)
	}
	must(h.t, db.SetSIPPassword(ctx, "test", extension, "hotline", password))
	must(h.t, db.SetConsolePassword(ctx, "test", "c"+extension, password))
}

// signIn signs in as a person does.
func (p *tab) signIn(login string) {
	p.t.Helper()
	p.fill("login", login)
	p.fill("password", password)
	p.click("登录")
}

var (
	desktop = size{1440, 900}
	pocket  = size{390, 844}
)

// TestConsole watches a real call on the wallboard in a real browser: as a supervisor, and as a counselor who may not see
// who does what.
func TestConsole(t *testing.T) {
	t.Parallel()
	chromium := requirePeer(t, "chromium")
	h := newHouse(t, plan{desks: 1})
	d := h.desks[0]
	h.appoint("8200", store.RoleSupervisor)
	h.appoint(d.extension, store.RoleCounselor)
	h.start()
	b := openBrowser(t, chromium)
	boss := b.tab(t, "http://"+h.web+"/", desktop)
	axe(t, boss, "the sign-in")
	boss.keep("sign-in")
	boss.fill("login", "c8200")
	boss.fill("password", "wrong")
	boss.click("登录")
	boss.shows("账号或密码错误")
	boss.tell("Page.reload", nil)
	boss.signIn("c8200")
	boss.shows(d.queue, "无人签入", "实时")
	desk := b.tab(t, "http://"+h.web+"/", pocket)
	desk.signIn("c" + d.extension)
	desk.shows(d.queue, "实时")
	told, heard := make(chan phone.Report, 1), make(chan phone.Report, 1)
	h.seat(t, "8200", phone.Answering{Script: steps(t, "stay"), Told: func(r phone.Report) { heard <- r }})
	h.seat(t, d.extension, phone.Answering{After: 3 * time.Second, Script: steps(t, "stay"), Told: func(r phone.Report) { told <- r }})
	boss.shows(d.extension, "1 / 1", "班长")
	talk, hangUp := context.WithCancel(t.Context())
	caller := h.phone(t, phone.Config{Number: "13812345678", Tone: callerHz})
	go func() { _, _ = caller.Call(talk, d.line, steps(t, "wait 1s, press 1, stay")) }()
	boss.shows("(1) 法律援助热线", "正在振铃")
	boss.shows("●通话 1", "接通 1 / 1")
	desk.shows("●通话 1", "接通 1 / 1", "本人")
	boss.keep("supervisor")
	desk.keep("phone")
	for _, p := range []*tab{boss, desk} {
		axe(t, p, "the board")
		if text := run[string](p, `document.documentElement.outerHTML`); strings.Contains(text, "3812345678") {
			t.Error("the caller's number is in the page")
		}
	}
	if text := run[string](desk, `document.querySelector("main").innerText`); strings.Contains(text, d.extension) || strings.Contains(text, "排队来电") {
		t.Errorf("a counselor sees who does what:\n%s", text)
	}
	if wide := run[int](desk, `document.documentElement.scrollWidth`); wide > pocket.width {
		t.Errorf("on a phone the page is %d wide", wide)
	}
	boss.pick(d.extension, "通话")
	boss.shows("监听", "耳语", "强插", "强制签出")
	axe(t, boss, "the dialog")
	boss.keep("dialog")
	boss.click("监听")
	boss.shows("监听中") // in the counselor's card, when the supervisor's phone has answered
	boss.click("耳语")
	boss.shows("耳语中")
	boss.click("退出通话")
	await(t, "nobody listens", func() bool { return !strings.Contains(boss.text(), "耳语中") })
	<-heard
	boss.click("强制签出")
	boss.click("确认强制签出？")
	boss.shows("已签出")
	boss.click("English")
	boss.shows("Legal aid hotline", "In call", "Live")
	boss.click("Sign out")
	boss.shows("Password")
	if bad := b.complaints(); len(onlyOurs(bad)) > 0 {
		t.Errorf("the pages complain: %s", strings.Join(bad, "\n"))
	}
	for _, deed := range []string{"console.signed_in", "console.monitor", "console.whisper", "console.stop", "console.sign_out"} {
		await(t, deed+" is on record", func() bool {
			return h.count(`SELECT count(*) FROM audit_log WHERE actor = '8200' AND action = $1`, deed) == 1
		})
	}
	hangUp()
	<-told
}

// onlyOurs leaves out what the browser says of answers that are meant: the denied sign-in.
func onlyOurs(all []string) []string {
	var kept []string
	for _, c := range all {
		if !strings.Contains(c, "status of 401") {
			kept = append(kept, c)
		}
	}
	return kept
}

// TestConsoleComesBack kills the program under an open page: the page says so, and goes on when it is back.
func TestConsoleComesBack(t *testing.T) {
	t.Parallel()
	chromium := requirePeer(t, "chromium")
	h := newHouse(t, plan{desks: 1})
	h.appoint("8200", store.RoleSupervisor)
	h.start()
	p := openBrowser(t, chromium).tab(t, "http://"+h.web+"/", desktop)
	p.signIn("c8200")
	p.shows("实时")
	h.env["HOTLINE_HTTP_LISTEN"] = h.web
	h.signal(9)
	h.wait()
	p.shows("连接中断，正在重连")
	h.start()
	p.shows("账号") // sessions are in memory: a restart signs everybody out
	p.signIn("c8200")
	p.shows("实时", h.desks[0].queue)
}

// axe has the page looked at by axe-core, which must find nothing against WCAG 2.2 AA or its own best practices.
func axe(t testing.TB, p *tab, what string) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "console", "web", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Logf("axe-core is not installed: %s was not looked at", what)
		return
	}
	await(t, what, func() bool { return run[int](p, `document.querySelectorAll("#page *").length`) > 5 })
	run[any](p, string(source)+"\n;0")
	found := run[[]struct {
		ID    string
		Nodes []struct{ HTML, FailureSummary string }
	}](p, `axe.run().then((r) => { if (r.passes.length < 10) throw new Error("axe saw nothing"); return r.violations; })`)
	for _, v := range found {
		t.Errorf("%s: axe: %s, %d times: %.1000v", what, v.ID, len(v.Nodes), v.Nodes[0])
	}
}

// The page is served with its policy by the program itself, and the metrics tell of it.
func TestConsoleIsServed(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{})
	res, err := http.Get("http://" + h.web + "/")
	must(t, err)
	_ = res.Body.Close()
	if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("the page: %s %v", res.Status, res.Header)
	}
	if !regexp.MustCompile(`(?m)^hotline_console_streams 0$`).MatchString(h.get("/metrics")) {
		t.Error("no metrics of the console")
	}
}
