package wire

// SyntaxError says why a message cannot be used and how its sender is answered. Its
// text is fixed: it never holds a part of the message.
type SyntaxError struct {
	// Status is the answer a request deserves (RFC 3261 section 21). It is 0
	// where nothing may be answered: responses, ACKs, and bytes that are not SIP.
	Status int
	// Reason is the reason phrase, naming what is wrong.
	Reason string
}

// Error returns the reason.
func (f *SyntaxError) Error() string { return "read message: " + f.Reason }

func bad(reason string) *SyntaxError { return &SyntaxError{Status: 400, Reason: reason} }

func junk(reason string) *SyntaxError { return &SyntaxError{Reason: reason} }
