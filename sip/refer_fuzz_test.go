package sip

import (
	"strings"
	"testing"

	"hotline/sip/internal/wire"
)

// FuzzReferTo reads what phones write into Refer-To and Replaces: whatever it is, nothing panics, and what is read can be
// written and read again.
func FuzzReferTo(f *testing.F) {
	for _, s := range []string{
		"<sip:8002@h>", "<tel:12348>", "sip:8002@h", "<sip:8002@h?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>", "<sip:h?Replaces=%ZZ>",
		"<sip:8002@h?x=y&replaces=a%40b%3Bfrom-tag%3Dc%3Bto-tag%3Db%3Bearly-only>", "<sip:8002@h?Replaces=a&Replaces=b>", "<<>>", "<sip:@h?=&&=>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		to, ok := wire.ParseAddress(s)
		if !ok {
			return
		}
		value, found, ok := embedded(&to.URI, "Replaces")
		if !ok || !found {
			return
		}
		r, ok := readReplaces(value)
		if !ok {
			return
		}
		again, ok := readReplaces(r.id.callID + ";to-tag=" + r.id.local + ";from-tag=" + r.id.remote)
		if strings.ContainsAny(r.id.callID+r.id.local+r.id.remote, "\"\\;,= \t") {
			return // no tag of ours looks so, and none will be found
		}
		if !ok || again.id != r.id {
			t.Errorf("%q is read as %+v, then as %+v", s, r, again)
		}
	})
}
