package media

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hotline/media/tone"
	"hotline/media/wav"
)

// taped lets people talk, with the scribe at its rounds.
func taped(r *rig, d time.Duration, talking ...*guest) {
	r.t.Helper()
	for ; d > 0; d -= 200 * ms {
		chat(r, 200*ms, talking...)
		r.e.scribe.visit()
	}
}

// TestMixIsRecordedEachOnHisChannel records a talk that a third joins, whispers in and leaves: the
// channels have one voice each, whole, and nothing of it moves.
func TestMixIsRecordedEachOnHisChannel(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 3)
	m := NewMix(all[0].to)
	rec := r.record(3)
	joins(t, m, all[0])
	c := joins(t, m, all[1])
	r.attach(rec, all[0].to, 0)
	r.attach(rec, all[1].to, 1)
	taped(r, time.Second, all...)
	l, err := m.Listen(all[2].to)
	if err != nil {
		t.Fatal(err)
	}
	r.attach(rec, all[2].to, 2)
	taped(r, time.Second, all...)
	sp, err := l.Speak(c)
	if err != nil {
		t.Fatal(err)
	}
	taped(r, time.Second, all...)
	sp.Hush()
	taped(r, time.Second, all...)
	if _, err := l.Barge(); err != nil {
		t.Fatal(err)
	}
	taped(r, time.Second, all...)
	l.Leave()
	taped(r, time.Second, all...)
	got := r.finish(rec)
	f, err := wav.Read(got.Path)
	if err != nil {
		t.Fatal(err)
	}
	for channel, g := range all {
		pcm := f.Channel(channel)
		if len(pcm) < 6*8000 {
			t.Fatalf("%d samples", len(pcm))
		}
		for second := range 6 {
			part := pcm[second*8000+800 : (second+1)*8000-800]
			want := channel < 2 || second == 2 || second > 3
			if power := tone.Power(part, g.hz); (power > -21) != want {
				t.Errorf("channel %d, second %d: %.1f dBm0", channel, second, power)
			}
			for _, other := range all {
				if power := tone.Power(part, other.hz); other != g && power > -55 {
					t.Errorf("channel %d, second %d: %.0f Hz at %.1f dBm0", channel, second, other.hz, power)
				}
			}
		}
	}
	for channel := range 2 {
		if heard := got.Heard[channel]; heard < 6*time.Second-40*ms {
			t.Errorf("channel %d has %v", channel, heard)
		}
	}
	want := []Gap{{2, time.Second, time.Second, listening}, {2, 3 * time.Second, time.Second, listening}}
	if !slices.Equal(got.Gaps, want) {
		t.Errorf("gaps %v", got.Gaps)
	}
}

// TestGapsOfMuteAndRoom files why a channel has nothing: the room goes before the mute, a pause of
// the whole recording is told apart.
func TestGapsOfMuteAndRoom(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 2)
	m := NewMix(all[0].to)
	rec := r.record(2)
	a, b := joins(t, m, all[0]), joins(t, m, all[1])
	a.Mute(true)
	r.attach(rec, all[0].to, 0) // muted when recording begins
	r.attach(rec, all[1].to, 1)
	taped(r, time.Second, all...)
	room := m.Room("private")
	for _, p := range []*Party{a, b} {
		if err := p.Enter(room); err != nil {
			t.Fatal(err)
		}
	}
	taped(r, time.Second, all...)
	room.Close()
	taped(r, time.Second, all...)
	a.Mute(false)
	taped(r, time.Second, all...)
	b.Mute(true)
	taped(r, time.Second, all...)
	got := r.finish(rec) // muted when it ends
	want := []Gap{
		{0, 0, time.Second, muted},
		{0, time.Second, time.Second, "private"},
		{1, time.Second, time.Second, "private"},
		{0, 2 * time.Second, time.Second, muted},
		{1, 4 * time.Second, time.Second, muted},
	}
	if !slices.Equal(got.Gaps, want) {
		t.Errorf("gaps %v\nwant %v", got.Gaps, want)
	}
	f, err := wav.Read(got.Path)
	if err != nil {
		t.Fatal(err)
	}
	for channel, audible := range [][]int{{3, 4}, {0, 2, 3}} {
		for second := range 5 {
			part := f.Channel(channel)[second*8000+400 : (second+1)*8000-400]
			if heard := tone.Power(part, all[channel].hz) > -30; heard != slices.Contains(audible, second) {
				t.Errorf("channel %d, second %d: heard %v", channel, second, heard)
			}
		}
	}
}

// TestFurtherVoiceOnAChannel records two on the right channel, of whom one comes and goes: both are
// heard there, nothing is lost of either, and the file stays one of two channels.
func TestFurtherVoiceOnAChannel(t *testing.T) {
	r := newRig(t, 1)
	all := company(t, r, 4)
	m := NewMix(all[0].to)
	rec := r.record(2)
	for i, g := range all[:2] {
		joins(t, m, g)
		r.attach(rec, g.to, i)
	}
	for range 2 { // what is let go is used again
		taped(r, time.Second, all...)
		third := joins(t, m, all[2])
		if err := rec.Join(all[2].to, 1); err != nil {
			t.Fatal(err)
		}
		if err := rec.Join(all[2].to, 1); !errors.Is(err, ErrRecorded) {
			t.Errorf("joined twice: %v", err)
		}
		taped(r, time.Second, all...)
		rec.Detach(all[2].to)
		third.Leave()
	}
	if len(rec.tracks) != 3 {
		t.Errorf("%d tracks", len(rec.tracks))
	}
	for _, channel := range []int{-1, 2} {
		if err := rec.Join(all[3].to, channel); !errors.Is(err, ErrChannel) {
			t.Errorf("channel %d: %v", channel, err)
		}
	}
	got := r.finish(rec)
	if got.Channels != 2 || len(got.Gaps) != 0 || len(got.Heard) != 2 || got.Heard[1] < 4*time.Second-40*ms {
		t.Errorf("recording %+v", got)
	}
	f, err := wav.Read(got.Path)
	if err != nil {
		t.Fatal(err)
	}
	for second := range 4 {
		for channel, want := range [][]bool{{true, false, false}, {false, true, second%2 == 1}} {
			part := f.Channel(channel)[second*8000+400 : (second+1)*8000-400]
			for i, audible := range want {
				if power := tone.Power(part, all[i].hz); (power > -21) != audible {
					t.Errorf("second %d, channel %d: %.0f Hz at %.1f dBm0", second, channel, all[i].hz, power)
				}
			}
		}
	}
}
