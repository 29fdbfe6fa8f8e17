package phone_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"hotline/store/phone"
)

func TestParse(t *testing.T) {
	plan := phone.Plan{Area: "20"}
	tests := []struct {
		raw  string
		kind phone.Kind
		want string
	}{
		// the same mobile, however it is written
		{"13800138000", phone.Mobile, "+8613800138000"},
		{"013800138000", phone.Mobile, "+8613800138000"},
		{"8613800138000", phone.Mobile, "+8613800138000"},
		{"+8613800138000", phone.Mobile, "+8613800138000"},
		{"008613800138000", phone.Mobile, "+8613800138000"},
		{"+86 138-0013-8000", phone.Mobile, "+8613800138000"},
		{"tel:+86-138-0013-8000;phone-context=x", phone.Mobile, "+8613800138000"},
		{"sip:13800138000@203.0.113.7;user=phone", phone.Mobile, "+8613800138000"},
		// landlines
		{"02083551234", phone.Fixed, "+862083551234"},
		{"+862083551234", phone.Fixed, "+862083551234"},
		{"862083551234", phone.Fixed, "+862083551234"},
		{"2083551234", phone.Fixed, "+862083551234"},
		{"83551234", phone.Fixed, "+862083551234"},
		{"01065551234", phone.Fixed, "+861065551234"},
		{"07558355123", phone.Fixed, "+867558355123"},
		{"075583551234", phone.Fixed, "+8675583551234"},
		// service numbers survive
		{"12348", phone.Short, "short:12348"},
		{"12355", phone.Short, "short:12355"},
		{"02012348", phone.Short, "short:12348"},
		{"075512355", phone.Short, "short:12355"},
		{"110", phone.Short, "short:110"},
		{"95588", phone.Short, "short:95588"},
		{"4008001234", phone.Short, "short:4008001234"},
		// other countries
		{"+85221234567", phone.Foreign, "+85221234567"},
		{"0085221234567", phone.Foreign, "+85221234567"},
		{"+12025550123", phone.Foreign, "+12025550123"},
		// withheld
		{"", phone.Withheld, ""},
		{"anonymous", phone.Withheld, ""},
		{"Anonymous", phone.Withheld, ""},
		{"sip:anonymous@anonymous.invalid", phone.Withheld, ""},
		{"unavailable", phone.Withheld, ""},
		{"+", phone.Withheld, ""},
		// nothing is refused
		{"alice", phone.Other, "raw:alice"},
		{"7", phone.Other, "raw:7"},
		{"123456789012345678901", phone.Other, "raw:123456789012345678901"},
		{"+0123456", phone.Other, "raw:+0123456"},
		{"8001", phone.Other, "raw:8001"},
		{"\xff", phone.Other, "raw:?"},
	}
	for _, tt := range tests {
		got := plan.Parse(tt.raw)
		if got.Kind != tt.kind || got.Dial() != tt.want {
			t.Errorf("%q: %s %q, want %s %q", tt.raw, got.Kind, got.Dial(), tt.kind, tt.want)
		}
	}
	if got := (phone.Plan{}).Parse("83551234"); got.Kind != phone.Other {
		t.Errorf("local number without a home area became %s", got.Kind)
	}
}

func TestSharedAndKnown(t *testing.T) {
	plan := phone.Plan{Area: "20"}
	for raw, want := range map[string][2]bool{
		"13800138000": {false, true}, "12345": {true, true}, "anonymous": {true, false}, "alice": {false, true},
	} {
		n := plan.Parse(raw)
		if n.Shared() != want[0] || n.Known() != want[1] {
			t.Errorf("%s: shared %t, known %t", n.Kind, n.Shared(), n.Known())
		}
	}
}

func TestNumberNeverShowsItself(t *testing.T) {
	n := phone.Plan{}.Parse("13800138000")
	text, err := json.Marshal(map[string]any{"caller": n})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{n.String(), fmt.Sprintf("%v %+v %#v %s", n, n, n, n), string(text)} {
		if strings.Contains(shown, "0013") {
			t.Errorf("the number shows in %q", shown)
		}
	}
}

func TestMask(t *testing.T) {
	plan := phone.Plan{Area: "20"}
	for raw, want := range map[string]string{
		"13800138000": "138****8000", "+85221234567": "852****4567", "12348": "****", "anonymous": "****", "alice": "****",
	} {
		if got := plan.Parse(raw).Mask(); got != want {
			t.Errorf("mask is %q, want %q", got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"13800138000", "+862083551234", "12348", "anonymous", "tel:+1;x", "sip:a@b", "\xff\xfe", "00", "0", "86", "+86", strings.Repeat("法", 99),
	} {
		f.Add(seed)
	}
	plan := phone.Plan{Area: "20"}
	f.Fuzz(func(t *testing.T, raw string) {
		n := plan.Parse(raw)
		if n.Known() != (n.Kind != phone.Withheld) {
			t.Fatalf("kind %s, known %t", n.Kind, n.Known())
		}
		if !utf8.ValidString(n.Dial()) || len(n.Dial()) > maxStored {
			t.Fatalf("%d bytes, valid %t", len(n.Dial()), utf8.ValidString(n.Dial()))
		}
		if number, e164 := strings.CutPrefix(n.Dial(), "+"); e164 {
			if again := plan.Parse("+" + number); again != n {
				t.Fatalf("the normal form is not stable: %s", again.Kind)
			}
		}
		_ = n.Mask()
	})
}

// maxStored is the longest normal form: "raw:" and 64 bytes.
const maxStored = 68

func TestANumberIsDialled(t *testing.T) {
	for raw, want := range map[string]string{
		"13812345678":   "+8613812345678 13812345678",
		"02083330000":   "+862083330000 02083330000",
		"+85261234567":  "+85261234567 0085261234567",
		"12345":         "12345",
		"anonymous":     "",
		"alice@example": "",
	} {
		if got := strings.Join(phone.Plan{Area: "20"}.Parse(raw).Dialled(), " "); got != want {
			t.Errorf("%s is dialled as %q, want %q", raw, got, want)
		}
	}
}
