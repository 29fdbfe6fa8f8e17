package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"text/tabwriter"
	"time"

	"hotline/callflows/voice"
	"hotline/store"
	"hotline/store/event"
	"hotline/switchboard"
)

// takes are the prompts that staff speak into a telephone: their sounds lie in a folder, what is known of them in the
// database. It implements switchboard.Takes.
type takes struct {
	db     *store.DB
	folder string
}

// File implements switchboard.Takes.
func (t takes) File(ctx context.Context, number string) (string, error) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return "", switchboard.ErrNoTake
	}
	take, err := t.db.TakeByNumber(ctx, n)
	if errors.Is(err, store.ErrNotFound) || err == nil && take.State == store.TakeApproved {
		return "", switchboard.ErrNoTake
	}
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(t.folder, 0o700); err != nil {
		return "", err
	}
	return filepath.Join(t.folder, fmt.Sprintf("%d-%s.wav", n, event.NewID(time.Now()))), nil
}

// Keep implements switchboard.Takes.
func (t takes) Keep(ctx context.Context, number, extension, path string, length time.Duration) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return switchboard.ErrNoTake
	}
	return t.db.KeepTake(ctx, extension, n, filepath.Base(path), length)
}

type promptsAsk struct {
	Name string `arg:"" help:"Prompt, such as P-GREET."`
	Lang string `help:"Language." required:"" enum:"zh-CN,yue,en"`
}

// Run gives a number to a prompt, for recording it over the phone.
func (a promptsAsk) Run(ctx context.Context, w World, cli *commands) error {
	s, err := cli.Prompts.studio(w, cli)
	if err != nil {
		return err
	}
	line, err := s.Book().Find(a.Lang, a.Name)
	if err != nil {
		return err
	}
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		number, err := db.AskTake(ctx, actor(), a.Lang, a.Name, line.Text)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.Stdout, "dial %s%d from an extension, and say: %s\n", switchboard.FeatureTake, number, line.Text)
		return nil
	})
}

type promptsTakes struct{}

// Run lists what was asked for over the phone and is not in force.
func (promptsTakes) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		list, err := db.Takes(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "NUMBER\tSTATE\tPROMPT\tBY\tSECONDS\tFILE\tWORDS")
		for _, t := range list {
			path := t.Path
			if path != "" {
				path = c.path("takes", path)
			}
			fmt.Fprintf(table, "%d\t%s\t%s/%s\t%s\t%.1f\t%s\t%s\n", t.Number, t.State, t.Language, t.Name, t.By, t.Length.Seconds(), path, t.Words)
		}
		return table.Flush()
	})
}

type promptsApprove struct {
	Number int `arg:"" help:"Number of the recording."`
}

var errWordsChanged = errors.New("the words have changed since it was asked for: ask for it again")

// Run puts a recording in force.
func (a promptsApprove) Run(ctx context.Context, w World, cli *commands) error {
	s, err := cli.Prompts.writable(w, cli)
	if err != nil {
		return err
	}
	err = withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		return db.DecideTake(ctx, actor(), a.Number, true, func(t store.Take) error {
			line, err := s.Book().Find(t.Language, t.Name)
			if err != nil {
				return err
			}
			if line.Text != t.Words {
				return errWordsChanged
			}
			file, err := os.Open(c.path("takes", t.Path))
			if err != nil {
				return err
			}
			defer func() { _ = file.Close() }()
			return s.WriteImport(ctx, w.Stdout, voice.Recording{Lang: t.Language, Name: t.Name, Speaker: "extension " + t.By, Audio: file})
		})
	})
	if err != nil {
		return err
	}
	c, err := loadConfig(cli.Config, w.Getenv)
	if err != nil {
		return err
	}
	if _, err := askReload(ctx, c); err != nil {
		fmt.Fprintln(w.Stdout, "callers hear it when the service has read its recordings anew (hotline flow reload)")
	}
	return nil
}

type promptsReject struct {
	Number int `arg:"" help:"Number of the recording."`
}

// Run refuses a recording: it may be spoken again under the same number.
func (r promptsReject) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		return db.DecideTake(ctx, actor(), r.Number, false, func(t store.Take) error {
			if err := os.Remove(c.path("takes", t.Path)); !errors.Is(err, os.ErrNotExist) {
				return err
			}
			return nil
		})
	})
}
