package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Ops answers the people and programs that keep the service running. It says nothing of callers or cases.
type Ops struct {
	Metrics prometheus.Gatherer
	Healthy func() error // nil while the program works; an error asks for a restart
	Ready   func() error // nil while new calls are welcome; not while starting or draining
}

// Handler serves /metrics, /healthz (200 or 500), /readyz (200 or 503) and /debug/pprof/.
func (o Ops) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.Metrics, promhttp.HandlerOpts{EnableOpenMetrics: true}))
	mux.HandleFunc("GET /healthz", state(o.Healthy, http.StatusInternalServerError))
	mux.HandleFunc("GET /readyz", state(o.Ready, http.StatusServiceUnavailable))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

func state(ask func() error, bad int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		if err := ask(); err != nil {
			w.WriteHeader(bad)
			fmt.Fprintln(w, err)
			return
		}
		fmt.Fprintln(w, "ok")
	}
}

// Serve serves h on l until ctx ends, then lets running requests finish for up to five seconds. It returns after
// its goroutines.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	return serve(ctx, l, &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute})
}

func serve(ctx context.Context, l net.Listener, server *http.Server) error {
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(grace)
	})
	err := server.Serve(l)
	if stop() { // the listener failed before anybody asked to stop
		return fmt.Errorf("serve http: %w", err)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(fmt.Errorf("serve http: %w", err), <-stopped)
	}
	return <-stopped
}
