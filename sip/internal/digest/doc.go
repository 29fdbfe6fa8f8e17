// Package digest is HTTP digest authentication as SIP uses it (RFC 3261 section
// 22, RFC 7616, RFC 8760): the server's side with nonces that cost no memory
// until they are used well, and the client's side with the strongest challenge.
//
// A nonce is a time, a random number and a MAC over both, the realm and the
// client's address, so it works for that address alone and for its lifetime. Its
// use count must rise, which makes a replay worthless. An unknown user and a
// wrong password take the same steps to the same answer.
package digest
