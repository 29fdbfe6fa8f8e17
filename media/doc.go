// Package media is the audio of telephone calls: RTP and RTCP sessions in G.711, prompts, keys,
// bridges and recordings. It knows no signalling and no cases. It runs on Linux.
//
//	            Engine ── ports lent in pairs, rested after use
//	               │
//	     plane (one clock, one goroutine)          scribe (writes all recordings)
//	     wheel: 20 slots of 1 ms                             ▲ chunks
//	               │                                         │
//	socket ─▶ gate ─▶ reception ─▶ keys, voice ─▶ Recorder ──┘
//	        (whose?)  (lost, jitter)    │
//	                                    ▼ sink
//	                                   Mix ◀─ Bridge is one of two
//	                                    ▼ source
//	socket ◀─ stream (one SSRC) ◀─ key being dialled, else prompt, else source, else silence
//
// A plane wakes when a session is due or a packet has come, but at most once a millisecond, and
// then sends all frames that are due and reads all sockets that are ready. The packet path
// allocates nothing, logs nothing, wakes nobody and waits for no disk.
//
// A Session is opened, told what was agreed by Apply, and closed. Whatever is sent, its peer hears
// one source with numbers that never break. Only the agreed peer is heard or sent to; see Pin and
// Expect.
//
// A Mix lets several sessions hear each other, by a matrix of gains: conferences, whispers, people
// who only listen, rooms apart. DESIGN.md says how, and what it costs.
//
// A Recorder places what sessions hear by RTP time, each on its own channel of one WAV file that is
// valid while it grows. Prompts are not recorded: what was played, and how far, is known to who
// played it, and on the caller's channel it would cover what the caller said meanwhile.
//
// State of a session belongs to the holder of its plane's lock: the plane in its turn, or a method
// for an instant. Locks are taken in this order: plane, recorder.
package media
