package sdp

import "errors"

// Why a description is refused. All of them are answered with 488 (RFC 3261 section 21.4.26).
var (
	// ErrSyntax means the bytes are not a session description.
	ErrSyntax = errors.New("sdp: malformed description")
	// ErrLimit means more lines, media or attributes than any telephone sends.
	ErrLimit = errors.New("sdp: description too large")
	// ErrAddress means a connection address that is no IP literal of the family we use.
	ErrAddress = errors.New("sdp: unusable connection address")
	// ErrMedia means no audio stream over plain RTP is offered.
	ErrMedia = errors.New("sdp: no plain RTP audio stream")
	// ErrCodec means an audio stream without G.711 at 8 kHz.
	ErrCodec = errors.New("sdp: no common codec")
	// ErrRefused means the peer's answer takes none of what we offered.
	ErrRefused = errors.New("sdp: our offer was refused")
	// ErrNoOffer means an answer arrived to which we made no offer.
	ErrNoOffer = errors.New("sdp: answer without an offer")
)

// Warning returns the warn-code and text of RFC 3261 section 20.43 that explain err to a peer.
func Warning(err error) (code int, text string) {
	switch {
	case errors.Is(err, ErrAddress):
		return 301, "Incompatible network address formats"
	case errors.Is(err, ErrMedia):
		return 304, "Media type not available"
	case errors.Is(err, ErrCodec):
		return 305, "Incompatible media format"
	default:
		return 399, "Session description not understood"
	}
}
