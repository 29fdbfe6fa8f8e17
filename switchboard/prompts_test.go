package switchboard_test

import (
	"testing"
	"testing/fstest"
	"time"

	"hotline/ivr"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/switchboard"
)

// A recording that was spoilt while the program runs costs no caller the words: the next best one plays, and people
// are told.
func TestABrokenRecordingGivesWayToTheNext(t *testing.T) {
	t.Parallel()
	sound := wav.File{Header: wav.Header{Format: wav.ALaw, Channels: 1, Rate: tone.Rate}, Data: make([]byte, 1600)}.Encode()
	own := fstest.MapFS{"yue/P-A.wav": {Data: sound[:len(sound)/2]}, "yue/P-B.wav": {Data: []byte("no sound at all")}}
	shipped := fstest.MapFS{"yue/P-A.tts.wav": {Data: sound}}
	prompts := switchboard.NewPrompts(own, shipped)
	var told []error
	prompts.Broken = func(err error) { told = append(told, err) }
	for range 2 {
		prompt, err := prompts.Part(ivr.Part{Lang: "yue", ID: "P-A"})
		if err != nil || prompt.Duration() != 200*time.Millisecond {
			t.Fatalf("got %v, %v", prompt, err)
		}
	}
	if len(told) != 1 {
		t.Errorf("told %d times: %v", len(told), told)
	}
	for _, id := range []string{"P-B", "P-C"} {
		if _, err := prompts.Part(ivr.Part{Lang: "yue", ID: id}); err == nil {
			t.Errorf("%s has a sound", id)
		}
	}
}
