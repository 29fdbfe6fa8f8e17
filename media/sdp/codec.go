package sdp

import "strings"

// Codec is one of the two G.711 laws (RFC 3551 section 4.5.14).
type Codec uint8

// The codecs this service speaks. NoCodec is the zero value and never negotiated.
const (
	NoCodec Codec = iota
	PCMA
	PCMU
)

// String returns the encoding name used in rtpmap.
func (c Codec) String() string {
	switch c {
	case PCMA:
		return "PCMA"
	case PCMU:
		return "PCMU"
	default:
		return "none"
	}
}

// Payload returns the static payload number of RFC 3551 table 4.
func (c Codec) Payload() uint8 {
	if c == PCMA {
		return 8
	}
	return 0
}

// encoding is what one payload number means: a codec, telephone events, or neither.
type encoding struct {
	codec  Codec
	events bool
}

// static returns what a payload number means without an rtpmap.
func static(payload uint8) encoding {
	switch payload {
	case 0:
		return encoding{codec: PCMU}
	case 8:
		return encoding{codec: PCMA}
	default:
		return encoding{}
	}
}

// mapped returns what "PCMA/8000", "telephone-event/8000" and the like mean. Names compare
// without case (RFC 8866 section 6.6); more than one channel is not ours.
func mapped(value string) encoding {
	name, rest, _ := strings.Cut(value, "/")
	rate, channels, _ := strings.Cut(rest, "/")
	if rate != "8000" || (channels != "" && channels != "1") {
		return encoding{}
	}
	switch strings.ToUpper(name) {
	case "PCMA":
		return encoding{codec: PCMA}
	case "PCMU":
		return encoding{codec: PCMU}
	case "TELEPHONE-EVENT":
		return encoding{events: true}
	default:
		return encoding{}
	}
}

// Direction says who sends, seen from the side that wrote it (RFC 3264 section 5.1).
type Direction uint8

// The four directions. SendRecv is the zero value and the default when none is written.
const (
	SendRecv Direction = iota
	SendOnly
	RecvOnly
	Inactive
)

// String returns the attribute's name.
func (d Direction) String() string {
	return [...]string{"sendrecv", "sendonly", "recvonly", "inactive"}[d&3]
}

// Reverse returns the same agreement seen from the other side.
func (d Direction) Reverse() Direction {
	switch d {
	case SendOnly:
		return RecvOnly
	case RecvOnly:
		return SendOnly
	default:
		return d
	}
}

// Sends tells whether the side that wrote d sends audio.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives tells whether the side that wrote d wants to hear audio.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// direction returns the direction an attribute names.
func direction(name string) (Direction, bool) {
	for d := SendRecv; d <= Inactive; d++ {
		if d.String() == name {
			return d, true
		}
	}
	return SendRecv, false
}
