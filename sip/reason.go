package sip

import (
	"strconv"
	"strings"

	"hotline/sip/internal/wire"
)

// Reason is the Reason header (RFC 3326): why a call was ended or cancelled.
type Reason struct {
	// Protocol is "SIP", "Q.850" or another registered name.
	Protocol string
	// Cause is the number in that protocol: a status code, an ITU-T cause.
	Cause int
	// Text is for people; it is cleaned and cut to 128 bytes when read.
	Text string
}

// Elsewhere is the reason for cancelling the other phones when one has answered.
func Elsewhere() Reason { return Reason{Protocol: "SIP", Cause: 200, Text: "Call completed elsewhere"} }

// NormalClearing is the reason of a call that ended as calls do.
func NormalClearing() Reason {
	return Reason{Protocol: "Q.850", Cause: 16, Text: "Normal call clearing"}
}

// field is the header for r, or nothing for the zero Reason.
func (r Reason) field() []wire.Field {
	if r.Protocol == "" || !wire.IsToken(r.Protocol) {
		return nil
	}
	v := r.Protocol + ";cause=" + strconv.Itoa(r.Cause)
	if r.Text != "" {
		v += ";text=" + wire.Quote(r.Text)
	}
	return []wire.Field{{Name: "Reason", Value: v}}
}

// readReason returns the first reason of a message.
func readReason(m *wire.Message) Reason {
	for _, v := range m.Values("Reason") {
		protocol, params := wire.Value(v)
		if protocol == "" {
			continue
		}
		r := Reason{Protocol: clip(protocol, 16)}
		if n, ok := params.Get("cause"); ok {
			r.Cause, _ = strconv.Atoi(n)
		}
		text, _ := params.Get("text")
		r.Text = clip(clean(text), 128)
		return r
	}
	return Reason{}
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
