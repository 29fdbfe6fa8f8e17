// Package sip is our SIP user agent: dialogs with offers and answers, a registrar
// for phones, trunks to telephone providers. It knows no audio and no cases.
//
//	sip                     UA, Dialog, Registrar, Invite: what calls are made of
//	└ internal/transaction  RFC 3261 section 17: repeating, matching, absorbing
//	  └ internal/transport  sockets, connections, limits
//	    └ internal/wire     one validation step for every byte; writing messages
//	internal/digest         authentication, both sides
//	internal/resolve        configured servers: SRV, addresses
//	siptest                 a scripted peer for tests
//
// A message is read by the goroutine of its socket and goes up inline, in order,
// through transaction and user agent to its dialog; nothing on that path blocks.
// A call has one goroutine, that of [Handler].ServeCall; offers of the peer are
// answered on one that lives only for that. Nothing waits for a transaction.
//
// What is used of sipgo, and what is not and why, is in DESIGN.md beside this file.
package sip
