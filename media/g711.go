package media

import (
	"github.com/zaf/g711"

	"hotline/media/sdp"
)

// frame is the number of samples of one 20 ms packet, and of its bytes in G.711.
const frame = 160

// The two laws as tables: 60 ns for a frame, where computing takes 280.
var (
	aToMu    = lawTable(g711.Alaw2UlawFrame)     // table
	muToA    = lawTable(g711.Ulaw2AlawFrame)     // table
	aLinear  = linearTable(g711.DecodeAlawFrame) // table
	muLinear = linearTable(g711.DecodeUlawFrame) // table
	aLoud    = loudTable(&aLinear)               // table
	muLoud   = loudTable(&muLinear)              // table
)

// Linear samples as codes, by their leading 12 and 14 bits, which is all a law looks at.
var (
	aCode  = codeTable[[1 << 12]byte](g711.EncodeAlawFrame) // table
	muCode = codeTable[[1 << 14]byte](g711.EncodeUlawFrame) // table
)

// codeTable fills a table of the codes of leading bits.
func codeTable[T [1 << 12]byte | [1 << 14]byte](f func(int16) byte) (t T) {
	step := 1 << 16 / len(t)
	for i := range len(t) {
		t[i] = f(int16(i * step))
	}
	return t
}

// lawTable fills a table of one law's codes in the other.
func lawTable(f func(byte) byte) (t [256]byte) {
	for i := range t {
		t[i] = f(byte(i))
	}
	return t
}

// linearTable fills a table of a law's codes as linear samples.
func linearTable(f func(byte) int16) (t [256]int16) {
	for i := range t {
		t[i] = f(byte(i))
	}
	return t
}

// loudTable fills a table of how loud each code is, without its sign.
func loudTable(linear *[256]int16) (t [256]uint16) {
	for i, v := range linear {
		if v < 0 {
			v = -max(v, -32767)
		}
		t[i] = uint16(v)
	}
	return t
}

// translation returns the table that turns one law into another, nil when they are the same.
func translation(from, to sdp.Codec) *[256]byte {
	switch {
	case from == to:
		return nil
	case to == sdp.PCMU:
		return &aToMu
	default:
		return &muToA
	}
}

// translate turns a payload from one law into another, in place.
func translate(payload []byte, table *[256]byte) {
	if table == nil {
		return
	}
	for i, b := range payload {
		payload[i] = table[b]
	}
}

// carry writes a payload in another law, or in the same when there is no table.
func carry(dst, payload []byte, table *[256]byte) {
	if table == nil {
		copy(dst, payload)
		return
	}
	dst = dst[:len(payload)]
	for i, b := range payload {
		dst[i] = table[b]
	}
}

// linear returns the table of a law's linear samples.
func linear(law sdp.Codec) *[256]int16 {
	if law == sdp.PCMU {
		return &muLinear
	}
	return &aLinear
}

// encode turns linear samples into a law.
func encode(law sdp.Codec, pcm []int16) []byte {
	code := g711.EncodeAlawFrame
	if law == sdp.PCMU {
		code = g711.EncodeUlawFrame
	}
	out := make([]byte, len(pcm))
	for i, v := range pcm {
		out[i] = code(v)
	}
	return out
}

// hush is the code of silence in a law.
func hush(law sdp.Codec) byte {
	if law == sdp.PCMU {
		return 0xff
	}
	return 0xd5
}

// One frame of silence in each law.
var (
	aSilence  = silentFrame(hush(sdp.PCMA)) // table
	muSilence = silentFrame(hush(sdp.PCMU)) // table
)

// silentFrame fills a frame with one code.
func silentFrame(code byte) (f [frame]byte) {
	for i := range f {
		f[i] = code
	}
	return f
}

// silence returns a shared frame of silence, which must not be written to.
func silence(law sdp.Codec) []byte {
	if law == sdp.PCMU {
		return muSilence[:]
	}
	return aSilence[:]
}
