package console_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hotline/console"
	"hotline/store"
)

const credentials = `{"login":"desk","password":"desk"}`

func TestSignInTellsWhatThePersonMay(t *testing.T) {
	for _, tc := range []struct {
		login string
		wall  bool
		may   string
		name  string
	}{
		{"boss", false, "names steer listen confer work", "Zhou Ping"},
		{"lead", false, "names", "Qian Yi"},
		{"desk", false, "work", "Li Na"},
		{"boss", true, "", ""}, // a screen that everybody walks past
	} {
		r := newRig(t, nil)
		b := r.signIn(tc.login, tc.wall)
		m := b.me(b.expect(200, "", "GET", "/api/session", ""))
		if got := strings.Join(m.May, " "); got != tc.may || m.Name != tc.name || m.Wall != tc.wall {
			t.Errorf("%s: %+v", tc.login, m)
		}
		if m.Agent == "8010" || m.Agent == "8001" {
			t.Errorf("%s: the key is the extension", tc.login)
		}
	}
}

func TestCookiesKeepToThemselves(t *testing.T) {
	secure := func(c *console.Config) { c.Web.Origins = []string{"https://hotline.example"} }
	for _, tc := range []struct {
		origin string
		adapt  func(*console.Config)
		name   string
	}{
		{"http://127.0.0.1:8080", nil, "hotline"},
		{"https://hotline.example", secure, "__Host-hotline"},
	} {
		r := newRig(t, tc.adapt)
		b := r.browser()
		b.origin = tc.origin
		_, b.host, _ = strings.Cut(tc.origin, "://")
		b.token = b.me(b.expect(200, "", "GET", "/api/session", "")).CSRF
		form := b.cookies[tc.name+"-form"]
		w := b.expect(200, "", "POST", "/api/session", credentials)
		c := b.cookies[tc.name]
		if form == nil || c == nil || b.cookies[form.Name] != nil {
			t.Fatalf("cookies %v, then %v", form, w.Result().Cookies())
		}
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure != strings.HasPrefix(tc.origin, "https") || c.Domain != "" {
			t.Errorf("cookie %+v", c)
		}
		if len(c.Value) < 43 || strings.Contains(w.Body.String(), c.Value) {
			t.Errorf("the page's answer holds the session's token: %s", w.Body)
		}
		if hsts := w.Header().Get("Strict-Transport-Security"); (hsts != "") != c.Secure {
			t.Errorf("HSTS %q", hsts)
		}
	}
}

func TestSignInRefuses(t *testing.T) {
	r := newRig(t, nil)
	for _, tc := range []struct {
		name, body, code string
		status           int
		change           func(*browser)
	}{
		{"wrong password", `{"login":"desk","password":"x"}`, "denied", 401, nil},
		{"nobody", `{"login":"ghost","password":"ghost"}`, "denied", 401, nil},
		{"empty", `{"login":"","password":""}`, "denied", 401, nil},
		{"huge password", `{"login":"desk","password":"` + strings.Repeat("x", 300) + `"}`, "denied", 401, nil},
		{"huge body", `{"login":"` + strings.Repeat("x", 20_000) + `"}`, "too_large", 413, nil},
		{"unknown field", `{"login":"desk","password":"desk","role":"supervisor"}`, "bad_request", 400, nil},
		{"two values", credentials + credentials, "bad_request", 400, nil},
		{"form", "login=desk", "wrong_media", 415, func(b *browser) { b.header["Content-Type"] = "application/x-www-form-urlencoded" }},
		{"no token", credentials, "wrong_token", 403, func(b *browser) { b.token = "" }},
		{"no cookie", credentials, "wrong_token", 403, func(b *browser) { clear(b.cookies) }},
		{"no origin", credentials, "wrong_origin", 403, func(b *browser) { b.header["Origin"] = "" }},
		{"foreign origin", credentials, "wrong_origin", 403, func(b *browser) { b.origin = "http://evil.example" }},
		{"foreign page", credentials, "wrong_origin", 403, func(b *browser) { b.header["Sec-Fetch-Site"] = "cross-site" }},
		{"another port", credentials, "wrong_origin", 403, func(b *browser) { b.origin = "http://127.0.0.1:9999" }},
		{"rebound name", credentials, "wrong_host", 421, func(b *browser) { b.host, b.origin = "evil.example", "http://evil.example" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := r.browser()
			b.from = fmt.Sprintf("127.0.0.%d:5", 1+len(tc.name)) // each its own limit
			b.token = b.me(b.expect(200, "", "GET", "/api/session", "")).CSRF
			if tc.change != nil {
				tc.change(b)
			}
			w := b.expect(tc.status, tc.code, "POST", "/api/session", tc.body)
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %s", got)
			}
			if b.cookies["hotline"] != nil {
				t.Error("a session all the same")
			}
		})
	}
	if text := r.log.String(); strings.Contains(text, "ghost") {
		t.Errorf("what was typed is in the log:\n%s", text)
	}
}

func TestTheDatabaseIsAway(t *testing.T) {
	r := newRig(t, nil)
	b := r.browser()
	b.token = b.me(b.expect(200, "", "GET", "/api/session", "")).CSRF
	r.staff.err = errors.New("connection refused")
	w := b.expect(503, "away", "POST", "/api/session", credentials)
	if strings.Contains(w.Body.String(), "refused") {
		t.Errorf("our error reaches the browser: %s", w.Body)
	}
}

// Whoever fails waits; the counselor at another desk does not.
func TestFailedSignInsAreHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		thief, owner := r.browser(), r.browser()
		thief.from, owner.from = "127.0.0.2:1", "127.0.0.3:1"
		for _, b := range []*browser{thief, owner} {
			b.token = b.me(b.expect(200, "", "GET", "/api/session", "")).CSRF
		}
		wrong := `{"login":"desk","password":"guess"}`
		for range 10 {
			thief.expect(401, "denied", "POST", "/api/session", wrong)
		}
		w := thief.expect(429, "too_many_tries", "POST", "/api/session", credentials)
		if w.Header().Get("Retry-After") != "60" {
			t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
		}
		owner.token = owner.me(owner.expect(200, "", "POST", "/api/session", credentials)).CSRF
		time.Sleep(time.Minute)
		for range 10 { // which meets the limit of the login
			thief.expect(401, "denied", "POST", "/api/session", wrong)
		}
		time.Sleep(time.Minute)
		thief.expect(429, "too_many_tries", "POST", "/api/session", credentials)
		owner.expect(401, "denied", "POST", "/api/session", wrong)
	})
}

func TestAddressesBehindAProxyCountEach(t *testing.T) {
	r := newRig(t, func(c *console.Config) {
		c.Web.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")}
		c.Limits.Tries = 1
	})
	try := func(from, forwarded string) int {
		b := r.browser()
		b.from = from
		b.header["X-Forwarded-For"] = forwarded
		b.token = b.me(b.expect(200, "", "GET", "/api/session", "")).CSRF
		return b.do("POST", "/api/session", `{"login":"x","password":"y"}`).Code
	}
	for _, tc := range []struct {
		from, forwarded string
		status          int
	}{
		{"127.0.0.9:1", "10.0.0.1", 401},
		{"127.0.0.9:1", "10.0.0.2", 401},
		{"127.0.0.9:1", "10.0.0.99, 10.0.0.1", 429}, // what the client claims itself is not believed
		{"127.0.0.8:1", "10.0.0.7", 401},            // no proxy of ours
		{"127.0.0.8:1", "10.0.0.8", 429},
		{"127.0.0.9:1", "nonsense", 401},
	} {
		if got := try(tc.from, tc.forwarded); got != tc.status {
			t.Errorf("%s for %s: %d, want %d", tc.from, tc.forwarded, got, tc.status)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	for _, tc := range []struct {
		name string
		wall bool
		step time.Duration // between two requests
		span time.Duration
		on   bool // still signed in
	}{
		{"in use", false, 20 * time.Minute, 11 * time.Hour, true},
		{"idle", false, 31 * time.Minute, 31 * time.Minute, false},
		{"a whole day", false, 20 * time.Minute, 12 * time.Hour, false},
		{"wall untouched", true, 6 * 24 * time.Hour, 6 * 24 * time.Hour, true},
		{"wall for a week", true, 24 * time.Hour, 7 * 24 * time.Hour, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newRig(t, nil).signIn("boss", tc.wall)
				var on bool
				for gone := time.Duration(0); gone < tc.span; gone += tc.step {
					time.Sleep(tc.step)
					on = b.do("GET", "/api/floor", "").Code == 200
				}
				if on != tc.on {
					t.Errorf("signed in: %t", on)
				}
			})
		})
	}
}

func TestSuspendedStaffAreNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		boss, wall := r.signIn("boss", false), r.signIn("boss", true)
		r.staff.change("boss", func(s *store.Staff) { s.Roles = []store.Role{store.RoleCounselor} })
		boss.expect(410, "", "POST", "/api/callers/77/priority", `{"points":1}`)
		time.Sleep(31 * time.Second)
		boss.expect(403, "forbidden", "POST", "/api/callers/77/priority", `{"points":1}`)
		r.staff.err = errors.New("away")
		time.Sleep(31 * time.Second)
		boss.expect(200, "", "GET", "/api/floor", "")
		r.staff.err = nil
		r.staff.change("boss", func(s *store.Staff) { s.Status = store.StatusSuspended })
		time.Sleep(31 * time.Second)
		boss.expect(401, "signed_out", "GET", "/api/floor", "")
		wall.expect(401, "signed_out", "GET", "/api/floor", "")
	})
}

func TestSessionsOfOnePersonAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, nil)
		var all []*browser
		for range 21 {
			time.Sleep(time.Second)
			all = append(all, r.signIn("desk", false))
		}
		all[0].expect(401, "signed_out", "GET", "/api/floor", "")
		all[1].expect(200, "", "GET", "/api/floor", "")
		small := newRig(t, func(c *console.Config) { c.Limits.Sessions = 2 })
		first := small.signIn("desk", false)
		for _, login := range []string{"boss", "lead"} {
			time.Sleep(time.Second)
			small.signIn(login, false)
		}
		first.expect(401, "signed_out", "GET", "/api/floor", "")
	})
}

func TestSignOutAndSignInAgain(t *testing.T) {
	r := newRig(t, nil)
	b := r.signIn("desk", false)
	old := b.cookies["hotline"]
	b.token = b.me(b.expect(200, "", "POST", "/api/session", `{"login":"boss","password":"boss"}`)).CSRF
	if b.cookies["hotline"].Value == old.Value {
		t.Error("the token outlives the person")
	}
	stale := r.browser()
	stale.cookies["hotline"] = old
	stale.expect(401, "signed_out", "GET", "/api/floor", "")
	b.header["X-CSRF-Token"] = "wrong"
	b.expect(403, "wrong_token", "DELETE", "/api/session", "")
	delete(b.header, "X-CSRF-Token")
	b.expect(204, "", "DELETE", "/api/session", "")
	b.expect(401, "signed_out", "GET", "/api/floor", "")
	want := []string{"8001 console.signed_in staff:8001", "8010 console.signed_in staff:8010"}
	if got := strings.Split(r.audit.text(), "\n"); !slices.Equal(got, want) {
		t.Errorf("audit log %q", got)
	}
}

func TestDeedsAreNotHeldUpByTheAuditLog(t *testing.T) {
	r := newRig(t, nil)
	r.audit.err = errors.New("away")
	r.signIn("boss", false)
	if !strings.Contains(r.log.String(), "deed not in the audit log") {
		t.Errorf("the log keeps no trace:\n%s", &r.log)
	}
}
