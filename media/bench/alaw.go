package main

import "github.com/zaf/g711"

// alaw encodes linear samples.
func alaw(pcm []int16) []byte {
	out := make([]byte, len(pcm))
	for i, v := range pcm {
		out[i] = g711.EncodeAlawFrame(v)
	}
	return out
}
