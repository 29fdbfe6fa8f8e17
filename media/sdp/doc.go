// Package sdp reads and writes the session descriptions of telephone calls (RFC 8866) and keeps
// our side of their negotiation (RFC 3264, RFC 3605, RFC 4733, RFC 5761).
//
// It speaks G.711 and telephone-event over RTP/AVP and nothing else. Everything else a peer offers
// is refused line by line, as RFC 3264 section 6 asks. Names are never resolved: a connection
// address is an IP literal or the description is refused.
package sdp
