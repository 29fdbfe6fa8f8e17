package sip

import (
	"strings"

	"hotline/sip/internal/wire"
)

// extensions are the option tags that we understand (RFC 3262, RFC 4028).
var extensions = []string{"100rel", "timer"} // table

const supported = "100rel, timer"

func allow() wire.Field {
	return wire.Field{Name: "Allow", Value: "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REGISTER"}
}

// check inspects a request before any handler (RFC 3261 section 8.2). It returns
// the refusal it deserves, or nil.
func (ua *UA) check(m *wire.Message) *wire.Reply {
	switch m.Method {
	case "INVITE", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "INFO":
	case "REGISTER":
		if ua.cfg.Accounts == nil {
			return &wire.Reply{Status: 405}
		}
	case "REFER", "NOTIFY", "SUBSCRIBE", "MESSAGE", "PUBLISH":
		return &wire.Reply{Status: 405}
	default:
		return &wire.Reply{Status: 501}
	}
	switch m.Target.Scheme {
	case "sip", "sips", "tel":
	default:
		return &wire.Reply{Status: 416}
	}
	if r := unsupported(m); r != nil {
		return r
	}
	return content(m)
}

// unsupported is 420 for options required that we do not have (section 8.2.2.3).
func unsupported(m *wire.Message) *wire.Reply {
	var missing []string
	for _, tag := range m.Values("Require") {
		known := false
		for _, e := range extensions {
			known = known || strings.EqualFold(tag, e)
		}
		if !known && wire.IsToken(tag) {
			missing = append(missing, tag)
		}
	}
	if missing == nil {
		return nil
	}
	return &wire.Reply{Status: 420, Fields: []wire.Field{{Name: "Unsupported", Value: strings.Join(missing, ", ")}}}
}

// content is 415 for a body that we cannot read, 406 for one that the caller could
// not (section 8.2.3).
func content(m *wire.Message) *wire.Reply {
	for _, e := range m.Values("Content-Encoding") {
		if !strings.EqualFold(e, "identity") {
			return &wire.Reply{Status: 415, Fields: []wire.Field{{Name: "Accept-Encoding", Value: "identity"}}}
		}
	}
	switch m.Method {
	case "INVITE", "UPDATE", "PRACK":
		if _, ok := description(m); !ok {
			return &wire.Reply{Status: 415, Fields: []wire.Field{{Name: "Accept", Value: sdpType}}}
		}
	default:
		return nil
	}
	if accept := m.Values("Accept"); m.Method == "INVITE" && len(accept) > 0 && !acceptsSDP(accept) {
		return &wire.Reply{Status: 406}
	}
	return nil
}

func acceptsSDP(ranges []string) bool {
	for _, r := range ranges {
		kind, params := wire.Value(r)
		if q, ok := params.Get("q"); ok && strings.Trim(q, "0.") == "" {
			continue
		}
		switch strings.ToLower(kind) {
		case sdpType, "application/*", "*/*":
			return true
		}
	}
	return false
}
