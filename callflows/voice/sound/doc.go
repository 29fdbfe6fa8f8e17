// Package sound turns recordings and synthetic speech into what a telephone
// carries: 8 kHz mono A-law, 300 to 3400 Hz, at one loudness, without clipping
// and without silence at the ends. It also measures whether a file is so.
//
// Everything is computed here, in pure functions over float samples, so that the
// same input gives the same bytes wherever the program runs on one architecture.
package sound
