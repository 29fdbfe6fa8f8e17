package sip

import (
	"encoding/xml"
	"strconv"
	"strings"

	"hotline/sip/internal/wire"
)

// bundle is an event package that phones may subscribe to.
type bundle struct {
	name string
	kind string // the type of its documents
	own  bool   // only an extension's own
	// write makes the document for a watcher, and says whether it differs from the
	// last one. With whole it says everything.
	write func(s *subscription, b board, whole bool) ([]byte, bool)
}

// bundles are the event packages (RFC 4235, RFC 3856, RFC 3842).
var bundles = []bundle{ // table
	{name: "dialog", kind: "application/dialog-info+xml", write: writeDialog},
	{name: "presence", kind: "application/pidf+xml", write: writePresence},
	{name: "message-summary", kind: "application/simple-message-summary", own: true, write: writeSummary},
}

func bundleNamed(name string) *bundle {
	for i := range bundles {
		if bundles[i].name == name {
			return &bundles[i]
		}
	}
	return nil
}

func allowEvents() wire.Field {
	names := []string{"refer"}
	for i := range bundles {
		names = append(names, bundles[i].name)
	}
	return wire.Field{Name: "Allow-Events", Value: strings.Join(names, ", ")}
}

// writeDialog shows whether the extension's line is in use (RFC 4235). Who is at the
// other end is not shown to anybody. A call whose place may be asked for is named by
// its identifiers as the phone that asks will send them back to us: what is local
// here is ours.
func writeDialog(s *subscription, b board, whole bool) ([]byte, bool) {
	if b.state.Line == s.shown.state.Line && b.state.Place == s.shown.state.Place && !whole {
		return nil, false
	}
	if s.shown.state.Line == LineIdle && b.state.Line != LineIdle {
		s.seen.calls++
	}
	form := "partial"
	if whole {
		form = "full"
	}
	var w strings.Builder
	w.WriteString(xml.Header + `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="`)
	w.WriteString(strconv.FormatUint(s.seen.version, 10))
	w.WriteString(`" state="` + form + `" entity="` + escaped(s.entity) + `">` + "\n")
	if b.state.Line != LineIdle || s.seen.calls > 0 {
		w.WriteString(`<dialog id="call-` + strconv.FormatUint(s.seen.calls, 10) + `"` + named(b.state.Place) + `><state>` + b.state.Line.dialog() + "</state></dialog>\n")
	}
	w.WriteString("</dialog-info>\n")
	s.seen.version++
	return []byte(w.String()), true
}

// named writes the identifiers of a call (RFC 4235 section 4.1.1).
func named(p Place) string {
	if p == (Place{}) {
		return ""
	}
	return ` call-id="` + escaped(p.callID) + `" local-tag="` + escaped(p.local) + `" remote-tag="` + escaped(p.remote) + `"`
}

// writePresence shows whether somebody is at work there (RFC 3863).
func writePresence(s *subscription, b board, whole bool) ([]byte, bool) {
	if b.state.Open == s.shown.state.Open && b.state.Note == s.shown.state.Note && !whole {
		return nil, false
	}
	basic := "closed"
	if b.state.Open {
		basic = "open"
	}
	var w strings.Builder
	w.WriteString(xml.Header + `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="` + escaped(s.entity) + `">` + "\n")
	w.WriteString(`<tuple id="phone"><status><basic>` + basic + `</basic></status>`)
	w.WriteString(`<contact>` + escaped(s.entity) + `</contact>`)
	if b.state.Note != "" {
		w.WriteString(`<note>` + escaped(clean(b.state.Note)) + `</note>`)
	}
	w.WriteString("</tuple>\n</presence>\n")
	return []byte(w.String()), true
}

// writeSummary shows the messages that wait (RFC 3842).
func writeSummary(s *subscription, b board, whole bool) ([]byte, bool) {
	if b.mail == s.shown.mail && !whole {
		return nil, false
	}
	waiting := "no"
	if b.mail.New > 0 {
		waiting = "yes"
	}
	return []byte("Messages-Waiting: " + waiting + "\r\nMessage-Account: " + s.entity +
		"\r\nVoice-Message: " + strconv.Itoa(b.mail.New) + "/" + strconv.Itoa(b.mail.Old) + "\r\n"), true
}

func escaped(s string) string {
	var w strings.Builder
	_ = xml.EscapeText(&w, []byte(s)) // a Builder takes everything
	return w.String()
}
