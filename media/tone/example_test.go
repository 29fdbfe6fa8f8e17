package tone_test

import (
	"fmt"
	"time"

	"hotline/media/tone"
)

func ExamplePower() {
	pcm := tone.Sine(440, -10, time.Second)
	fmt.Printf("%.0f dBm0\n", tone.Power(pcm, 440))
	// Output: -10 dBm0
}
