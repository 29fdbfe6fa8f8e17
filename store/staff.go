package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/store/event"
)

// Role is what a member of staff may do.
type Role string

// The roles.
const (
	RoleCounselor      Role = "counselor"
	RoleDutyLawyer     Role = "duty_lawyer"
	RoleAssignedLawyer Role = "assigned_lawyer"
	RoleExaminer       Role = "examiner"
	RoleSupervisor     Role = "supervisor"
	RoleMinorsLead     Role = "minors_lead"
	RoleReviewer       Role = "qa_reviewer"
	RoleExpert         Role = "expert"
	RoleMediator       Role = "mediator"
	RoleFinance        Role = "finance"
	RoleArchivist      Role = "archivist"
	RoleManager        Role = "manager"
	RoleAdmin          Role = "admin"
	RoleAuditor        Role = "auditor"
)

// Roles lists the roles.
func Roles() []Role {
	return []Role{
		RoleCounselor, RoleDutyLawyer, RoleAssignedLawyer, RoleExaminer, RoleSupervisor, RoleMinorsLead, RoleReviewer, RoleExpert,
		RoleMediator, RoleFinance, RoleArchivist, RoleManager, RoleAdmin, RoleAuditor,
	}
}

// Status says whether a member of staff may work.
type Status string

// The statuses.
const (
	StatusActive    Status = "active"
	StatusSuspended Status = "suspended"
	StatusLeft      Status = "left"
)

// Staff is a member of staff, without secrets.
type Staff struct {
	ID             event.ID
	Extension      string // three to six digits
	Name           string
	Login          string // to the console
	Roles          []Role
	Languages      []string // zh-CN, yue, en
	Status         Status
	DialOut        bool // may call outside numbers
	Demo           bool // made by Seed
	Qualifications []Qualification
	Traits         Traits
}

// Traits are what callers may ask for in a counselor, and the place in line of top-down queues.
type Traits struct {
	Woman    bool
	District string // empty for none
	Order    int    // lowest first
}

// SetTraits changes the traits of a member. The error is ErrNotFound for an unknown extension.
func (db *DB) SetTraits(ctx context.Context, actor, extension string, t Traits) error {
	return say("set traits", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE staff SET woman = $2, district = nullif($3, ''), seat_order = $4 WHERE extension = $1`,
			extension, t.Woman, t.District, t.Order)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "staff.traits", "staff:"+extension, map[string]any{"district": t.District, "order": t.Order})
	}))
}

// Has reports whether the member has a role.
func (s Staff) Has(role Role) bool { return slices.Contains(s.Roles, role) }

// Qualification is what a member is qualified for, until when. Kinds are rows of
// qualification_kinds: minors, labour, family ...
type Qualification struct {
	Kind      string
	Level     int       // 1 to 5
	Number    string    // of the licence
	IssuedOn  time.Time // zero when not known
	ExpiresOn time.Time // the last day it holds; zero when it does not end
}

// Valid reports whether the qualification holds on the day of the given moment, in
// the moment's own location.
func (q Qualification) Valid(at time.Time) bool {
	y, m, d := at.Date()
	return q.ExpiresOn.IsZero() || !time.Date(y, m, d, 0, 0, 0, 0, time.UTC).After(q.ExpiresOn)
}

// AddStaff adds a member of staff with qualifications, without passwords. The errors
// are ErrConflict for a used extension or login, ErrInvalid for values out of rule.
func (db *DB) AddStaff(ctx context.Context, actor string, s Staff) (Staff, error) {
	err := db.inTx(ctx, actor, func(tx pgx.Tx) error {
		var err error
		s, err = addStaff(ctx, tx, s)
		return err
	})
	return s, say("add staff", err)
}

func addStaff(ctx context.Context, tx pgx.Tx, s Staff) (Staff, error) {
	if s.Status == "" {
		s.Status = StatusActive
	}
	if len(s.Languages) == 0 {
		s.Languages = []string{"zh-CN"}
	}
	s.ID = event.NewID(time.Now())
	_, err := tx.Exec(ctx, `INSERT INTO staff (id, extension, name, login, roles, languages, status, dial_out, demo, woman, district, seat_order)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, nullif($11, ''), $12)`,
		[16]byte(s.ID), s.Extension, s.Name, s.Login, s.Roles, s.Languages, s.Status, s.DialOut, s.Demo,
		s.Traits.Woman, s.Traits.District, s.Traits.Order)
	if err != nil {
		return Staff{}, err
	}
	for _, q := range s.Qualifications {
		if err := putQualification(ctx, tx, s.Extension, q); err != nil {
			return Staff{}, err
		}
	}
	return s, audit(ctx, tx, "staff.add", "staff:"+s.Extension, map[string]any{"roles": s.Roles})
}

// SetQualification adds or changes one qualification of a member. The errors are
// ErrNotFound for an unknown extension, ErrInvalid for an unknown kind.
func (db *DB) SetQualification(ctx context.Context, actor, extension string, q Qualification) error {
	return say("set qualification", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		if err := putQualification(ctx, tx, extension, q); err != nil {
			return err
		}
		return audit(ctx, tx, "staff.qualify", "staff:"+extension, map[string]any{"kind": q.Kind, "expires_on": day(q.ExpiresOn)})
	}))
}

func putQualification(ctx context.Context, tx pgx.Tx, extension string, q Qualification) error {
	if q.Level == 0 {
		q.Level = 3
	}
	tag, err := tx.Exec(ctx, `INSERT INTO qualifications (staff_id, kind, level, number, issued_on, expires_on, checked_by)
		SELECT id, $2, $3, nullif($4, ''), $5, $6, actor() FROM staff WHERE extension = $1
		ON CONFLICT (staff_id, kind) DO UPDATE SET level = EXCLUDED.level, number = EXCLUDED.number, issued_on = EXCLUDED.issued_on,
			expires_on = EXCLUDED.expires_on, checked_by = EXCLUDED.checked_by`,
		extension, q.Kind, q.Level, q.Number, day(q.IssuedOn), day(q.ExpiresOn))
	return oneRow(tag.RowsAffected(), err)
}

// RemoveQualification takes a qualification away. The error is ErrNotFound when the
// member does not hold it.
func (db *DB) RemoveQualification(ctx context.Context, actor, extension, kind string) error {
	return say("remove qualification", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM qualifications q USING staff s WHERE s.id = q.staff_id AND s.extension = $1 AND q.kind = $2`, extension, kind)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "staff.disqualify", "staff:"+extension, map[string]any{"kind": kind})
	}))
}

// SetStatus suspends a member, lets them work again, or notes that they left. The
// error is ErrNotFound for an unknown extension.
func (db *DB) SetStatus(ctx context.Context, actor, extension string, status Status) error {
	return say("set status", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE staff SET status = $2 WHERE extension = $1`, extension, status)
		if err := oneRow(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, "staff.status", "staff:"+extension, map[string]any{"status": status})
	}))
}

// ListStaff gives all members of staff, by extension.
func (db *DB) ListStaff(ctx context.Context) ([]Staff, error) {
	list, err := db.staff(ctx, "true")
	return list, say("list staff", err)
}

// StaffByExtension gives one member; ErrNotFound when there is none.
func (db *DB) StaffByExtension(ctx context.Context, extension string) (Staff, error) {
	list, err := db.staff(ctx, "s.extension = $1", extension)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return Staff{}, say("find staff", err)
	}
	return list[0], nil
}

// HasDemoStaff reports whether somebody made by Seed can still sign in: then the
// program must not be reachable from outside.
func (db *DB) HasDemoStaff(ctx context.Context) (bool, error) {
	var has bool
	err := db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM staff WHERE demo AND status = 'active')`).Scan(&has)
	return has, say("look for demo staff", err)
}

func (db *DB) staff(ctx context.Context, where string, args ...any) ([]Staff, error) {
	rows, err := db.pool.Query(ctx, `SELECT s.id, s.extension, s.name, s.login, s.roles, s.languages, s.status, s.dial_out, s.demo,
		s.woman, coalesce(s.district, ''), s.seat_order,
		(SELECT coalesce(jsonb_agg(jsonb_build_object('Kind', q.kind, 'Level', q.level, 'Number', coalesce(q.number, ''),
			'IssuedOn', q.issued_on, 'ExpiresOn', q.expires_on) ORDER BY q.kind), '[]') FROM qualifications q WHERE q.staff_id = s.id)
		FROM staff s WHERE `+where+` ORDER BY s.extension`, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Staff, err error) {
		var quals []qualificationRow
		err = row.Scan((*[16]byte)(&s.ID), &s.Extension, &s.Name, &s.Login, &s.Roles, &s.Languages, &s.Status, &s.DialOut, &s.Demo,
			&s.Traits.Woman, &s.Traits.District, &s.Traits.Order, &quals)
		for _, q := range quals {
			s.Qualifications = append(s.Qualifications, q.qualification())
		}
		return s, err
	})
}

// qualificationRow is a qualification in JSON, where days are texts or null.
type qualificationRow struct {
	Kind, Number        string
	Level               int
	IssuedOn, ExpiresOn *string
}

func (q qualificationRow) qualification() Qualification {
	read := func(text *string) time.Time {
		if text == nil {
			return time.Time{}
		}
		at, _ := time.Parse(time.DateOnly, *text) // the database writes no other form
		return at
	}
	return Qualification{Kind: q.Kind, Level: q.Level, Number: q.Number, IssuedOn: read(q.IssuedOn), ExpiresOn: read(q.ExpiresOn)}
}

// day gives a date for Postgres; nil for none.
func day(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// oneRow turns "nothing was changed" into an error.
func oneRow(changed int64, err error) error {
	if err == nil && changed == 0 {
		return pgx.ErrNoRows
	}
	return err
}
