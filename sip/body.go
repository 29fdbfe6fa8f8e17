package sip

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"hotline/sip/internal/wire"
)

const sdpType = wire.SDP

// description returns the session description of a message: its body, or the
// part of a multipart body that is one (RFC 5621). It is nil when the message has
// none, and false is returned for a body that is something else.
func description(m *wire.Message) ([]byte, bool) {
	if len(m.Body) == 0 {
		return nil, true
	}
	kind := m.Header("Content-Type")
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		media, _, _ = strings.Cut(strings.ToLower(kind), ";")
	}
	switch {
	case media == sdpType:
		return m.Body, true
	case strings.HasPrefix(media, "multipart/") && params["boundary"] != "":
		return part(m.Body, params["boundary"])
	}
	return nil, optional(m.Header("Content-Disposition"))
}

// part finds the description in a multipart body. Another part that must be
// understood makes the body unreadable.
func part(body []byte, boundary string) (sdp []byte, ok bool) {
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for range 16 {
		p, err := r.NextRawPart()
		if err != nil {
			return sdp, errors.Is(err, io.EOF) && sdp != nil
		}
		media, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err == nil && media == sdpType && sdp == nil {
			if sdp, err = io.ReadAll(io.LimitReader(p, wire.MaxMessage)); err != nil {
				return nil, false
			}
			continue
		}
		if !optional(p.Header.Get("Content-Disposition")) {
			return nil, false
		}
	}
	return nil, false
}

// optional reports whether a body may be passed over (RFC 3261 section 20.11).
func optional(disposition string) bool {
	_, params := wire.Value(disposition)
	handling, _ := params.Get("handling")
	return strings.EqualFold(strings.TrimSpace(handling), "optional")
}
