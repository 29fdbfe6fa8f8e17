package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"hotline/sip"
)

// telephones is a registrar of a test.
type telephones struct{ now, restored []sip.Kept }

func (p *telephones) Keep() []sip.Kept { return p.now }

func (p *telephones) Restore(_ context.Context, kept []sip.Kept) int {
	p.restored = append(p.restored, kept...)
	return len(kept)
}

// keeping keeps registrations for some time.
func keeping(t *testing.T, path string, p *telephones, long time.Duration) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	if err := keepRegistrations(ctx, path, p, slog.New(slog.DiscardHandler)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
}

func TestRegistrationsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registrations.json")
	synctest.Test(t, func(t *testing.T) {
		one := sip.Kept{Extension: "8001", URI: "sip:8001@127.0.0.1", Key: "a", Seq: 7, Expires: time.Now().Add(time.Minute).UTC()}
		before := &telephones{now: []sip.Kept{one}}
		keeping(t, path, before, 1500*time.Millisecond)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || len(before.restored) != 0 {
			t.Fatalf("%v, %v, restored %v", info, err, before.restored)
		}
		after := &telephones{now: []sip.Kept{}}
		keeping(t, path, after, 500*time.Millisecond)
		if !reflect.DeepEqual(after.restored, []sip.Kept{one}) {
			t.Errorf("restored %+v", after.restored)
		}
		keeping(t, path, after, 1500*time.Millisecond)
		if text, err := os.ReadFile(path); err != nil || string(text) != "[]" {
			t.Errorf("%s, %v", text, err)
		}
	})
}

// A damaged file keeps nobody from starting, and is replaced.
func TestDamagedRegistrations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registrations.json")
	if err := os.WriteFile(path, []byte("[{"), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		p := &telephones{now: []sip.Kept{}}
		keeping(t, path, p, 1500*time.Millisecond)
		if text, err := os.ReadFile(path); err != nil || string(text) != "[]" || p.restored != nil {
			t.Errorf("%s, %v, restored %v", text, err, p.restored)
		}
	})
}
