package media

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"hotline/media/sdp"
	"hotline/media/tone"
	"hotline/media/wav"
)

// hear runs audio through the detector in packets, as a leg does, and returns the keys.
func hear(law sdp.Codec, pcm []int16) string {
	var d detector
	keys := ""
	code := encode(law, pcm)
	for ; len(code) > 0; code = code[min(frame, len(code)):] {
		if key := d.push(code[:min(frame, len(code))], linear(law)); key != 0 {
			keys += string(key)
		}
	}
	return keys
}

// keypress is one key at chosen levels and frequencies off by the given fractions.
func keypress(key byte, low, high, offLow, offHigh float64, d time.Duration) []int16 {
	fl, fh := tone.Frequencies(key)
	return tone.Sum(d, tone.Part{Frequency: fl * (1 + offLow), Level: low}, tone.Part{Frequency: fh * (1 + offHigh), Level: high})
}

// padded puts silence around audio, so that a press begins and ends, at every alignment to blocks.
func padded(lead int, pcm []int16) []int16 {
	return append(append(make([]int16, lead), pcm...), make([]int16, 400)...)
}

// everywhere tells the share of block alignments at which exactly the key is heard.
func everywhere(law sdp.Codec, key byte, pcm []int16) float64 {
	hits := 0
	for lead := range 102 {
		if hear(law, padded(lead, pcm)) == string(key) {
			hits++
		}
	}
	return float64(hits) / 102
}

func TestInBandHearsEveryKey(t *testing.T) {
	for _, law := range []sdp.Codec{sdp.PCMA, sdp.PCMU} {
		for i := range len(tone.Keys) {
			key := tone.Keys[i]
			for name, pcm := range map[string][]int16{
				"usual":          keypress(key, -7, -5, 0, 0, 100*ms),
				"loud":           keypress(key, -2, 0, 0, 0, 60*ms),
				"faint":          keypress(key, -29, -27, 0, 0, 60*ms),
				"40 ms":          keypress(key, -9, -7, 0, 0, 40*ms),
				"1.5 % high":     keypress(key, -9, -7, 0.015, 0.015, 60*ms),
				"1.5 % low":      keypress(key, -9, -7, -0.015, -0.015, 60*ms),
				"low tone 8 dB":  keypress(key, -7, -15, 0, 0, 60*ms),
				"high tone 4 dB": keypress(key, -12, -8, 0, 0, 60*ms),
				"a second long":  keypress(key, -9, -7, 0, 0, time.Second),
			} {
				least := 1.0
				if name == "low tone 8 dB" {
					least = 0.9 // the very limit, where 941 and 1209 Hz disturb each other
				}
				if got := everywhere(law, key, pcm); got < least {
					t.Errorf("%v key %c %s: heard at %.0f %% of alignments", law, key, name, 100*got)
				}
			}
		}
	}
}

func TestInBandIgnoresWhatIsNoKey(t *testing.T) {
	for name, pcm := range map[string][]int16{
		"20 ms":             keypress('5', -9, -7, 0, 0, 20*ms),
		"too faint":         keypress('5', -45, -45, 0, 0, time.Second),
		"low tone only":     tone.Sine(770, -7, time.Second),
		"high tone only":    tone.Sine(1336, -7, time.Second),
		"twist of 12 dB":    keypress('5', -5, -17, 0, 0, time.Second),
		"reverse of 8 dB":   keypress('5', -15, -7, 0, 0, time.Second),
		"4 % off":           keypress('5', -9, -7, 0.04, 0.04, time.Second),
		"dial tone":         tone.Sum(time.Second, tone.Part{Frequency: 350, Level: -13}, tone.Part{Frequency: 440, Level: -13}),
		"Chinese ring back": tone.Sine(450, -10, time.Second),
		"busy":              tone.Sum(time.Second, tone.Part{Frequency: 480, Level: -13}, tone.Part{Frequency: 620, Level: -13}),
		"two low tones":     tone.Sum(time.Second, tone.Part{Frequency: 697, Level: -9}, tone.Part{Frequency: 852, Level: -9}),
		"with a third tone": tone.Sum(time.Second, tone.Part{Frequency: 770, Level: -9}, tone.Part{Frequency: 1336, Level: -9}, tone.Part{Frequency: 2500, Level: -9}),
		"fax calling":       tone.Sine(1100, -10, time.Second),
		"silence":           make([]int16, 8000),
	} {
		if got := hear(sdp.PCMA, padded(13, pcm)); got != "" {
			t.Errorf("%s: heard %q", name, got)
		}
	}
}

func TestInBandThroughNoise(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	heard := 0
	for range 200 {
		pcm := padded(random.IntN(102), keypress('7', -9, -7, 0, 0, 80*ms))
		for i := range pcm { // 15 dB below the tones
			pcm[i] += int16(random.NormFloat64() * 0.707 * tone.Amplitude(-20))
		}
		if hear(sdp.PCMA, pcm) == "7" {
			heard++
		}
	}
	if heard < 199 {
		t.Errorf("%d of 200 heard", heard)
	}
}

func TestInBandRepeats(t *testing.T) {
	pcm, err := tone.Dial("1155#0*", 60*ms, 50*ms)
	if err != nil {
		t.Fatal(err)
	}
	if got := hear(sdp.PCMA, pcm); got != "1155#0*" {
		t.Errorf("heard %q", got)
	}
	gap := keypress('5', -9, -7, 0, 0, 200*ms)
	for i := 700; i < 740; i++ { // 5 ms lost on the way are not a second press
		gap[i] = 0
	}
	if got := hear(sdp.PCMA, padded(0, gap)); got != "5" {
		t.Errorf("with a short break: heard %q", got)
	}
}

// TestTalkOffSpeech listens to rendered speech in three languages, at several levels and speeds.
func TestTalkOffSpeech(t *testing.T) {
	f, err := wav.Read("testdata/speech.wav")
	if err != nil {
		t.Fatal(err)
	}
	pcm := f.Channel(0)
	for _, gain := range []float64{1, 0.5, 0.1} {
		for _, speed := range []float64{0.7, 0.85, 0.93, 1, 1.07, 1.15, 1.3, 1.5, 1.8, 2.2} {
			out := make([]int16, 0, len(pcm)*2)
			for at := 0.0; int(at)+1 < len(pcm); at += speed {
				i, part := int(at), at-math.Floor(at)
				out = append(out, int16(gain*(float64(pcm[i])*(1-part)+float64(pcm[i+1])*part)))
			}
			if got := hear(sdp.PCMA, out); got != "" {
				t.Errorf("gain %v speed %v: heard %q", gain, speed, got)
			}
		}
	}
}

// TestTalkOffVowels listens to ten minutes of made-up vowels without a pause: a buzz of random and
// gliding pitch through random formants. It is far worse than speech, since many a vowel here is
// two strong overtones for 200 ms; without the look at frequency and purity there are 50 keys.
func TestTalkOffVowels(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	heard := ""
	for range 3000 {
		heard += hear(sdp.PCMA, vowel(random, 200*ms))
	}
	if len(heard) > 15 {
		t.Errorf("heard %q in ten minutes", heard)
	}
}

// vowel makes one made-up vowel.
func vowel(random *rand.Rand, d time.Duration) []int16 {
	pitch := 80 + 320*random.Float64()
	glide := (random.Float64() - 0.5) * 0.3
	formants := [3]float64{250 + 700*random.Float64(), 800 + 1500*random.Float64(), 2200 + 1000*random.Float64()}
	width := 40 + 80*random.Float64()
	n := int(d / sample)
	out := make([]float64, n)
	for h := 1.0; h*pitch < 3600; h++ {
		gain := 0.0
		for i, f := range formants {
			off := (h*pitch - f) / width
			gain += 1 / (1 + off*off) / float64(1+i)
		}
		phase := 2 * math.Pi * random.Float64()
		for i := range out {
			x := float64(i) / float64(n)
			out[i] += gain * math.Sin(phase+2*math.Pi*h*pitch*float64(i)/8000*(1+glide*x/2))
		}
	}
	peak := 1.0
	for _, v := range out {
		peak = max(peak, math.Abs(v))
	}
	pcm := make([]int16, n)
	for i, v := range out {
		pcm[i] = int16(v / peak * tone.Amplitude(-6))
	}
	return pcm
}

func TestDetectorQuiet(t *testing.T) {
	var d detector
	tones := encode(sdp.PCMA, keypress('5', -9, -7, 0, 0, 60*ms))
	if d.push(tones, &aLinear) != '5' {
		t.Fatal("not heard")
	}
	d.quiet()
	if d.push(tones, &aLinear) != '5' {
		t.Error("a press after quiet is not another press")
	}
}

// BenchmarkDetector is the cost of one frame: of silence, where it is not asked, of speech, and
// of a key.
func BenchmarkDetector(b *testing.B) {
	f, err := wav.Read("testdata/speech.wav")
	if err != nil {
		b.Fatal(err)
	}
	for name, audio := range map[string][]byte{
		"speech": f.Data,
		"key":    encode(sdp.PCMA, keypress('5', -9, -7, 0, 0, time.Second)),
	} {
		b.Run(name, func(b *testing.B) {
			var d detector
			b.ReportAllocs()
			at := 0
			for b.Loop() {
				if at += frame; at+frame > len(audio) {
					at = 0
				}
				d.push(audio[at:at+frame], &aLinear)
			}
		})
	}
	b.Run("silence", func(b *testing.B) {
		var v voice
		var d detector
		b.ReportAllocs()
		for b.Loop() {
			if v.listen(aSilence[:], sdp.PCMA) < leastVoice {
				d.quiet()
			}
		}
	})
}
