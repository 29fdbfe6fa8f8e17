package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"strings"
	"time"

	"hotline/ivr"
	"hotline/media"
	"hotline/store"
)

// checkCommand looks at everything the service will rely on, without touching it.
type checkCommand struct{}

// Run reports every fault it can find, one line each; what is in order it names too.
func (checkCommand) Run(ctx context.Context, w World, cli *commands) error {
	c, err := loadConfig(cli.Config, w.Getenv)
	faults := []error{err}
	report := func(what string, err error) {
		faults = append(faults, err)
		if err == nil {
			fmt.Fprintf(w.Stdout, "%s: ok\n", what)
		}
	}
	if err == nil {
		fmt.Fprintln(w.Stdout, "configuration: ok")
	}
	report("data folder", checkData(c))
	report("ports", checkPorts(ctx, c))
	report("call flows", checkFlows(c))
	report("recordings of prompts", checkSounds(c))
	report("database", checkDatabase(ctx, w, cli, c))
	return errors.Join(faults...)
}

func checkData(c Config) error {
	if _, err := os.Stat(c.Data); errors.Is(err, fs.ErrNotExist) {
		return nil // made at the first start
	}
	return (&program{config: c}).openData(context.Background())
}

// checkPorts tries to listen where the service will; a service that runs already is told as such.
func checkPorts(ctx context.Context, c Config) error {
	var faults []error
	for name, a := range map[string]Address{"http.listen": c.HTTP, "ops.listen": c.Ops, "sip.listen": c.SIP.Listen[0]} {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.String())
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %s is in use, or not an address of this machine", name, a))
			continue
		}
		faults = append(faults, l.Close())
	}
	return errors.Join(faults...)
}

func checkFlows(c Config) error {
	_, err := ivr.Load(c.shipped(), time.Now())
	return err
}

// checkSounds opens every recording of the centre's own.
func checkSounds(c Config) error {
	if c.Prompts == "" {
		return nil
	}
	var faults []error
	folder := os.DirFS(c.Prompts)
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(path.Ext(name), ".wav") {
			return err
		}
		b, err := fs.ReadFile(folder, name)
		if err == nil {
			_, err = media.LoadPrompt(b)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", path.Join(c.Prompts, name), plain(err)))
		}
		return nil
	})
	return errors.Join(append(faults, err)...)
}

// checkDatabase asks the database for lines that can be dialled and flows that serve them.
func checkDatabase(ctx context.Context, w World, cli *commands, c Config) error {
	if _, err := os.Stat(c.path("postgres")); c.Database == "" && err != nil {
		return nil // made at the first start
	}
	limit, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	return withDatabase(limit, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		roster, err := db.Roster(ctx)
		if err != nil {
			return err
		}
		edition, err := ivr.Load(c.shipped(), time.Now())
		if err != nil {
			return nil //nolint:nilerr // told by checkFlows
		}
		return checkRoster(roster, edition)
	})
}

// checkRoster finds lines without a flow and queues that flows name and nobody has made.
func checkRoster(r store.Roster, e *ivr.Edition) error {
	var faults []error
	for _, l := range r.Lines {
		if _, ok := e.Flow(l.Flow); !ok {
			faults = append(faults, fmt.Errorf("line %s: no flow %s", l.Number, l.Flow))
		}
	}
	have := map[string]store.Queue{}
	for _, q := range r.Queues {
		have[q.Code] = q
	}
	for name, q := range e.Centre().Queues {
		made, ok := have[name]
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("queue %s: flows send callers there, but it does not exist", name))
		case q.Minors && !made.Minors:
			faults = append(faults, fmt.Errorf("queue %s: flows send minors there, but it does not require the minors qualification", name))
		}
	}
	return errors.Join(faults...)
}
