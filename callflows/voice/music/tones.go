package music

import (
	"math"
	"time"

	"hotline/callflows/voice/sound"
)

// toneLevel is the amplitude of a tone: -13 dBm0, where full scale is 3.14 dBm0.
const toneLevel = 0.156

// Ringback is one round of the ring-back tone of Chinese networks (GB/T 3380):
// 450 Hz for a second, then four seconds of silence.
func Ringback() sound.Sound {
	return sound.Join(tone(450, time.Second), sound.Silence(4*time.Second))
}

// Beep is the sign to speak after, before a message is recorded: 1000 Hz, 400 ms.
func Beep() sound.Sound { return tone(1000, 400*time.Millisecond) }

// tone is a sine with edges of 10 ms, so that it does not click.
func tone(freq float64, d time.Duration) sound.Sound {
	s := sound.Silence(d)
	edge := sound.Rate / 100
	n := len(s.Samples)
	for i := range s.Samples {
		gain := min(1, float64(i)/float64(edge), float64(n-1-i)/float64(edge))
		s.Samples[i] = toneLevel * gain * math.Sin(2*math.Pi*freq*float64(i)/sound.Rate)
	}
	return s
}

// Files lists the sounds by their path below the audio folder.
func Files() map[string]sound.Sound {
	return map[string]sound.Sound{
		"music/hold.wav":     Hold(),
		"tones/ringback.wav": Ringback(),
		"tones/beep.wav":     Beep(),
	}
}
