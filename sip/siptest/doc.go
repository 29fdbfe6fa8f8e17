// Package siptest is a scripted SIP peer for tests: it sends whatever text it is
// told to and expects what it is told to, over UDP or TCP on loopback. It shares no
// code with package sip, so that a fault there is not repeated here.
//
//	p := siptest.UDP(t, server)
//	call := p.Call("12348")
//	call.Invite(siptest.Offer)
//	ok := p.Expect("200")
//	call.Ack(ok)
//	call.Send("BYE")
//	p.Expect("200")
//
// [Peer.Link] loses, doubles and reorders messages.
package siptest
