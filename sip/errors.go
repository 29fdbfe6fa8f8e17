package sip

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"hotline/sip/internal/wire"
)

// Why a dialog ends or a call is not made. They are found with errors.Is, in what
// methods return and in context.Cause of a Dialog's context.
var (
	// ErrHungUp is the cause when the peer sent BYE.
	ErrHungUp = errors.New("peer hung up")
	// ErrCancelled is the cause when the caller gave up before the answer.
	ErrCancelled = errors.New("caller cancelled")
	// ErrLocal is the cause when we ended or refused the call.
	ErrLocal = errors.New("ended by us")
	// ErrNoAck is the cause when our answer was never acknowledged (RFC 3261
	// section 13.3.1.4).
	ErrNoAck = errors.New("answer not acknowledged")
	// ErrNoPrack is the cause when a reliable provisional answer was never
	// acknowledged (RFC 3262 section 3).
	ErrNoPrack = errors.New("provisional answer not acknowledged")
	// ErrNoAnswer means that the peer answered the call but not our offer.
	ErrNoAnswer = errors.New("peer sent no session description")
	// ErrSessionExpired is the cause when the session was not refreshed in time
	// (RFC 4028 section 10).
	ErrSessionExpired = errors.New("session expired")
	// ErrGone is the cause when the peer does not know the dialog any more, or
	// does not answer within it (RFC 3261 section 12.2.1.2).
	ErrGone = errors.New("peer lost the dialog")
	// ErrUnreachable means that nothing was heard from the called side.
	ErrUnreachable = errors.New("peer not reachable")
	// ErrNotAllowed means that the call may not be made: no ticket, a number
	// outside the trunk's prefixes, or too many calls.
	ErrNotAllowed = errors.New("call not allowed")
	// ErrState means that the dialog is not in a state for what was asked.
	ErrState = errors.New("not possible in this state of the dialog")
	// ErrStopped is the cause when the user agent stops.
	ErrStopped = errors.New("user agent stopped")
)

// EndError says why a dialog ended. It is the cause of the dialog's context.
type EndError struct {
	// Cause is one of the errors above.
	Cause error
	// Reason is what the one who ended it gave as reason; it may be zero.
	Reason Reason
}

// Error names the cause and the reason's number, never its text.
func (e *EndError) Error() string {
	if e.Reason.Cause == 0 {
		return e.Cause.Error()
	}
	return e.Cause.Error() + " (" + e.Reason.Protocol + " " + strconv.Itoa(e.Reason.Cause) + ")"
}

// Unwrap returns the cause.
func (e *EndError) Unwrap() error { return e.Cause }

// StatusError is a final answer other than success: one that the peer gave, or
// one to be given with Dialog.Reject.
type StatusError struct {
	// Status is the code, 300 to 699.
	Status int
	// Phrase is the reason phrase; empty stands for the usual one.
	Phrase string
	// RetryAfter is when to try again, in whole seconds; 0 for not said.
	RetryAfter time.Duration
	// Warning is the text of a Warning header (RFC 3261 section 20.43), not shown
	// to users; empty for none.
	Warning string
	// Reason is why, for the Reason header; it may be zero.
	Reason Reason
}

// Error gives the code and its usual phrase; what the peer wrote is not repeated.
func (e *StatusError) Error() string {
	return fmt.Sprintf("refused with %d %s", e.Status, wire.Phrase(e.Status))
}

// refusal reads a final answer other than success.
func refusal(m *wire.Message) *StatusError {
	e := &StatusError{Status: m.Status, Phrase: m.Phrase, Warning: m.Header("Warning"), Reason: readReason(m)}
	if n, ok := m.Number("Retry-After"); ok {
		e.RetryAfter = time.Duration(n) * time.Second
	}
	return e
}

// fields are the headers of the answer that e describes.
func (e *StatusError) fields(host string) []wire.Field {
	var out []wire.Field
	if s := int(e.RetryAfter / time.Second); s > 0 {
		out = append(out, wire.Field{Name: "Retry-After", Value: strconv.Itoa(s)})
	}
	if e.Warning != "" {
		out = append(out, wire.Field{Name: "Warning", Value: "399 " + host + " " + wire.Quote(e.Warning)})
	}
	return append(out, e.Reason.field()...)
}
