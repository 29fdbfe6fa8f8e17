package store_test

import (
	"regexp"
	"slices"
	"testing"

	"hotline/store/event"
	"hotline/store/phone"
	"hotline/store/storetest"
)

func texts[T ~string](list []T) []string {
	var out []string
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

// The closed lists of the program and the CHECKs of the database are the same, so
// that no event can be refused for a word.
func TestClosedListsAreTheDatabases(t *testing.T) {
	var kinds []string
	for _, kind := range event.Kinds() {
		kinds = append(kinds, kind.String())
	}
	more := func(list []string, also ...string) []string { return append(list, also...) }
	tests := []struct {
		constraint string
		list       []string
	}{
		{"call_events_kind_check", kinds},
		{"contacts_channel_check", more(texts(event.Channels()), "voicemail", "h5", "walk_in", "sms")},
		{"contacts_class_check", texts(event.Classes())},
		{"contacts_outcome_check", texts(event.Outcomes())},
		{"contacts_stage_check", texts(event.Stages())},
		{"contacts_ended_by_check", texts(event.Parties())},
		{"contacts_caller_kind_check", texts(phone.Kinds())},
		{"call_legs_role_check", texts(event.Roles())},
		{"call_legs_dir_check", texts(event.Directions())},
		{"call_legs_ended_by_check", texts(event.Parties())},
		{"recordings_class_check", texts(event.RecordingClasses())},
		{"consents_purpose_check", texts(event.ConsentPurposes())},
		{"consents_given_check", texts(event.ConsentAnswers())},
		{"consents_legal_basis_check", texts(event.Bases())},
		{"staff_states_state_check", texts(event.StaffStates())},
		{"requests_kind_check", texts(event.RequestKinds())},
		{"callbacks_class_check", texts(event.Classes())},
	}
	conn := storetest.Conn(t, pg.URL(t))
	for _, tt := range tests {
		var def string
		err := conn.QueryRow(t.Context(), "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1", tt.constraint).Scan(&def)
		if err != nil {
			t.Errorf("%s: %v", tt.constraint, err)
			continue
		}
		var have []string
		for _, m := range regexp.MustCompile(`'([^']*)'`).FindAllStringSubmatch(def, -1) {
			have = append(have, m[1])
		}
		slices.Sort(have)
		slices.Sort(tt.list)
		if !slices.Equal(have, tt.list) {
			t.Errorf("%s allows\n%v, the program writes\n%v", tt.constraint, have, tt.list)
		}
	}
}

func TestFactsCannotBeChanged(t *testing.T) {
	r := newRig(t)
	id := r.visit("12348", "13800138000", &event.Classified{Class: event.ClassMinor})
	r.applied()
	r.write(id, &event.Noted{Name: "n"})
	r.applied()
	if _, err := r.conn.Exec(t.Context(), "INSERT INTO audit_log (action, object) VALUES ('test', 'test')"); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"UPDATE call_events SET kind = 'keyed'", "DELETE FROM call_events", "TRUNCATE call_events",
		"UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log", "TRUNCATE contact_moves",
	} {
		if _, err := r.conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s was allowed", sql)
		}
	}
}

// What the schema itself must make impossible.
func TestRulesOfTheSchema(t *testing.T) {
	r := newRig(t)
	r.visit("12348", "13800138000")
	r.applied()
	for name, sql := range map[string]string{
		"contact without a case":           "UPDATE contacts SET case_id = NULL",
		"case deleted under a contact":     "DELETE FROM cases",
		"end without an outcome":           "UPDATE contacts SET outcome = NULL",
		"outcome outside the list":         "UPDATE contacts SET outcome = 'lost'",
		"closed case without a date":       "UPDATE cases SET status = 'closed'",
		"minors queue without the demand":  "INSERT INTO queues (code, name, minors) VALUES ('x', 'x', true)",
		"minors queue with a longest wait": "UPDATE queues SET max_wait_s = 60 WHERE minors",
		"minors queue with a longest line": "UPDATE queues SET max_length = 60 WHERE minors",
		"recording outside its folder":     `INSERT INTO recordings (id, contact_id, class, storage_key, channels, started_at) SELECT gen_random_uuid(), id, 'advice', 'a/../../b', 2, now() FROM contacts`,
		"hash of another length":           "UPDATE phones SET e164_hmac = '\\x00'",
		"role outside the list":            "UPDATE staff SET roles = '{boss}'",
		"nobody's qualification":           "INSERT INTO qualifications (staff_id, kind) SELECT id, 'magic' FROM staff",
	} {
		if _, err := r.conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: allowed", name)
		}
	}
}
