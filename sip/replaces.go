package sip

import (
	"context"
	"strings"

	"hotline/sip/internal/wire"
)

// replacement is a Replaces value (RFC 3891 section 6.1): the dialog as we know it.
type replacement struct {
	id    dialogID
	early bool // only if it is not answered
}

// readReplaces reads a Replaces value. Its to-tag is the tag of whom it is sent to,
// so ours.
func readReplaces(v string) (replacement, bool) {
	callID, params := wire.Value(v)
	out := replacement{id: dialogID{callID: callID}}
	seen := map[string]bool{}
	for _, p := range params {
		name := strings.ToLower(p.K)
		if seen[name] {
			return replacement{}, false
		}
		seen[name] = true
		switch name {
		case "to-tag":
			out.id.local = p.V
		case "from-tag":
			out.id.remote = p.V
		case "early-only":
			out.early = true
		}
	}
	return out, callID != "" && out.id.local != "" && out.id.remote != "" && !strings.ContainsAny(callID, ", \t")
}

// replaced finds the dialog that a Replaces value means, or why there is none
// (RFC 3891 section 3).
func (ua *UA) replaced(r replacement) (*Dialog, *StatusError) {
	d, past := ua.dialogs.match(r.id)
	switch {
	case past:
		return nil, &StatusError{Status: 603}
	case d == nil:
		return nil, &StatusError{Status: 481}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.state == ended:
		return nil, &StatusError{Status: 603}
	case d.state != calling && r.early:
		return nil, &StatusError{Status: 486}
	}
	return d, nil
}

// OnReplace sets who takes calls that ask for this one's place by Replaces (RFC
// 3891): a supervisor who takes over, a colleague who picks up. It is given such a
// call as a [Handler] is, on a goroutine of its own, answers or rejects it, and
// hangs up the old one if it is to go. The call comes from an extension that has
// proved its password for it (by.Origin); whether that one may do this is for f to
// say. Until it is set such calls get 403.
func (d *Dialog) OnReplace(f func(ctx context.Context, by *Dialog)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.user.replace = f
}

// successor decides on the Replaces of an INVITE that begins a call. It returns who
// serves the call instead of the handler, nil when there is no Replaces, or the
// refusal. Only extensions may ask for a place, and never that of a caller whom
// nobody has answered.
func (ua *UA) successor(m *wire.Message, origin Origin) (func(context.Context, *Dialog), *wire.Reply) {
	v, ok := m.Lookup("Replaces")
	if !ok {
		return nil, nil
	}
	if origin.Extension == "" {
		return nil, &wire.Reply{Status: 403}
	}
	r, ok := readReplaces(v)
	if !ok {
		return nil, &wire.Reply{Status: 400, Phrase: "Bad Request (Bad Replaces)"}
	}
	d, refused := ua.replaced(r)
	if refused != nil {
		return nil, &wire.Reply{Status: refused.Status}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.state == calling && d.call != nil:
		return nil, &wire.Reply{Status: 481}
	case d.user.replace == nil:
		return nil, &wire.Reply{Status: 403}
	}
	return d.user.replace, nil
}
