package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotline/store/phone"
	"hotline/store/secret"
)

func load(t testing.TB, dir string, inUse bool) *secret.Keys {
	t.Helper()
	keys, err := secret.Load(dir, inUse)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestKeysAreMadeOnceAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	first := load(t, dir, false)
	sealed := first.Seal(secret.PurposePhone, []byte("value"))
	again := load(t, dir, true)
	value, err := again.Open(secret.PurposePhone, sealed)
	if err != nil || string(value) != "value" {
		t.Errorf("opened %q, %v", value, err)
	}
	if !bytes.Equal(first.Match(secret.PurposePhone, []byte("x")), again.Match(secret.PurposePhone, []byte("x"))) {
		t.Error("the matching key changed")
	}
	for name, print := range first.Fingerprints() {
		if !bytes.Equal(print, again.Fingerprints()[name]) {
			t.Errorf("fingerprint of %s changed", name)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("%d files left in the folder, want the two keys", len(entries))
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", entry.Name(), info.Mode(), err)
		}
	}
}

func TestMissingKeysAreLoudWhenDataExist(t *testing.T) {
	if _, err := secret.Load(filepath.Join(t.TempDir(), "keys"), true); !errors.Is(err, secret.ErrMissing) {
		t.Errorf("no keys at all: %v", err)
	}
	for _, lost := range []string{"match.key", "seal-1.key"} {
		dir := t.TempDir()
		load(t, dir, false)
		if err := os.Remove(filepath.Join(dir, lost)); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Load(dir, false); !errors.Is(err, secret.ErrMissing) {
			t.Errorf("without %s: %v", lost, err)
		}
	}
}

func TestKeysAreNotMadeOverAnythingElse(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Load(dir, false); err == nil {
		t.Error("keys replaced a folder that held something")
	}
	if _, err := os.Stat(filepath.Join(dir, "notes.txt")); err != nil {
		t.Error(err)
	}
	leftovers, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".keys-*"))
	if err != nil || len(leftovers) > 0 {
		t.Errorf("left behind: %v, %v", leftovers, err)
	}
}

func TestBadKeyFilesAreRefused(t *testing.T) {
	tests := []struct {
		name string
		harm func(path string) error
		want string
	}{
		{"readable by others", func(p string) error { return os.Chmod(p, 0o644) }, "chmod 600"},
		{"cut", func(p string) error { return os.Truncate(p, 10) }, "does not hold a key"},
		{"not hexadecimal", func(p string) error { return os.WriteFile(p, bytes.Repeat([]byte("x"), 64), 0o600) }, "does not hold a key"},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		load(t, dir, false)
		if err := tt.harm(filepath.Join(dir, "match.key")); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Load(dir, true); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestANewSealingKeyTakesOverAndTheOldStillOpens(t *testing.T) {
	dir := t.TempDir()
	old := load(t, dir, false).Seal(secret.PurposePhone, []byte("old"))
	key := strings.Repeat("ab", 32)
	if err := os.WriteFile(filepath.Join(dir, "seal-2.key"), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := load(t, dir, true)
	fresh := keys.Seal(secret.PurposePhone, []byte("new"))
	if fresh[3] != 2 {
		t.Errorf("sealed with key %d", fresh[3])
	}
	for want, sealed := range map[string][]byte{"old": old, "new": fresh} {
		if value, err := keys.Open(secret.PurposePhone, sealed); err != nil || string(value) != want {
			t.Errorf("opened %q, %v", value, err)
		}
	}
}

func TestSealedValuesCannotBeBent(t *testing.T) {
	keys := load(t, t.TempDir(), false)
	sealed := keys.Seal(secret.PurposePhone, []byte("+8613800138000"))
	if bytes.Contains(sealed, []byte("0013")) {
		t.Error("the number is in the sealed bytes")
	}
	if bytes.Equal(sealed, keys.Seal(secret.PurposePhone, []byte("+8613800138000"))) {
		t.Error("sealing twice gives the same bytes")
	}
	if _, err := keys.Open(secret.PurposeHA1, sealed); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("another purpose opened it: %v", err)
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := keys.Open(secret.PurposePhone, bent); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("byte %d bent: %v", i, err)
		}
		if _, err := keys.Open(secret.PurposePhone, sealed[:i]); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("cut to %d: %v", i, err)
		}
	}
}

func TestNumbersMatchHoweverTheyAreWritten(t *testing.T) {
	keys, plan := load(t, t.TempDir(), false), phone.Plan{Area: "20"}
	a := keys.Number(plan.Parse("13800138000"), "PAI")
	b := keys.Number(plan.Parse("+86 138 0013 8000"), "From")
	if !bytes.Equal(a.Key, b.Key) || len(a.Key) != 32 {
		t.Errorf("keys %x and %x", a.Key, b.Key)
	}
	if bytes.Equal(a.Key, keys.Match(secret.PurposeName, []byte("+8613800138000"))) {
		t.Error("the same value of two purposes matches")
	}
	if number, err := keys.Dial(a.Sealed); err != nil || number != plan.Parse("13800138000").Dial() {
		t.Errorf("dial: %v", err)
	}
	hidden := keys.Number(plan.Parse("anonymous"), "From")
	if !hidden.Withheld() || hidden.Sealed != nil || hidden.Kind != "withheld" {
		t.Errorf("withheld number became %+v", hidden)
	}
	if short := keys.Number(plan.Parse("12348"), "From"); short.Withheld() || short.Kind != "short" {
		t.Errorf("short number became %+v", short.Kind)
	}
}

func TestPasswords(t *testing.T) {
	hash := secret.HashPassword("correct horse")
	if !secret.VerifyPassword(hash, "correct horse") || secret.VerifyPassword(hash, "wrong horse") {
		t.Error("verification is wrong")
	}
	if hash == secret.HashPassword("correct horse") {
		t.Error("no salt")
	}
	for _, bad := range []string{
		"", "x", "$argon2id$v=19$m=0,t=0,p=0$$", "$argon2id$v=19$m=4294967295,t=2,p=1$AAAA$AAAA",
		strings.Replace(hash, "argon2id", "argon2i", 1), strings.Replace(hash, "v=19", "v=18", 1),
	} {
		if secret.VerifyPassword(bad, "correct horse") {
			t.Errorf("hash %q fits", bad)
		}
	}
}

func TestHA1(t *testing.T) {
	// RFC 7616, 3.9.1: user Mufasa, realm and password of the example.
	md5, sha := secret.HA1("Mufasa", "http-auth@example.org", "Circle of Life")
	if md5 != "3d78807defe7de2157e2b0b6573a855f" {
		t.Errorf("MD5 %s", md5)
	}
	if sha != "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232" {
		t.Errorf("SHA-256 %s", sha)
	}
}

func TestNewPassword(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		p := secret.NewPassword()
		if len(p) != 20 || seen[p] || strings.ContainsAny(p, "0O1lI") {
			t.Fatalf("password of length %d, seen before: %t", len(p), seen[p])
		}
		seen[p] = true
	}
}

func BenchmarkNumber(b *testing.B) {
	keys, n := load(b, b.TempDir(), false), phone.Plan{}.Parse("13800138000")
	b.ReportAllocs()
	for b.Loop() {
		_ = keys.Number(n, "PAI")
	}
}

// A Call-ID may hold a number: what is kept of it tells none, and finds it again.
func TestCallID(t *testing.T) {
	keys, err := secret.Load(t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	other, err := secret.Load(t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	const id = "13800138000-abc@10.0.0.1"
	got := keys.CallID(id)
	if len(got) != 32 || strings.Contains(got, "138001") || got != keys.CallID(id) || got == other.CallID(id) || got == keys.CallID(id+"x") {
		t.Errorf("kept as %q", got)
	}
	if keys.CallID("") != "" {
		t.Error("nothing is kept as something")
	}
}
