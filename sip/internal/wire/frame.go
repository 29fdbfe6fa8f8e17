package wire

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// ErrFraming is returned when a stream has lost its message boundaries and must
// be closed.
var ErrFraming = errors.New("read stream: no message boundary")

var (
	endOfHeader = []byte("\r\n\r\n") // table
	crlf        = []byte("\r\n")     // table
)

// Framer cuts messages from a TCP or TLS stream (RFC 3261 sections 7.5 and 18.3).
// It never holds more than one message of MaxMessage bytes and a read.
type Framer struct {
	buf  []byte
	from int // what lies before is consumed
	seen int // no end of header before here
	need int // the length of the message once its header is whole
}

// Feed adds bytes from the stream. It invalidates what Next returned.
func (f *Framer) Feed(p []byte) {
	if f.from > 0 {
		f.buf = f.buf[:copy(f.buf, f.buf[f.from:])]
		f.from = 0
	}
	f.buf = append(f.buf, p...)
}

// Pending reports whether part of a message is held; blank lines are none.
func (f *Framer) Pending() bool { return len(bytes.Trim(f.buf[f.from:], "\r\n")) > 0 }

// Next returns the next whole message, or nil when more bytes are needed. A
// returned message of just CRLFCRLF is the peer's keep-alive (RFC 5626 section
// 4.4.1). With ErrFraming the header is returned as far as it goes, so that it
// can be answered before the stream is closed.
func (f *Framer) Next() ([]byte, error) {
	rest := f.buf[f.from:]
	if bytes.HasPrefix(rest, endOfHeader) {
		f.skip(len(endOfHeader))
		return endOfHeader, nil
	}
	for bytes.HasPrefix(rest, crlf) && len(rest) > 2 && (len(rest) > 3 || rest[2] != '\r') {
		f.skip(2)
		rest = rest[2:]
	}
	if f.need == 0 {
		head, err := f.header(rest)
		switch {
		case err != nil:
			return rest[:head], err
		case head == 0:
			return nil, nil
		}
	}
	if len(rest) < f.need {
		return nil, nil
	}
	message := rest[:f.need]
	f.skip(f.need)
	return message, nil
}

// header finds the end of the header and with it the length of the message. Each
// byte is looked at once however slowly it comes.
func (f *Framer) header(rest []byte) (int, error) {
	if len(rest) < len(endOfHeader) {
		return 0, nil
	}
	i := bytes.Index(rest[f.seen:], endOfHeader)
	if i < 0 {
		f.seen = len(rest) - len(endOfHeader) + 1
		if len(rest) > MaxMessage {
			return 0, ErrFraming
		}
		return 0, nil
	}
	head := f.seen + i + len(endOfHeader)
	length, ok := contentLength(rest[:head])
	if !ok || head+length > MaxMessage {
		return head, ErrFraming
	}
	f.need = head + length
	return head, nil
}

func (f *Framer) skip(n int) {
	f.from += n
	f.seen, f.need = 0, 0
}

// contentLength finds the one Content-Length of a header. A stream cannot do
// without it.
func contentLength(head []byte) (int, bool) {
	found, length := false, 0
	for line := range bytes.Lines(head) {
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) > 20 {
			continue
		}
		n := strings.TrimRight(string(name), " \t")
		if !strings.EqualFold(n, "Content-Length") && !strings.EqualFold(n, "l") {
			continue
		}
		v, err := strconv.ParseUint(strings.TrimSpace(string(value)), 10, 31)
		if err != nil || found {
			return 0, false
		}
		found, length = true, int(v)
	}
	return length, found
}
