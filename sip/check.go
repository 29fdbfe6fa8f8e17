package sip

import (
	"slices"
	"strings"

	"hotline/sip/internal/wire"
)

// The option tags that we understand (RFC 3262, RFC 4028), and those that only a
// user agent with extensions does (RFC 3891, RFC 4488).
var (
	extensions        = []string{"100rel", "timer"}                // table
	serviceExtensions = []string{"replaces", "norefersub"}         // table
	serviceMethods    = []string{"REGISTER", "REFER", "SUBSCRIBE"} // table
)

// serves reports whether we keep extensions, and so are more than a phone.
func (ua *UA) serves() bool { return ua.cfg.Accounts != nil }

func (ua *UA) supported() string {
	all := extensions
	if ua.serves() {
		all = append(all[:len(all):len(all)], serviceExtensions...)
	}
	return strings.Join(all, ", ")
}

func (ua *UA) allow() wire.Field {
	v := "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, NOTIFY"
	if ua.serves() {
		v += ", " + strings.Join(serviceMethods, ", ")
	}
	return wire.Field{Name: "Allow", Value: v}
}

// check inspects a request before any handler (RFC 3261 section 8.2). It returns
// the refusal it deserves, or nil.
func (ua *UA) check(m *wire.Message) *wire.Reply {
	switch m.Method {
	case "INVITE", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "INFO":
	case "REGISTER", "REFER", "SUBSCRIBE":
		if !ua.serves() {
			return &wire.Reply{Status: 405}
		}
	case "NOTIFY":
		if m.ToTag() == "" { // none that we did not ask for
			return &wire.Reply{Status: 405}
		}
	case "MESSAGE", "PUBLISH":
		return &wire.Reply{Status: 405}
	default:
		return &wire.Reply{Status: 501}
	}
	switch m.Target.Scheme {
	case "sip", "sips", "tel":
	default:
		return &wire.Reply{Status: 416}
	}
	if r := ua.unsupported(m); r != nil {
		return r
	}
	if r := misplaced(m); r != nil {
		return r
	}
	return content(m)
}

// misplaced is 400 for a Replaces where it may not stand (RFC 3891 section 3): in
// anything but an INVITE that begins a call, or beside a Join.
func misplaced(m *wire.Message) *wire.Reply {
	if _, ok := m.Lookup("Replaces"); !ok {
		return nil
	}
	if _, join := m.Lookup("Join"); join || m.Method != "INVITE" || m.ToTag() != "" {
		return &wire.Reply{Status: 400, Phrase: "Bad Request (Misplaced Replaces)"}
	}
	return nil
}

// unsupported is 420 for options required that we do not have (section 8.2.2.3).
func (ua *UA) unsupported(m *wire.Message) *wire.Reply {
	var missing []string
	for _, tag := range m.Values("Require") {
		same := func(e string) bool { return strings.EqualFold(tag, e) }
		known := slices.ContainsFunc(extensions, same) || ua.serves() && slices.ContainsFunc(serviceExtensions, same)
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
	if accept := m.Values("Accept"); m.Method == "INVITE" && len(accept) > 0 && !accepts(accept, sdpType) {
		return &wire.Reply{Status: 406}
	}
	return nil
}
