// Package load is a fleet of callers and counselors that measures a SIP server: any server, so that two of them can be
// compared on the same work.
//
//	Plan ──► Run ──► fleet ── callers ───── INVITE … BYE ──► server
//	                   │  └── counselors ── REGISTER, ring, answer
//	                   └───── streams ───── RTP both ways ──► server
//	                             │
//	Report ◄── histograms ◄──────┘    ◄── /proc of the server
//
// Everything happens on one goroutine with one pacing loop: a tick of a millisecond in which every frame that is due is
// sent, every socket that is ready is read and every timer that is over runs. SIP is plain text and a small state
// machine for each call; there is no channel, no lock and no goroutine for a call, so that one processor can load a
// server with a thousand calls and more.
//
// Times of arrival are the kernel's (SO_TIMESTAMPNS), not those of our looking, so that our own work does not count as
// the server's delay. What is left of our own lateness, that of sending, is measured and reported; when it could have
// shaped the figures, the report says so.
//
// # Marks
//
// The delay from mouth to ear is measured by marks in the audio. A mark is 104 bits (a pattern to find it by, who spoke,
// a counter, the time, a checksum) written into the signs of the first 104 samples of a frame, each sample at one
// loudness. The sign bit of a sample is the same in A-law, in µ-law and in linear audio, so a mark survives a bridge
// that passes G.711 through, one that translates between the laws, one that decodes and encodes again, one that
// changes loudness or adds silence, and one that cuts the frames elsewhere: marks are searched for across frames. It
// does not survive a codec that forgets samples, nor two people talking into one mix.
//
// Only IPv4 and UDP are spoken; RTCP is neither sent nor read.
package load
