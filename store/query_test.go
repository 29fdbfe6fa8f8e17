package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/store"
	"hotline/store/event"
	"hotline/store/secret"
)

func TestStaff(t *testing.T) {
	db, ctx := pg.Open(t), t.Context()
	until := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	added, err := db.AddStaff(ctx, "admin", store.Staff{
		Extension: "8101", Name: "Chen", Login: "chen", Roles: []store.Role{store.RoleCounselor, store.RoleMediator}, Languages: []string{"yue"},
		Qualifications: []store.Qualification{{Kind: "minors", Level: 5, Number: "X-1", ExpiresOn: until}, {Kind: "labour"}},
	})
	if err != nil || added.ID.IsZero() {
		t.Fatal(err)
	}
	got, err := db.StaffByExtension(ctx, "8101")
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Chen" || !got.Has(store.RoleMediator) || got.Has(store.RoleAdmin) || got.Status != store.StatusActive || !slices.Equal(got.Languages, []string{"yue"}) {
		t.Errorf("read back %+v", got)
	}
	want := []store.Qualification{{Kind: "labour", Level: 3}, {Kind: "minors", Level: 5, Number: "X-1", ExpiresOn: until}}
	if !slices.Equal(got.Qualifications, want) {
		t.Errorf("qualifications %+v, want %+v", got.Qualifications, want)
	}

	for name, change := range map[string]func() error{
		"used extension": func() error {
			_, err := db.AddStaff(ctx, "admin", store.Staff{Extension: "8101", Name: "x", Login: "other", Roles: []store.Role{store.RoleCounselor}})
			return expectIs(err, store.ErrConflict)
		},
		"used login": func() error {
			_, err := db.AddStaff(ctx, "admin", store.Staff{Extension: "8102", Name: "x", Login: "chen", Roles: []store.Role{store.RoleCounselor}})
			return expectIs(err, store.ErrConflict)
		},
		"no role": func() error {
			_, err := db.AddStaff(ctx, "admin", store.Staff{Extension: "8102", Name: "x", Login: "other"})
			return expectIs(err, store.ErrInvalid)
		},
		"unknown role": func() error {
			_, err := db.AddStaff(ctx, "admin", store.Staff{Extension: "8102", Name: "x", Login: "other", Roles: []store.Role{"boss"}})
			return expectIs(err, store.ErrInvalid)
		},
		"bad extension": func() error {
			_, err := db.AddStaff(ctx, "admin", store.Staff{Extension: "x", Name: "x", Login: "other", Roles: []store.Role{store.RoleCounselor}})
			return expectIs(err, store.ErrInvalid)
		},
		"unknown qualification": func() error {
			return expectIs(db.SetQualification(ctx, "admin", "8101", store.Qualification{Kind: "magic"}), store.ErrInvalid)
		},
		"qualification of nobody": func() error {
			return expectIs(db.SetQualification(ctx, "admin", "9999", store.Qualification{Kind: "labour"}), store.ErrNotFound)
		},
		"removing what is not held": func() error {
			return expectIs(db.RemoveQualification(ctx, "admin", "8101", "family"), store.ErrNotFound)
		},
		"status of nobody":   func() error { return expectIs(db.SetStatus(ctx, "admin", "9999", store.StatusLeft), store.ErrNotFound) },
		"unknown status":     func() error { return expectIs(db.SetStatus(ctx, "admin", "8101", "away"), store.ErrInvalid) },
		"password of nobody": func() error { return expectIs(db.SetSIPPassword(ctx, "admin", "9999", "r", "p"), store.ErrNotFound) },
		"login of nobody":    func() error { return expectIs(db.SetConsolePassword(ctx, "admin", "x", "p"), store.ErrNotFound) },
		"nobody":             func() error { _, err := db.StaffByExtension(ctx, "9999"); return expectIs(err, store.ErrNotFound) },
	} {
		if err := change(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}

	if err := errors.Join(
		db.SetQualification(ctx, "admin", "8101", store.Qualification{Kind: "minors", Level: 2}),
		db.RemoveQualification(ctx, "admin", "8101", "labour"),
	); err != nil {
		t.Fatal(err)
	}
	list, err := db.ListStaff(ctx)
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Qualifications, []store.Qualification{{Kind: "minors", Level: 2}}) {
		t.Errorf("list %+v, %v", list, err)
	}
}

func expectIs(err, want error) error {
	if !errors.Is(err, want) {
		return fmt.Errorf("got %w, want %w", err, want)
	}
	return nil
}

func TestQualificationsEnd(t *testing.T) {
	china := time.FixedZone("CST", 8*3600)
	q := store.Qualification{ExpiresOn: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{
		{time.Date(2026, 11, 23, 23, 59, 0, 0, china), true},
		{time.Date(2026, 11, 24, 0, 0, 0, 0, china), false},
		{time.Date(2026, 11, 1, 0, 0, 0, 0, china), true},
	} {
		if q.Valid(tt.at) != tt.want {
			t.Errorf("valid at %v: %t", tt.at, !tt.want)
		}
	}
	if !(store.Qualification{}).Valid(time.Now()) {
		t.Error("a qualification without end is not valid")
	}
}

func TestPasswords(t *testing.T) {
	db, ctx := pg.Open(t), t.Context()
	if _, err := db.AddStaff(ctx, "admin", store.Staff{Extension: "8101", Name: "Chen", Login: "chen", Roles: []store.Role{store.RoleCounselor}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Authenticate(ctx, "chen", ""); !errors.Is(err, store.ErrDenied) {
		t.Errorf("before a password was set: %v", err)
	}
	if err := errors.Join(db.SetConsolePassword(ctx, "admin", "chen", "open sesame"), db.SetSIPPassword(ctx, "admin", "8101", "hotline", "secret")); err != nil {
		t.Fatal(err)
	}
	if s, err := db.Authenticate(ctx, "chen", "open sesame"); err != nil || s.Extension != "8101" {
		t.Errorf("right password: %+v, %v", s, err)
	}
	for _, try := range [][2]string{{"chen", "wrong"}, {"nobody", "open sesame"}, {"nobody", ""}, {"chen'; --", "x"}} {
		if _, err := db.Authenticate(ctx, try[0], try[1]); !errors.Is(err, store.ErrDenied) {
			t.Errorf("%v: %v", try, err)
		}
	}
	roster, err := db.Roster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	md5, sha := secret.HA1("8101", "hotline", "secret")
	if got := roster.Members[0].HA1; got == nil || *got != (store.HA1{Realm: "hotline", MD5: md5, SHA256: sha}) {
		t.Errorf("HA1 %+v", got)
	}
	if err := db.SetStatus(ctx, "admin", "8101", store.StatusSuspended); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Authenticate(ctx, "chen", "open sesame"); !errors.Is(err, store.ErrDenied) {
		t.Errorf("suspended: %v", err)
	}
	if roster, err = db.Roster(ctx); err != nil || len(roster.Members) != 0 {
		t.Errorf("the roster still has %d members, %v", len(roster.Members), err)
	}
}

func TestSeed(t *testing.T) {
	db, ctx := pg.Open(t), t.Context()
	broken := errors.New("disk full")
	if made, err := db.Seed(ctx, "hotline", func([]store.Credential) error { return broken }); made || !errors.Is(err, broken) {
		t.Errorf("passwords could not be kept: %t, %v", made, err)
	}
	if demo, err := db.HasDemoStaff(ctx); demo || err != nil {
		t.Errorf("staff nobody has passwords for: %t, %v", demo, err)
	}
	var kept []store.Credential
	keep := func(c []store.Credential) error { kept = c; return nil }
	if made, err := db.Seed(ctx, "hotline", keep); !made || err != nil || len(kept) != 12 {
		t.Fatalf("%t, %v, %d credentials", made, err, len(kept))
	}
	first := kept
	kept = nil
	if made, err := db.Seed(ctx, "hotline", keep); made || err != nil || kept != nil {
		t.Errorf("second time: %t, %v", made, err)
	}
	roster, err := db.Roster(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range first {
		i := slices.IndexFunc(roster.Members, func(m store.Member) bool { return m.Extension == c.Staff.Extension })
		md5, _ := secret.HA1(c.Staff.Extension, "hotline", c.SIPPassword)
		if i < 0 || roster.Members[i].HA1 == nil || roster.Members[i].HA1.MD5 != md5 {
			t.Errorf("%s cannot register with the password given", c.Staff.Extension)
		}
	}
	if s, err := db.Authenticate(ctx, first[9].Staff.Login, first[9].ConsolePassword); err != nil || s.Extension != "8010" || !s.Has(store.RoleSupervisor) {
		t.Errorf("supervisor: %+v, %v", s.Extension, err)
	}
	var lines, queues, minors []string
	for _, l := range roster.Lines {
		lines = append(lines, l.Number+" "+l.Queue+" "+l.RecordPolicy)
		if l.Minors {
			minors = append(minors, l.Number)
		}
	}
	for _, q := range roster.Queues {
		queues = append(queues, q.Code)
		if q.Minors && (!slices.Contains(q.Requires, "minors") || q.MaxWait != 0 || q.Limits.MaxLength != 0) {
			t.Errorf("minors queue %+v", q)
		}
	}
	if got := strings.Join(lines, "|"); got != "12340 duty-desk never|12348 general announced|12355 minors announced" {
		t.Errorf("lines %s", got)
	}
	if got := strings.Join(queues, " "); got != "criminal duty-desk family general labour mediation minors" {
		t.Errorf("queues %s", got)
	}
	if !slices.Equal(minors, []string{"12355"}) {
		t.Errorf("minors lines %v", minors)
	}
	if demo, err := db.HasDemoStaff(ctx); !demo || err != nil {
		t.Errorf("demo staff: %t, %v", demo, err)
	}
}

func TestContactsCasesAndRecordings(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	rec := event.NewID(time.Now())
	hash := make([]byte, 32)
	hash[0] = 7
	first := r.visit("12348", "13800138000",
		&event.Enqueued{Queue: "labour", Place: 1},
		&event.Connected{Queue: "labour", Extension: "8001", Leg: 2, Waited: 21 * time.Second},
		&event.RecordingStarted{Recording: rec, Class: event.RecordingAdvice, Path: "a.wav", Channels: 2, Tracks: "caller,staff"},
		&event.RecordingGap{Recording: rec, From: time.Second, To: 2 * time.Second, Reason: "paused"},
		&event.TalkEnded{Extension: "8001", Leg: 2, By: event.PartyCaller, Talked: time.Minute})
	second := r.visit("12348", "anonymous")
	r.applied()

	recent, err := r.db.RecentContacts(ctx, 10)
	if err != nil || len(recent) != 2 || recent[0].ID != second || recent[1].ID != first {
		t.Fatalf("recent %+v, %v", recent, err)
	}
	c := recent[1]
	if c.Caller != "138****8000" || recent[0].Caller != "withheld" {
		t.Errorf("callers shown as %s and %s", c.Caller, recent[0].Caller)
	}
	if c.Served != (store.Served{Queue: "labour", Extension: "8001", Wait: 21 * time.Second, Talk: time.Minute}) {
		t.Errorf("served %+v", c.Served)
	}
	if c.End.Outcome != event.OutcomeAbandoned || c.End.By != event.PartyCaller || c.Times.Ended.IsZero() || !recent[0].Times.Queued.IsZero() {
		t.Errorf("end %+v, times %+v", c.End, c.Times)
	}
	if got, err := r.db.ContactByNo(ctx, c.No); err != nil || got.ID != first {
		t.Errorf("by number: %v", err)
	}
	if got, err := r.db.ContactByID(ctx, first); err != nil || got.No != c.No {
		t.Errorf("by id: %v", err)
	}
	if _, err := r.db.ContactByNo(ctx, "C20000101-000001"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown contact: %v", err)
	}
	k, err := r.db.CaseByNo(ctx, c.CaseNo)
	if err != nil || k.Kind != "inquiry" || k.Status != "open" || !slices.Equal(k.Contacts, []string{c.No}) {
		t.Errorf("case %+v, %v", k, err)
	}
	for _, no := range []string{"nonsense", store.CaseNumber("GZ", 2000, "LA", 1), k.No[:len(k.No)-1] + "x"} {
		if _, err := r.db.CaseByNo(ctx, no); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("case %s: %v", no, err)
		}
	}
	events, err := r.db.ContactEvents(ctx, first)
	if err != nil || len(events) != 7 || events[0].Kind != "contact_opened" || events[6].Kind != "contact_closed" {
		t.Errorf("%d events, %v", len(events), err)
	}

	if err := r.db.MarkRecording(ctx, "archive", rec, store.RecordingVerified); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("marking one being written: %v", err)
	}
	r.write(first, &event.RecordingClosed{Recording: rec, Bytes: 960_058, Duration: time.Minute, SHA256: hash})
	r.applied()
	list, err := r.db.RecordingsOf(ctx, first)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d recordings, %v", len(list), err)
	}
	got := list[0]
	if got.Path != "a.wav" || got.ContactNo != c.No || got.CaseNo != c.CaseNo || got.State != store.RecordingSealed || got.File.Bytes != 960_058 ||
		got.File.Duration != time.Minute || got.File.SHA256[0] != 7 || !slices.Equal(got.File.Gaps, []store.Gap{{1000, 2000, "paused"}}) {
		t.Errorf("recording %+v", got)
	}
	for _, state := range []store.RecordingState{store.RecordingVerified, store.RecordingAltered, store.RecordingMissing} {
		if err := r.db.MarkRecording(ctx, "archive", rec, state); err != nil {
			t.Error(err)
		}
		expect(r, string(state), `SELECT state FROM recordings`)
	}
	if page, err := r.db.Recordings(ctx, event.ID{}, 10); err != nil || len(page) != 1 {
		t.Errorf("page of %d, %v", len(page), err)
	}
	if page, err := r.db.Recordings(ctx, rec, 10); err != nil || len(page) != 0 {
		t.Errorf("page after the last has %d, %v", len(page), err)
	}
}

func TestUnmaskingIsOnRecord(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	shown, hidden := r.visit("12348", "13800138000"), r.visit("12348", "anonymous")
	r.applied()
	number, err := r.db.Unmask(ctx, "supervisor", "danger", shown)
	if err != nil || !strings.HasSuffix(number, "8000") || number[0] != '+' {
		t.Errorf("unmask: %v", err)
	}
	expect(r, "supervisor caller.unmask danger", `SELECT concat_ws(' ', actor, action, detail->>'reason') FROM audit_log`)
	if _, err := r.db.Unmask(ctx, "supervisor", "danger", hidden); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("withheld: %v", err)
	}
	expect(r, 1, `SELECT count(*)::int FROM audit_log`)
}

// No number stands in clear anywhere in the database.
func TestNoNumberInClearInTheDatabase(t *testing.T) {
	r := newRig(t)
	r.visit("12348", "13800138000", &event.LegAdded{
		Leg: 1, Role: event.RoleAgency, Direction: event.DirectionOut, Number: r.number("13900139000"),
	}, &event.Keyed{Masked: true, Count: 11, Source: event.KeyEvent})
	r.applied()
	for _, table := range []string{"phones", "profiles", "contacts", "call_legs", "call_events", "cases"} {
		dump := one[string](r, `SELECT string_agg(t::text, ' ') FROM `+table+` t`)
		for _, digits := range []string{"13800138000", "13900139000", "3133383030313338303030"} {
			if strings.Contains(dump, digits) {
				t.Errorf("a number stands in %s", table)
			}
		}
	}
}

// TestRosterMark is another after each change of what Roster reads, and the same after none.
func TestRosterMark(t *testing.T) {
	db, ctx := pg.Open(t), t.Context()
	mark := func() string {
		t.Helper()
		m, err := db.RosterMark(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	seen := map[string]string{mark(): "the beginning"}
	for _, c := range []struct {
		name   string
		change func() error
	}{
		{"somebody added", func() error {
			_, err := db.AddStaff(ctx, "admin", store.Staff{Extension: "8101", Name: "Chen", Login: "chen", Roles: []store.Role{store.RoleCounselor}})
			return err
		}},
		{"a qualification", func() error {
			return db.SetQualification(ctx, "admin", "8101", store.Qualification{Kind: "minors", Level: 3})
		}},
		{"a better one", func() error {
			return db.SetQualification(ctx, "admin", "8101", store.Qualification{Kind: "minors", Level: 4})
		}},
	} {
		if err := c.change(); err != nil {
			t.Fatal(c.name, err)
		}
		m := mark()
		if before, known := seen[m]; known {
			t.Errorf("%s: the mark is that of %s", c.name, before)
		}
		seen[m] = c.name
		if again := mark(); again != m {
			t.Errorf("%s: the mark changes without a change", c.name)
		}
	}
}
