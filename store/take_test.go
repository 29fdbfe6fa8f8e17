package store_test

import (
	"errors"
	"testing"
	"time"

	"hotline/store"
)

func TestATakeFromAskingToApproval(t *testing.T) {
	db, ctx := pg.Open(t), t.Context()
	number, err := db.AskTake(ctx, "8010", "yue", "P-GREET", "你好")
	if err != nil || number < 101 {
		t.Fatal(number, err)
	}
	if again, err := db.AskTake(ctx, "8011", "yue", "P-GREET", "你好呀"); err != nil || again != number {
		t.Errorf("asked twice: %d, %v, want %d", again, err, number)
	}
	if other, err := db.AskTake(ctx, "8010", "en", "P-GREET", "Hello"); err != nil || other == number {
		t.Errorf("another language: %d, %v", other, err)
	}
	ignore := func(store.Take) error { return nil }
	for name, err := range map[string]error{
		"kept under no number":       db.KeepTake(ctx, "8001", 99, "x.wav", time.Second),
		"approved before it is made": db.DecideTake(ctx, "8010", number, true, ignore),
	} {
		if err := expectIs(err, store.ErrNotFound); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := expectIs(db.KeepTake(ctx, "8001", number, "../x.wav", time.Second), store.ErrInvalid); err != nil {
		t.Errorf("outside the folder: %v", err)
	}
	keep := func() {
		t.Helper()
		if err := db.KeepTake(ctx, "8001", number, "101.wav", 1500*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	if err := expectIs(db.DecideTake(ctx, "8001", number, true, ignore), store.ErrInvalid); err != nil {
		t.Errorf("who spoke approves: %v", err)
	}
	broken := errors.New("disk full")
	if err := expectIs(db.DecideTake(ctx, "8010", number, true, func(store.Take) error { return broken }), broken); err != nil {
		t.Error(err)
	}
	if err := db.DecideTake(ctx, "8010", number, false, ignore); err != nil {
		t.Fatal(err)
	}
	keep() // spoken better
	want := store.Take{Number: number, Language: "yue", Name: "P-GREET", Words: "你好呀", State: store.TakeRecorded, By: "8001", Path: "101.wav", Length: 1500 * time.Millisecond}
	if got, err := db.TakeByNumber(ctx, number); err != nil || got != want {
		t.Errorf("read back %+v, %v, want %+v", got, err, want)
	}
	var put store.Take
	if err := db.DecideTake(ctx, "8010", number, true, func(t store.Take) error { put = t; return nil }); err != nil {
		t.Fatal(err)
	}
	if put.Path != "101.wav" || put.By != "8001" || put.Name != "P-GREET" || put.Words != "你好呀" {
		t.Errorf("put in force: %+v", put)
	}
	if err := expectIs(db.KeepTake(ctx, "8001", number, "102.wav", time.Second), store.ErrNotFound); err != nil {
		t.Errorf("spoken over an approved one: %v", err)
	}
	if list, err := db.Takes(ctx); err != nil || len(list) != 1 || list[0].Language != "en" || list[0].State != store.TakeAsked {
		t.Errorf("waiting: %+v, %v", list, err)
	}
}
