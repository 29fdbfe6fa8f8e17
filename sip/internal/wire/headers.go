package wire

import "strings"

// Limits on one message. They bound memory and work before anything is known
// about the sender.
const (
	// MaxMessage is the largest message taken from any transport, in bytes.
	MaxMessage = 64 << 10
	maxField   = 8 << 10 // one header field, folds included
	maxFields  = 200     // header fields in one message
	maxKind    = 100     // header fields of one kind
	maxVias    = 70      // as many hops as the usual Max-Forwards allows
)

// form says how blanks in a header value are read.
type form uint8

const (
	plain   form = iota // only folds are undone
	address             // blanks around ; = , outside quotes and <> mean nothing
	hop                 // the same, and around / and : too
)

// header is what the scanner must know of one header field.
type header struct {
	name   string
	form   form
	single bool // a second one makes the message malformed
}

// headers lists by lower-case and compact name the fields with rules of their own.
// Any other field is taken as plain text under the name it came with.
var headers = map[string]header{ // table
	"via":                 {"Via", hop, false},
	"v":                   {"Via", hop, false},
	"from":                {"From", address, true},
	"f":                   {"From", address, true},
	"to":                  {"To", address, true},
	"t":                   {"To", address, true},
	"contact":             {"Contact", address, false},
	"m":                   {"Contact", address, false},
	"route":               {"Route", address, false},
	"record-route":        {"Record-Route", address, false},
	"path":                {"Path", address, false},
	"refer-to":            {"Refer-To", address, true},
	"r":                   {"Refer-To", address, true},
	"referred-by":         {"Referred-By", address, true},
	"b":                   {"Referred-By", address, true},
	"reason":              {"Reason", address, false},
	"diversion":           {"Diversion", address, false},
	"session-expires":     {"Session-Expires", address, true},
	"x":                   {"Session-Expires", address, true},
	"replaces":            {"Replaces", address, true},
	"event":               {"Event", address, true},
	"o":                   {"Event", address, true},
	"call-id":             {"Call-ID", plain, true},
	"i":                   {"Call-ID", plain, true},
	"cseq":                {"CSeq", plain, true},
	"max-forwards":        {"Max-Forwards", plain, true},
	"content-length":      {"Content-Length", plain, true},
	"l":                   {"Content-Length", plain, true},
	"content-type":        {"Content-Type", address, true},
	"c":                   {"Content-Type", address, true},
	"content-encoding":    {"Content-Encoding", plain, false},
	"e":                   {"Content-Encoding", plain, false},
	"expires":             {"Expires", plain, true},
	"min-expires":         {"Min-Expires", plain, true},
	"min-se":              {"Min-SE", address, true},
	"rseq":                {"RSeq", plain, true},
	"rack":                {"RAck", plain, true},
	"supported":           {"Supported", plain, false},
	"k":                   {"Supported", plain, false},
	"require":             {"Require", plain, false},
	"proxy-require":       {"Proxy-Require", plain, false},
	"allow":               {"Allow", plain, false},
	"allow-events":        {"Allow-Events", plain, false},
	"u":                   {"Allow-Events", plain, false},
	"accept":              {"Accept", plain, false},
	"subject":             {"Subject", plain, false},
	"s":                   {"Subject", plain, false},
	"accept-contact":      {"Accept-Contact", plain, false},
	"a":                   {"Accept-Contact", plain, false},
	"reject-contact":      {"Reject-Contact", plain, false},
	"j":                   {"Reject-Contact", plain, false},
	"request-disposition": {"Request-Disposition", plain, false},
	"d":                   {"Request-Disposition", plain, false},
}

// lookup finds the rules for a field name as it came. It does not allocate for
// the names it knows.
func lookup(name []byte) (header, bool) {
	var low [32]byte
	if len(name) > len(low) {
		return header{}, false
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	h, ok := headers[string(low[:len(name)])]
	return h, ok
}

// Canonical returns the long name of a header in lower case.
func Canonical(name string) string {
	if h, ok := lookup([]byte(name)); ok {
		name = h.name
	}
	return strings.ToLower(name)
}

// isToken reports whether c may stand in a token (RFC 3261 section 25.1).
func isToken(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("-.!%*_+`'~", c) >= 0
}

// IsToken reports whether s is a token: a method, a header name, an option tag.
func IsToken(s string) bool {
	for i := range len(s) {
		if !isToken(s[i]) {
			return false
		}
	}
	return s != ""
}
