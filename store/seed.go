package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"hotline/store/secret"
)

// Credential is how a seeded member of staff signs in. It exists in clear only here.
type Credential struct {
	Staff           Staff
	SIPPassword     string
	ConsolePassword string
}

// Seed makes the demo centre in an empty database: three lines, their queues and
// twelve members of staff with random passwords. keep is given the passwords to write
// them down before anything is final; when it fails, nothing was made. In a database
// that has lines or staff already nothing happens, and made is false.
func (db *DB) Seed(ctx context.Context, realm string, keep func([]Credential) error) (made bool, err error) {
	used, err := seeded(ctx, db.pool)
	if err != nil || used {
		return false, say("seed the demo centre", err)
	}
	credentials, hashes := demoCredentials()
	err = db.inTx(ctx, "seed", func(tx pgx.Tx) error {
		// Two programs that start together must not both find the database empty.
		if _, err := tx.Exec(ctx, `LOCK TABLE lines, staff IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		if used, err := seeded(ctx, tx); err != nil || used {
			return err
		}
		if err := seedLines(ctx, tx); err != nil {
			return err
		}
		if err := seedPlaces(ctx, tx, db.opt.Location); err != nil {
			return err
		}
		for i, c := range credentials {
			if _, err := addStaff(ctx, tx, c.Staff); err != nil {
				return err
			}
			if err := db.setSIPPassword(ctx, tx, c.Staff.Extension, realm, c.SIPPassword); err != nil {
				return err
			}
			if err := setConsolePassword(ctx, tx, c.Staff.Login, hashes[i]); err != nil {
				return err
			}
		}
		if err := seedShifts(ctx, tx); err != nil {
			return err
		}
		made = true
		return keep(credentials)
	})
	if err != nil {
		return false, say("seed the demo centre", err)
	}
	return made, nil
}

// seeded reports whether there are lines or staff already.
func seeded(ctx context.Context, q interface {
	QueryRow(context.Context, string, ...any) pgx.Row
},
) (bool, error) {
	var used bool
	err := q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM lines) OR EXISTS (SELECT FROM staff)`).Scan(&used)
	return used, err
}

// demoCredentials makes the passwords. Hashing them takes a while, so that is done
// before the transaction.
func demoCredentials() (credentials []Credential, hashes []string) {
	for _, s := range demoStaff() {
		c := Credential{Staff: s, SIPPassword: secret.NewPassword(), ConsolePassword: secret.NewPassword()}
		credentials = append(credentials, c)
		hashes = append(hashes, secret.HashPassword(c.ConsolePassword))
	}
	return credentials, hashes
}

func seedLines(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO queues (code, name, requires, minors, sl_target, wrap_s) VALUES
			('general', '综合', '{}', false, 80, 60),
			('labour', '劳动', '{labour}', false, 80, 60),
			('family', '婚姻家庭', '{family}', false, 80, 60),
			('criminal', '刑事', '{criminal}', false, 80, 60),
			('minors', '未成年人', '{minors}', true, 90, 180),
			('duty-desk', '值班律师', '{criminal}', false, 80, 60),
			('mediation', '调解', '{mediation}', false, 80, 60);
		INSERT INTO lines (number, name, flow, queue_id, minors, record_policy)
			SELECT v.number, v.name, v.number, q.id, v.minors, v.policy FROM (VALUES
				('12348', '法律援助', 'general', false, 'announced'),
				('12355', '青少年', 'minors', true, 'announced'),
				('12340', '值班律师', 'duty-desk', false, 'never')
			) AS v (number, name, queue, minors, policy) JOIN queues q ON q.code = v.queue`)
	return err
}

func demoStaff() []Staff {
	all := []string{"zh-CN", "yue", "en"}
	two := []string{"zh-CN", "yue"}
	member := func(extension, name, login string, languages []string, role Role, qualifications ...string) Staff {
		s := Staff{Extension: extension, Name: name, Login: login, Languages: languages, Roles: []Role{role}, Demo: true}
		for _, kind := range qualifications {
			s.Qualifications = append(s.Qualifications, Qualification{Kind: kind})
		}
		return s
	}
	supervisor := member("8010", "示例主管", "supervisor", all, RoleSupervisor, "general", "labour", "family", "criminal", "minors", "crisis")
	supervisor.Roles = append(supervisor.Roles, RoleMinorsLead)
	return []Staff{
		member("8001", "示例一号", "counselor1", all, RoleCounselor, "general", "labour"),
		member("8002", "示例二号", "counselor2", two, RoleCounselor, "general", "labour", "family"),
		member("8003", "示例三号", "counselor3", two, RoleCounselor, "general", "family"),
		member("8004", "示例四号", "counselor4", two, RoleCounselor, "general", "family", "mediation"),
		member("8005", "示例五号", "counselor5", all, RoleCounselor, "general", "criminal"),
		member("8006", "示例六号", "counselor6", all, RoleCounselor, "minors", "psychology", "crisis"),
		member("8007", "示例七号", "counselor7", two, RoleCounselor, "general", "minors", "family"),
		member("8008", "示例八号", "counselor8", two, RoleCounselor, "general", "labour", "mediation"),
		member("8009", "示例九号", "lawyer9", two, RoleDutyLawyer, "criminal", "minors", "lawyer_licence"),
		supervisor,
		member("8011", "示例经理", "manager", []string{"zh-CN"}, RoleManager),
		member("8012", "示例审查员", "examiner", two, RoleExaminer),
	}
}
