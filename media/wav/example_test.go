package wav_test

import (
	"fmt"

	"hotline/media/wav"
)

func ExampleDecode() {
	second := wav.File{Header: wav.Header{Format: wav.ALaw, Channels: 2, Rate: 8000}, Data: make([]byte, 16000)}
	f, err := wav.Decode(second.Encode())
	fmt.Println(f.Format, f.Channels, f.Duration(), err)
	// Output: A-law 2 1s <nil>
}
