// Package tone makes and measures telephone tones: the sine a test phone talks with, the two tones
// of a key (ITU-T Q.23), and how much of a tone is in a stretch of audio.
//
// Samples are linear, 16 bits, 8,000 a second. Levels are in dBm0: the loudest sine of G.711
// A-law is +3.14 dBm0.
package tone
