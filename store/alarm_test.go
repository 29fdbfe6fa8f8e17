package store_test

import (
	"testing"
	"time"

	"hotline/store"
)

func TestAlarmsStandUntilSomebodyLooks(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	no, reference, code := r.inquiry("13911118000", "open", time.Now())
	lock := func() {
		t.Helper()
		for range 4 {
			if _, err := r.db.CaseStatus(ctx, store.Enquiry{Reference: reference, Code: wrong(code), At: time.Now()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	standing := func() []store.Alarm {
		t.Helper()
		list, err := r.db.Alarms(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	lock()
	list := standing()
	if len(list) != 1 || list[0].Kind != "query_code_locked" || list[0].Raised.IsZero() {
		t.Fatalf("standing: %+v", list)
	}
	if err := r.db.ClearAlarm(ctx, "8010", list[0].Kind, list[0].Object); err != nil {
		t.Error(err)
	}
	if err := expectIs(r.db.ClearAlarm(ctx, "8010", list[0].Kind, list[0].Object), store.ErrNotFound); err != nil {
		t.Errorf("cleared twice: %v", err)
	}
	if _, code, _ = r.db.IssueCode(ctx, "8001", no); len(standing()) != 0 {
		t.Errorf("still standing: %+v", standing())
	}
	lock()
	if _, _, err := r.db.IssueCode(ctx, "8001", no); err != nil || len(standing()) != 0 {
		t.Errorf("a new code leaves %+v, %v", standing(), err)
	}
}
