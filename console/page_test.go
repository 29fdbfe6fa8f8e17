package console_test

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"

	"hotline/console"
)

func TestEveryAnswerDefendsItself(t *testing.T) {
	r := newRig(t, nil)
	b := r.browser()
	for _, path := range []string{"/", "/api/session", "/api/floor", "/nothing"} {
		h := b.do("GET", path, "").Header()
		policy := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: no %s in %q", path, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestThePage(t *testing.T) {
	r := newRig(t, nil)
	b := r.browser()
	w := b.expect(200, "", "GET", "/", "")
	page := w.Body.String()
	if w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("page: %v", w.Header())
	}
	files := regexp.MustCompile(`(?:src|href)="(/[^"]+)"`).FindAllStringSubmatch(page, -1)
	for _, f := range files {
		w := b.expect(200, "", "GET", f[1], "")
		if strings.HasPrefix(f[1], "/assets/") && !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %v", f[1], w.Header())
		}
	}
	if strings.Contains(page, "<style") || strings.Contains(page, "<script>") || strings.Contains(page, " style=") || strings.Contains(page, "http") {
		t.Errorf("the page breaks its own policy or asks others:\n%s", page)
	}
	b.header["If-None-Match"] = w.Header().Get("ETag")
	b.expect(304, "", "GET", "/", "")
	delete(b.header, "If-None-Match")
	b.expect(405, "wrong_method", "POST", "/", "")
	b.expect(404, "not_found", "GET", "/web/dist/index.html", "")
	b.expect(404, "not_found", "GET", "/assets/", "")
}

func TestThePageIsCompressed(t *testing.T) {
	r := newRig(t, nil)
	b := r.browser()
	plain := b.expect(200, "", "GET", "/", "")
	b.header["Accept-Encoding"] = "br, gzip"
	w := b.expect(200, "", "GET", "/", "")
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Skip("too small to be compressed")
	}
	z, err := gzip.NewReader(w.Body)
	must(t, err)
	text, err := io.ReadAll(z)
	must(t, err)
	if string(text) != plain.Body.String() || w.Header().Get("ETag") == plain.Header().Get("ETag") {
		t.Error("compressed it is another page, or has the same tag")
	}
}

func TestConfigNamesEveryFault(t *testing.T) {
	_, err := console.New(console.Config{Web: console.Web{Origins: []string{"hotline.example", "https://hotline.example:443"}}})
	for _, want := range []string{"must be set", `"hotline.example" is not an origin`, "browsers leave out port 443"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	for origin, ok := range map[string]bool{
		"https://hotline.example": true, "http://10.1.2.3:8080": true, "https://Hotline.example": false, "https://hotline.example/": false,
		"ftp://x": false, "https://": false, "http://x:80": false, "%": false,
	} {
		if err := console.CheckOrigin(origin); (err == nil) != ok {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

// A peer with idle connections keeps nobody else out.
func TestConnectionsOfOneAddressAreBounded(t *testing.T) {
	r := newRig(t, nil)
	address, _ := r.serve()
	dial := func(from string) net.Conn {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.DialContext(context.Background(), "tcp", address)
		must(t, err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	for range 200 {
		dial("127.0.0.2")
	}
	if _, err := dial("127.0.0.2").Read(make([]byte, 1)); err == nil {
		t.Error("the 201st connection is served")
	}
	other := dial("127.0.0.3")
	_, err := io.WriteString(other, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
	must(t, err)
	if text, err := io.ReadAll(other); err != nil || !strings.HasPrefix(string(text), "HTTP/1.0 200") {
		t.Errorf("%v %.40q", err, text)
	}
}

// The page of the API names every route and every error, and no others.
func TestAPIPage(t *testing.T) {
	b, err := os.ReadFile("API.md")
	must(t, err)
	written := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(string(b), -1) {
		written[m[1]] = true
	}
	r := newRig(t, nil)
	for _, name := range append(r.server.Patterns(), console.Problems()...) {
		if !written[name] {
			t.Errorf("API.md does not name %s", name)
		}
		delete(written, name)
	}
	for name := range written {
		t.Errorf("API.md names %s, which is not there", name)
	}
}
