package sip

import (
	"fmt"
	"log/slog"
	"strings"
	"unicode"

	"hotline/sip/internal/wire"
)

// Caller is who calls, as far as the network says. It prints as nothing but
// "caller", so that a number never stands in a log line by accident.
type Caller struct {
	// Number is the calling number as it came, for example "+8613800000000"; it
	// is there for an anonymous caller too when a trunk asserts it.
	Number string
	// Display is the display name, without control characters and direction
	// overrides, at most 64 characters.
	Display string
	// Anonymous tells that the caller asked not to be shown (RFC 3323, RFC 3325):
	// the number must not reach phones, lists or exports.
	Anonymous bool
	// Asserted says where the number is from: "PAI" for the P-Asserted-Identity
	// of a trunk, else "From", which anybody can write.
	Asserted string
}

// String returns "caller" or "anonymous caller".
func (c Caller) String() string {
	if c.Anonymous {
		return "anonymous caller"
	}
	return "caller"
}

// GoString is String: %#v shows no number either.
func (c Caller) GoString() string { return c.String() }

// LogValue is String.
func (c Caller) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Format prints String whatever the verb.
func (c Caller) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// readCaller reads the caller of an INVITE. P-Asserted-Identity counts only from
// a trunk; anybody else could have written it.
func readCaller(m *wire.Message, trusted bool) Caller {
	c := Caller{Number: m.From.URI.Number(), Display: displayName(m.From.Display), Asserted: "From"}
	c.Anonymous = m.From.URI.Host == "anonymous.invalid" || strings.EqualFold(c.Number, "anonymous")
	if !trusted {
		return c
	}
	for _, v := range m.Values("P-Asserted-Identity") {
		a, ok := wire.ParseAddress(v)
		if !ok || a.URI.Number() == "" {
			continue
		}
		c.Number, c.Asserted = a.URI.Number(), "PAI"
		if a.Display != "" {
			c.Display = displayName(a.Display)
		}
		break
	}
	for _, p := range strings.FieldsFunc(m.Header("Privacy"), func(r rune) bool { return r == ';' || r == ' ' || r == ',' }) {
		switch strings.ToLower(p) {
		case "id", "user", "header", "full":
			c.Anonymous = true
		}
	}
	if c.Anonymous && c.Asserted == "From" {
		c.Number = ""
	}
	return c
}

// displayName is clean and at most 64 characters.
func displayName(s string) string {
	r := []rune(clean(s))
	return strings.TrimSpace(string(r[:min(len(r), 64)]))
}

// clean takes out control characters and those that turn the reading direction.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == unicode.ReplacementChar, unicode.IsControl(r):
			return -1
		case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069, r == 0xfeff, r == 0x061c:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}
