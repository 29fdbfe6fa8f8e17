package sip

import (
	"fmt"
	"strings"
)

// Origin is where an incoming call is from. Exactly one of its fields is set.
type Origin struct {
	// Trunk is the name of the trunk whose address the call came from.
	Trunk string
	// Extension is the extension that proved its password for this call.
	Extension string
}

// Ticket allows calls to the outside. It exists only for an extension that is
// allowed to dial out and has proved who it is: there is no other way to make a
// [Destination] on a trunk. The zero Ticket allows nothing.
type Ticket struct{ extension string }

// Ticket returns the ticket of the extension at the other end of the dialog: one
// that called us and proved its password, or one whose registered phone answered
// our call. Others get ErrNotAllowed; so does every call that came by a trunk,
// which therefore never leaves by one.
func (d *Dialog) Ticket() (Ticket, error) {
	ext := d.peer.origin.Extension
	if ext == "" || !d.proven() {
		return Ticket{}, fmt.Errorf("issue ticket: %w", ErrNotAllowed)
	}
	if !d.ua.mayDialOut(ext) {
		return Ticket{}, fmt.Errorf("issue ticket: %w", ErrNotAllowed)
	}
	return Ticket{extension: ext}, nil
}

// proven reports whether the extension at the other end is known to be there: it
// proved its password with the INVITE, or its registered phone has answered.
func (d *Dialog) proven() bool {
	if d.call != nil {
		return d.ctx.Err() == nil
	}
	return d.Connected()
}

func (ua *UA) mayDialOut(ext string) bool {
	if ua.cfg.Accounts == nil {
		return false
	}
	a, ok := ua.cfg.Accounts.Account(ext)
	return ok && a.DialOut
}

// Destination is whom an [Invite] calls: an Extension, a Mobile, an Emergency, a URI,
// or what Ticket.Dial and Dialog.Recall return.
type Destination interface{ destination() }

// Extension calls every phone registered for an extension at once.
type Extension string

// URI calls a SIP URI. It is for test phones: a user agent with accounts refuses
// it, so that it cannot be a way around tickets.
type URI string

// Mobile calls the telephone outside that the holder of an extension's account is on
// duty with. Number and trunk come from the account alone: nothing that a caller says
// or dials can steer such a call, so it needs no ticket.
type Mobile string

// Emergency calls a number of Config.Emergency, such as 110. Number and trunk come from
// the configuration alone, so it needs no ticket; nor do a trunk's prefixes and limits
// keep anybody from calling for help.
type Emergency string

// recalled is the number of a caller whose line dropped. Only Dialog.Recall makes one.
type recalled struct{ trunk, number string }

// Recall makes the destination of the caller of this dialog, who came by a trunk, for
// the case that the line drops: it is taken while the call goes on. The number is the caller's, written as trunk
// wants it to be dialled: with other digits it is ErrNotAllowed, as it is for a dialog
// of the house. So a call that came by a trunk leaves by one to where it came from alone.
func (d *Dialog) Recall(trunk, number string) (Destination, error) {
	if d.peer.origin.Trunk == "" || !d.Connected() || !sameLine(d.peer.caller.Number, number) {
		return nil, fmt.Errorf("recall: %w", ErrNotAllowed)
	}
	return recalled{trunk: trunk, number: number}, nil
}

// sameLine reports whether two ways to write a number end in the same subscriber: all
// digits of the shorter, seven at least, without its leading zeros.
func sameLine(a, b string) bool {
	a, b = strings.TrimLeft(digits(a), "0"), strings.TrimLeft(digits(b), "0")
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) >= 7 && strings.HasSuffix(b, a)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// outside is a number on a trunk. Only a ticket makes one.
type outside struct{ extension, trunk, number string }

// Dial makes the destination of a number on a trunk.
func (t Ticket) Dial(trunk, number string) Destination {
	return outside{extension: t.extension, trunk: trunk, number: number}
}

func (Extension) destination() {}
func (Mobile) destination()    {}
func (Emergency) destination() {}
func (recalled) destination()  {}
func (URI) destination()       {}
func (outside) destination()   {}
