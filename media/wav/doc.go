// Package wav reads and writes the WAV files of telephone audio: A-law, µ-law and 16-bit linear.
//
// A file written by this service stays valid while it grows, because its header is rewritten as
// audio is appended, and can be mended after a crash by Repair: the audio up to the last whole
// frame is kept.
package wav
