package sdp

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Limits on what is read. A telephone's description has a dozen lines; a browser's a hundred.
const (
	maxBytes      = 64 << 10
	maxLine       = 8 << 10
	maxMedia      = 16
	maxAttributes = 200
	maxFormats    = 128
)

// description is what we keep of a session description.
type description struct {
	origin  bool
	version bool
	conn    netip.Addr
	dir     Direction
	media   []media

	attributes int
}

// media is one m= line with its attributes.
type media struct {
	kind, proto string
	port        uint16
	formats     []string
	conn        netip.Addr
	dir         Direction
	rtcp        netip.AddrPort // zero port: the RTP port + 1; zero address: the connection's
	mux         bool
	ptime       time.Duration
	maps        []rtpmap
}

// rtpmap binds a payload number to an encoding.
type rtpmap struct {
	payload uint8
	encoding
}

// parse reads a description. Unknown lines and attributes are skipped, so that what the peer may
// add in the future does no harm; lines that carry meaning must be well formed.
func parse(body []byte) (*description, error) {
	if len(body) > maxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrLimit, len(body))
	}
	d := new(description)
	number := 0
	for line := range bytes.Lines(body) {
		number++
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			continue
		}
		if err := d.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if !d.version || !d.origin {
		return nil, fmt.Errorf("%w: no v= or o= line", ErrSyntax)
	}
	return d, nil
}

// line reads one line into d.
func (d *description) line(line []byte) error {
	switch {
	case len(line) > maxLine:
		return fmt.Errorf("%w: line of %d bytes", ErrLimit, len(line))
	case len(line) < 2 || line[1] != '=':
		return fmt.Errorf("%w: no type and equals sign", ErrSyntax)
	case bytes.ContainsFunc(line, control):
		return fmt.Errorf("%w: control character", ErrSyntax)
	}
	value := string(line[2:])
	switch line[0] {
	case 'v':
		d.version = value == "0"
		if !d.version {
			return fmt.Errorf("%w: version is not 0", ErrSyntax)
		}
	case 'o':
		d.origin = len(strings.Fields(value)) == 6
		if !d.origin {
			return fmt.Errorf("%w: origin needs six fields", ErrSyntax)
		}
	case 'c':
		return d.connection(value)
	case 'm':
		return d.stream(value)
	case 'a':
		return d.attribute(value)
	}
	return nil
}

// control tells whether r may not stand in a description. A tab may, in free text.
func control(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// current returns the last m= line read, or nil before the first.
func (d *description) current() *media {
	if len(d.media) == 0 {
		return nil
	}
	return &d.media[len(d.media)-1]
}

// connection reads "IN IP4 192.0.2.1", with an optional TTL that unicast must not carry.
func (d *description) connection(value string) error {
	f := strings.Fields(value)
	if len(f) != 3 || f[0] != "IN" || (f[1] != "IP4" && f[1] != "IP6") {
		return fmt.Errorf("%w: connection line", ErrAddress)
	}
	addr, err := netip.ParseAddr(f[2])
	if err != nil || addr.Zone() != "" || addr.Is4() != (f[1] == "IP4") {
		return fmt.Errorf("%w: not an IP literal", ErrAddress)
	}
	if m := d.current(); m != nil {
		m.conn = addr
	} else {
		d.conn = addr
	}
	return nil
}

// stream reads "audio 49170 RTP/AVP 8 0 101".
func (d *description) stream(value string) error {
	f := strings.Fields(value)
	if len(f) < 4 {
		return fmt.Errorf("%w: media line", ErrSyntax)
	}
	if len(d.media) == maxMedia || len(f)-3 > maxFormats {
		return fmt.Errorf("%w: media lines or formats", ErrLimit)
	}
	number, _, _ := strings.Cut(f[1], "/")
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		return fmt.Errorf("%w: media port", ErrSyntax)
	}
	d.media = append(d.media, media{
		kind: f[0], port: uint16(port), proto: f[2], formats: f[3:], conn: d.conn, dir: d.dir,
	})
	return nil
}

// attribute reads the attributes that concern audio.
func (d *description) attribute(value string) error {
	if d.attributes++; d.attributes > maxAttributes {
		return fmt.Errorf("%w: attributes", ErrLimit)
	}
	name, value, _ := strings.Cut(value, ":")
	if dir, ok := direction(name); ok {
		if m := d.current(); m != nil {
			m.dir = dir
		} else {
			d.dir = dir
		}
		return nil
	}
	m := d.current()
	if m == nil {
		return nil
	}
	switch name {
	case "rtpmap":
		return m.rtpmap(value)
	case "rtcp":
		return m.control(value)
	case "rtcp-mux":
		m.mux = true
	case "ptime":
		// A wish only (RFC 8866 section 6.4); some phones write fractions or nonsense.
		if ms, err := strconv.ParseFloat(value, 64); err == nil && ms > 0 && ms <= 1000 {
			m.ptime = time.Duration(ms * float64(time.Millisecond))
		}
	}
	return nil
}

// rtpmap reads "101 telephone-event/8000".
func (m *media) rtpmap(value string) error {
	number, name, _ := strings.Cut(value, " ")
	payload, err := strconv.ParseUint(number, 10, 7)
	if err != nil {
		return fmt.Errorf("%w: payload number", ErrSyntax)
	}
	m.maps = append(m.maps, rtpmap{uint8(payload), mapped(strings.TrimSpace(name))})
	return nil
}

// control reads "53020" or "53020 IN IP4 192.0.2.1" (RFC 3605 section 2.1).
func (m *media) control(value string) error {
	f := strings.Fields(value)
	if len(f) != 1 && len(f) != 4 {
		return fmt.Errorf("%w: rtcp attribute", ErrSyntax)
	}
	port, err := strconv.ParseUint(f[0], 10, 16)
	if err != nil {
		return fmt.Errorf("%w: rtcp port", ErrSyntax)
	}
	var addr netip.Addr
	if len(f) == 4 {
		if addr, err = netip.ParseAddr(f[3]); err != nil || addr.Zone() != "" {
			return fmt.Errorf("%w: rtcp address", ErrAddress)
		}
	}
	m.rtcp = netip.AddrPortFrom(addr, uint16(port))
	return nil
}
