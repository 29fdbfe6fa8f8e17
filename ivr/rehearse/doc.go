// Package rehearse lets a person walk a call flow in a terminal: reading what a
// caller would hear, typing keys, and playing the counselor, at once or in real
// time.
package rehearse
