package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strings"

	"hotline/store"
)

// demoStaffFile keeps the random passwords of the demo centre, for whoever may read the data folder.
const demoStaffFile = "demo-staff.csv"

// seed makes the demo centre when the database is empty and nothing is configured that says otherwise.
func (p *program) seed(ctx context.Context) error {
	made, err := p.storage.db.Seed(ctx, p.config.SIP.Realm, func(all []store.Credential) error {
		return writeCredentials(p.config.path(demoStaffFile), all)
	})
	if err != nil {
		return fmt.Errorf("demo centre: %w", err)
	}
	if made {
		p.seeded = true
		p.log.Info("a demo centre was made", "passwords", p.config.path(demoStaffFile))
	}
	return nil
}

func writeCredentials(path string, all []store.Credential) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	_ = w.Write([]string{"extension", "name", "roles", "qualifications", "sip_password", "console_login", "console_password"}) // told by Flush
	for _, c := range all {
		var roles, kinds []string
		for _, r := range c.Staff.Roles {
			roles = append(roles, string(r))
		}
		for _, q := range c.Staff.Qualifications {
			kinds = append(kinds, q.Kind)
		}
		_ = w.Write([]string{
			c.Staff.Extension, c.Staff.Name, strings.Join(roles, " "), strings.Join(kinds, " "),
			c.SIPPassword, c.Staff.Login, c.ConsolePassword,
		})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// credential is a row of the demo staff file.
type credential struct{ extension, name, roles, qualifications, password string }

func readCredentials(path string) ([]credential, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var all []credential
	for _, r := range rows[1:] {
		all = append(all, credential{extension: r[0], name: r[1], roles: r[2], qualifications: r[3], password: r[4]})
	}
	return all, nil
}
