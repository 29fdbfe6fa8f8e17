package console_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"hotline/console"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ops(healthy, ready error) http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "hotline_test_calls"}, func() float64 { return 7 }))
	return console.Ops{
		Metrics: reg,
		Healthy: func() error { return healthy },
		Ready:   func() error { return ready },
	}.Handler()
}

func TestOpsAnswers(t *testing.T) {
	sick, draining := errors.New("journal: disk full"), errors.New("draining")
	for _, tc := range []struct {
		name, path     string
		healthy, ready error
		status         int
		body           string
	}{
		{"healthy", "/healthz", nil, draining, 200, "ok\n"},
		{"sick", "/healthz", sick, nil, 500, "journal: disk full\n"},
		{"ready", "/readyz", sick, nil, 200, "ok\n"},
		{"draining", "/readyz", nil, draining, 503, "draining\n"},
		{"metrics", "/metrics", nil, nil, 200, "hotline_test_calls 7"},
		{"profiles", "/debug/pprof/", nil, nil, 200, "goroutine"},
		{"unknown", "/cases", nil, nil, 404, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			ops(tc.healthy, tc.ready).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", tc.path, nil))
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.body) {
				t.Errorf("got %d %q, want %d with %q", w.Code, w.Body, tc.status, tc.body)
			}
		})
	}
}

func TestServeStopsWithItsContext(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- console.Serve(ctx, l, ops(nil, nil)) }()
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://"+l.Addr().String()+"/healthz", nil)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if string(body) != "ok\n" {
		t.Errorf("got %q", body)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("serve: %v", err)
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if err := console.Serve(t.Context(), l, http.NotFoundHandler()); err == nil {
		t.Error("no error from a closed listener")
	}
}
