package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/console"
	"hotline/ivr"
)

// reloadPath is where the running program is told to read flows and recordings anew.
const reloadPath = "/flows/reload"

// reloadHeader keeps pages of browsers on this machine from telling it: they may not send a header of ours.
const reloadHeader = "X-Hotline-Command"

// opsHandler serves what console.Ops does, and takes the command to reload.
func (p *program) opsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", console.Ops{Metrics: p.metrics, Healthy: p.healthy, Ready: p.ready}.Handler())
	mux.HandleFunc("POST "+reloadPath, p.reload)
	return mux
}

// reload puts the flows of the folder in force, all or none, and answers with every fault.
func (p *program) reload(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.Header.Get(reloadHeader) == "" {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintln(w, "this is for hotline flow reload")
		return
	}
	err := p.floor.flows.Reload(p.config.shipped(), time.Now())
	p.reloaded(err)
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintln(w, err)
		return
	}
	fmt.Fprintf(w, "edition %.12s is in force\n", p.floor.flows.Edition().Hash())
}

// reloaded tells of a reload. Recordings are read anew in any case: a caller hears the new ones from the next call on.
func (p *program) reloaded(err error) {
	p.floor.prompts.Forget()
	if err != nil {
		p.floor.refused.Set(1)
		p.log.Error("call flows not reloaded, the old ones stay in force", "error", err)
		return
	}
	p.floor.refused.Set(0)
	p.log.Info("call flows reloaded", "edition", p.floor.flows.Edition().Hash())
}

// loadEdition loads the flows the service begins with. A year whose holidays nobody has entered is told as lacking, and
// keeps no line from being answered; any other fault does.
func loadEdition(files fs.FS, now time.Time) (e *ivr.Edition, lacking, err error) {
	if e, err = ivr.Load(files, now); err == nil {
		return e, nil, nil
	}
	if borne, faults := ivr.Load(files, time.Time{}); faults == nil {
		return borne, err, nil
	}
	return nil, nil, err
}

// newRefused is the metric that says that the folder's flows are not those in force.
func newRefused() prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "hotline_flows_refused", Help: "1 while the folder of call flows has faults and older ones stay in force.",
	})
}

type flowReload struct{}

// Run has the running program read flows and recordings anew.
func (flowReload) Run(ctx context.Context, w World, cli *commands) error {
	c, err := loadConfig(cli.Config, w.Getenv)
	if err != nil {
		return err
	}
	said, err := askReload(ctx, c)
	if err == nil {
		fmt.Fprint(w.Stdout, said)
	}
	return err
}

// askReload tells the program on this machine to reload, and gives its answer.
func askReload(ctx context.Context, c Config) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.Ops.String()+reloadPath, http.NoBody)
	if err != nil {
		return "", err
	}
	request.Header.Set(reloadHeader, "reload")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("no service answers on %s (ops.listen): %w", c.Ops, err)
	}
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = errors.New(strings.TrimSpace(string(said)))
	}
	return string(said), err
}
