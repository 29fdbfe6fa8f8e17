package console_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// browser keeps cookies and the token, as the page does.
type browser struct {
	r       *rig
	host    string
	origin  string
	from    string
	token   string
	cookies map[string]*http.Cookie
	header  map[string]string // added to every request
}

func (r *rig) browser() *browser {
	return &browser{
		r: r, host: "127.0.0.1:8080", origin: "http://127.0.0.1:8080", from: "127.0.0.1:40000",
		cookies: map[string]*http.Cookie{}, header: map[string]string{},
	}
}

func (b *browser) request(method, path, body string) *http.Request {
	req := httptest.NewRequestWithContext(b.r.t.Context(), method, path, strings.NewReader(body))
	req.Host, req.RemoteAddr = b.host, b.from
	for _, c := range b.cookies {
		req.AddCookie(c)
	}
	if method != http.MethodGet {
		req.Header.Set("Origin", b.origin)
		req.Header.Set("X-CSRF-Token", b.token)
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range b.header {
		req.Header.Set(k, v)
		if v == "" {
			req.Header.Del(k)
		}
	}
	return req
}

func (b *browser) do(method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.r.handler.ServeHTTP(w, b.request(method, path, body))
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c
	}
	return w
}

// expect asks and fails the test unless the answer has the status, and the code when one is given.
func (b *browser) expect(status int, code, method, path, body string) *httptest.ResponseRecorder {
	b.r.t.Helper()
	w := b.do(method, path, body)
	if w.Code != status || (code != "" && !strings.Contains(w.Body.String(), `"code":"`+code+`"`)) {
		b.r.t.Fatalf("%s %s: %d %s, want %d %s", method, path, w.Code, w.Body, status, code)
	}
	return w
}

// me is what GET /api/session answers.
type me struct {
	SignedIn bool     `json:"signed_in"`
	CSRF     string   `json:"csrf"`
	Name     string   `json:"name"`
	Agent    string   `json:"agent"`
	Wall     bool     `json:"wall"`
	May      []string `json:"may"`
}

func (b *browser) me(w *httptest.ResponseRecorder) me {
	b.r.t.Helper()
	return decode[me](b.r.t, w.Body.Bytes())
}

func decode[T any](t testing.TB, text []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// signIn opens the page and signs in.
func (r *rig) signIn(login string, wall bool) *browser {
	r.t.Helper()
	b := r.browser()
	b.token = b.me(b.expect(200, "", "GET", "/api/session", "")).CSRF
	body, _ := json.Marshal(map[string]any{"login": login, "password": login, "wall": wall})
	m := b.me(b.expect(200, "", "POST", "/api/session", string(body)))
	if b.token = m.CSRF; !m.SignedIn {
		r.t.Fatalf("not signed in: %+v", m)
	}
	return b
}
