package media

import (
	"math/rand/v2"
	"testing"
	"time"

	"hotline/media/sdp"
	"hotline/media/tone"
	"hotline/media/wav"
)

// listenTo runs audio through a voice in packets and returns what it counts as activity.
func listenTo(law sdp.Codec, pcm []int16) time.Duration {
	var v voice
	code := encode(law, pcm)
	for ; len(code) >= frame; code = code[frame:] {
		v.listen(code[:frame], law)
	}
	return v.active
}

func TestVoice(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	noise := func(dBm0 float64) []int16 {
		pcm := make([]int16, 10*8000)
		for i := range pcm {
			pcm[i] = int16(random.NormFloat64() * 0.707 * tone.Amplitude(dBm0))
		}
		return pcm
	}
	speech, err := wav.Read("testdata/speech.wav")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pcm         []int16
		least, most time.Duration
	}{
		"silence":       {make([]int16, 10*8000), 0, 0},
		"faint noise":   {noise(-55), 0, 0},
		"room noise":    {noise(-42), 0, 3 * time.Second},
		"tone":          {tone.Sine(440, -15, 10*time.Second), 9 * time.Second, 10 * time.Second},
		"speech":        {speech.Channel(0), 8 * time.Second, 15 * time.Second},
		"one short cry": {append(make([]int16, 8000), tone.Sine(900, -10, 300*time.Millisecond)...), 280 * ms, 320 * ms},
	} {
		for _, law := range []sdp.Codec{sdp.PCMA, sdp.PCMU} {
			if got := listenTo(law, c.pcm); got < c.least || got > c.most {
				t.Errorf("%s in %v: %v of activity, want %v to %v", name, law, got, c.least, c.most)
			}
		}
	}
}

func TestVoiceOverNoise(t *testing.T) {
	var v voice
	hum := encode(sdp.PCMA, tone.Sine(100, -42, 20*ms))
	for range 1500 {
		v.listen(hum, sdp.PCMA)
	}
	before := v.active
	for range 50 {
		v.listen(encode(sdp.PCMA, tone.Sine(500, -25, 20*ms)), sdp.PCMA)
	}
	if got := v.active - before; got != time.Second {
		t.Errorf("a second of voice over hum counts as %v", got)
	}
}

func TestVoiceOfNothing(t *testing.T) {
	var v voice
	if v.listen(nil, sdp.PCMA) != 0 || v.active != 0 {
		t.Error("an empty packet has a level")
	}
}

func BenchmarkVoice(b *testing.B) {
	var v voice
	payload := encode(sdp.PCMA, tone.Sine(440, -15, 20*ms))
	b.ReportAllocs()
	for b.Loop() {
		v.listen(payload, sdp.PCMA)
	}
}
