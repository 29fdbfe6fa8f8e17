// Package music makes the sounds of the service that are not speech: the loop
// callers hear on hold, the ring-back tone and the beep before a message. The
// loop is our own, composed in code, so that nobody's rights are on it.
package music
