package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"hotline/store"
	"hotline/store/cluster"
	"hotline/store/journal"
	"hotline/store/secret"
)

// staffCommand is about the people who work at the hotline.
type staffCommand struct {
	List    staffList    `cmd:"" help:"List everybody."`
	Add     staffAdd     `cmd:"" help:"Add somebody; prints the random passwords once."`
	Passwd  staffPasswd  `cmd:"" help:"Set the passwords of somebody anew; prints them once."`
	Qualify staffQualify `cmd:"" help:"Give or change a qualification, or take it away."`
	Traits  staffTraits  `cmd:"" help:"Set what callers may ask for in somebody."`
	Suspend staffStatus  `cmd:"" help:"Suspend somebody: no sign-in, no calls."`
	Restore staffRestore `cmd:"" help:"Let somebody who was suspended work again."`
}

// withDatabase opens the database beside a running service, or starts the embedded one for as long as f takes.
func withDatabase(ctx context.Context, w World, cli *commands, f func(context.Context, Config, *store.DB) error) error {
	c, err := loadConfig(cli.Config, w.Getenv)
	if err != nil {
		return err
	}
	dir := c.path("postgres")
	inUse := journal.Exists(c.path("journal")) || cluster.Exists(dir)
	if !inUse && c.Database == "" {
		return fmt.Errorf("there is no database in %s yet: start the service once (hotline serve)", c.Data)
	}
	keys, err := secret.Load(c.path("keys"), inUse)
	if err != nil {
		return fmt.Errorf("keys in %s: %w", c.path("keys"), err)
	}
	url := c.Database
	if url == "" {
		var running bool
		if url, running = cluster.Running(dir); !running {
			own, err := cluster.Start(ctx, dir, cluster.Options{})
			if err != nil {
				return fmt.Errorf("embedded database: %w", err)
			}
			defer func() { _ = own.Stop() }()
			url = own.URL()
		}
	}
	db, err := store.Open(ctx, store.Options{URL: url, Keys: keys, Area: c.Area, Location: c.Zone.Location, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	defer db.Close()
	return f(ctx, c, db)
}

// actor is who the audit log names for what is done at the command line.
func actor() string {
	if u, err := user.Current(); err == nil {
		return "cli:" + u.Username
	}
	return "cli"
}

type staffList struct{}

// Run lists everybody.
func (staffList) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		all, err := db.ListStaff(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(w.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "EXTENSION\tNAME\tLOGIN\tROLES\tQUALIFICATIONS\tLANGUAGES\tSTATUS")
		for _, s := range all {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Extension, s.Name, s.Login, join(s.Roles), kinds(s), strings.Join(s.Languages, " "), status(s))
		}
		return table.Flush()
	})
}

func join[S ~string](all []S) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func kinds(s store.Staff) string {
	var words []string
	for _, q := range s.Qualifications {
		word := q.Kind
		if !q.ExpiresOn.IsZero() {
			word += "<" + q.ExpiresOn.Format(time.DateOnly)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func status(s store.Staff) string {
	if s.Demo {
		return string(s.Status) + " demo"
	}
	return string(s.Status)
}

type staffAdd struct {
	Extension      string   `arg:"" help:"Extension, three to six digits."`
	Name           string   `arg:"" help:"Name."`
	Login          string   `help:"Login to the console; the extension when empty."`
	Role           []string `help:"Roles." default:"counselor"`
	Qualification  []string `help:"Qualifications, such as minors or labour; kind:level or kind:level:2027-12-31." short:"q"`
	Language       []string `help:"Languages." default:"zh-CN,yue"`
	DialOut        bool     `help:"May call outside numbers."`
	PasswordsStdin bool     `help:"Read the SIP and the console password from standard input, a line each, instead of making them."`
}

// Run adds somebody.
func (a staffAdd) Run(ctx context.Context, w World, cli *commands) error {
	s := store.Staff{Extension: a.Extension, Name: a.Name, Login: a.Login, Languages: a.Language, DialOut: a.DialOut, Status: store.StatusActive}
	if s.Login == "" {
		s.Login = "x" + a.Extension
	}
	for _, r := range a.Role {
		s.Roles = append(s.Roles, store.Role(r))
	}
	for _, text := range a.Qualification {
		q, err := parseQualification(text)
		if err != nil {
			return err
		}
		s.Qualifications = append(s.Qualifications, q)
	}
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		added, err := db.AddStaff(ctx, actor(), s)
		if err != nil {
			return err
		}
		return setPasswords(ctx, w, c, db, added, a.PasswordsStdin)
	})
}

// parseQualification reads kind, kind:level or kind:level:date.
func parseQualification(text string) (store.Qualification, error) {
	parts := strings.Split(text, ":")
	q := store.Qualification{Kind: parts[0], Level: 3}
	if len(parts) > 1 {
		level, err := parseCount(parts[1])
		if err != nil || level > 5 {
			return q, fmt.Errorf("qualification %s: the level is 1 to 5", text)
		}
		q.Level = level
	}
	if len(parts) > 2 {
		until, err := time.Parse(time.DateOnly, parts[2])
		if err != nil {
			return q, fmt.Errorf("qualification %s: %q is no date, such as 2027-12-31", text, parts[2])
		}
		q.ExpiresOn = until
	}
	if len(parts) > 3 {
		return q, fmt.Errorf("qualification %s: expected kind:level:date", text)
	}
	return q, nil
}

type staffPasswd struct {
	Extension      string `arg:"" help:"Extension."`
	PasswordsStdin bool   `help:"Read the SIP and the console password from standard input, a line each."`
}

// Run sets passwords anew.
func (p staffPasswd) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, c Config, db *store.DB) error {
		s, err := db.StaffByExtension(ctx, p.Extension)
		if err != nil {
			return err
		}
		return setPasswords(ctx, w, c, db, s, p.PasswordsStdin)
	})
}

var errTwoLines = errors.New("expected two lines on standard input: the SIP password and the console password, 12 characters or more")

func setPasswords(ctx context.Context, w World, c Config, db *store.DB, s store.Staff, given bool) error {
	phone, console := secret.NewPassword(), secret.NewPassword()
	if given {
		lines := bufio.NewScanner(w.Stdin)
		if lines.Scan() {
			phone = lines.Text()
		}
		if !lines.Scan() || len(phone) < 12 || len(lines.Text()) < 12 {
			return errTwoLines
		}
		console = lines.Text()
	}
	if err := db.SetSIPPassword(ctx, actor(), s.Extension, c.SIP.Realm, phone); err != nil {
		return err
	}
	if err := db.SetConsolePassword(ctx, actor(), s.Login, console); err != nil {
		return err
	}
	if !given {
		fmt.Fprintf(w.Stdout, "extension %s  SIP password %s\nlogin %s  console password %s\n", s.Extension, phone, s.Login, console)
	}
	return nil
}

type staffQualify struct {
	Extension     string `arg:"" help:"Extension."`
	Qualification string `arg:"" help:"kind, kind:level or kind:level:2027-12-31."`
	Remove        bool   `help:"Take it away."`
}

// Run changes a qualification.
func (q staffQualify) Run(ctx context.Context, w World, cli *commands) error {
	parsed, err := parseQualification(q.Qualification)
	if err != nil {
		return err
	}
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		if q.Remove {
			return db.RemoveQualification(ctx, actor(), q.Extension, parsed.Kind)
		}
		return db.SetQualification(ctx, actor(), q.Extension, parsed)
	})
}

type staffStatus struct {
	Extension []string `arg:"" help:"Extensions; demo for everybody of the demo centre."`
}

// Run suspends people.
func (s staffStatus) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		return setStatus(ctx, db, s.Extension, store.StatusSuspended)
	})
}

type staffRestore struct {
	Extension []string `arg:"" help:"Extensions."`
}

// Run lets people work again.
func (s staffRestore) Run(ctx context.Context, w World, cli *commands) error {
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		return setStatus(ctx, db, s.Extension, store.StatusActive)
	})
}

func setStatus(ctx context.Context, db *store.DB, extensions []string, to store.Status) error {
	all, err := db.ListStaff(ctx)
	if err != nil {
		return err
	}
	for _, want := range extensions {
		found := false
		for _, s := range all {
			if s.Extension != want && (want != "demo" || !s.Demo) {
				continue
			}
			found = true
			if err := db.SetStatus(ctx, actor(), s.Extension, to); err != nil {
				return err
			}
		}
		if !found {
			return fmt.Errorf("nobody has extension %s", want)
		}
	}
	return nil
}
