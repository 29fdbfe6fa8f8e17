package sound

// encodeALaw is the A-law byte of a 16 bit sample (ITU-T G.711, even bits
// inverted).
func encodeALaw(pcm int) byte {
	mask := byte(0xD5)
	magnitude := pcm >> 3
	if pcm < 0 {
		mask, magnitude = 0x55, -(pcm+1)>>3
	}
	if magnitude > 4095 {
		magnitude = 4095
	}
	if magnitude < 32 {
		return byte(magnitude>>1) ^ mask
	}
	segment := 1
	for m := magnitude >> 6; m > 0; m >>= 1 {
		segment++
	}
	return byte(segment<<4|(magnitude>>segment)&0x0F) ^ mask
}

// decodeALaw is the 16 bit sample of an A-law byte.
func decodeALaw(b byte) int {
	b ^= 0x55
	magnitude := int(b&0x0F)<<4 + 8
	if segment := int(b&0x70) >> 4; segment > 0 {
		magnitude = (magnitude + 0x100) << (segment - 1)
	}
	if b&0x80 == 0 {
		return -magnitude
	}
	return magnitude
}

// decodeMuLaw is the 16 bit sample of a µ-law byte.
func decodeMuLaw(b byte) int {
	b = ^b
	magnitude := (int(b&0x0F)<<3+0x84)<<(int(b&0x70)>>4) - 0x84
	if b&0x80 != 0 {
		return -magnitude
	}
	return magnitude
}
