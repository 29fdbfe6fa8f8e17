package media

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/media/sdp"
	"hotline/media/tone"
	"hotline/media/wav"
)

// record begins a recording in a rig.
func (r *rig) record(channels int) *Recorder {
	r.t.Helper()
	rec, err := r.e.Record(RecordOptions{Path: filepath.Join(r.t.TempDir(), "rec.wav"), Channels: channels})
	if err != nil {
		r.t.Fatal(err)
	}
	return rec
}

// attach attaches a session.
func (r *rig) attach(rec *Recorder, s *Session, channel int) {
	r.t.Helper()
	if err := rec.Attach(s, channel); err != nil {
		r.t.Fatal(err)
	}
}

// finish closes a recording; the scribe has one more look, as it would by itself.
func (r *rig) finish(rec *Recorder) Recording {
	r.t.Helper()
	rec.shut()
	r.e.scribe.visit()
	got, err := rec.Close(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return got
}

// talk lets two phones say two tones to each other for d, with the scribe at its rounds.
func (r *rig) talk(d time.Duration, x, y *handset, left, right []byte) {
	r.t.Helper()
	for at := 0; d > 0; d -= 20 * ms {
		x.audio(left[at : at+frame])
		y.audio(right[at : at+frame])
		if at += frame; at+frame > len(left) {
			at = 0
		}
		r.step(20 * ms)
		if d%(240*ms) == 0 {
			r.e.scribe.visit()
		}
	}
}

// voices are a second of the left and of the right phone's tone.
func voices() (left, right []byte) {
	return encode(sdp.PCMA, tone.Sine(440, -10, time.Second)), encode(sdp.PCMU, tone.Sine(880, -10, time.Second))
}

func TestRecordingHasEachSideOnItsChannel(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMU)
	rec := r.record(2)
	r.attach(rec, x.to, 0)
	r.attach(rec, y.to, 1)
	left, right := voices()
	r.talk(5*time.Second, x, y, left, right)
	got := r.finish(rec)
	if got.Duration != 5*time.Second || !got.Whole() || len(got.Gaps) != 0 {
		t.Errorf("%+v", got)
	}
	for channel, heard := range got.Heard {
		if heard < 4950*ms {
			t.Errorf("channel %d: %v heard", channel, heard)
		}
	}
	b, err := os.ReadFile(got.Path)
	if err != nil || int64(len(b)) != got.Bytes || got.Bytes != wav.HeaderSize+2*5*8000 || got.SHA256 != fmt.Sprintf("%x", sha256.Sum256(b)) {
		t.Errorf("%d bytes with hash %s, %v", len(b), got.SHA256, err)
	}
	f, err := wav.Decode(b)
	if err != nil || f.Format != wav.ALaw || f.Channels != 2 {
		t.Fatalf("%+v, %v", f.Header, err)
	}
	for _, c := range []struct {
		channel     int
		own, others float64
	}{{0, 440, 880}, {1, 880, 440}} {
		if own, others := tone.In(f, c.channel, c.own), tone.In(f, c.channel, c.others); own < -11 || own > -9 || others > -55 {
			t.Errorf("channel %d: own tone %.1f, the other's %.1f dBm0", c.channel, own, others)
		}
	}
	if info, err := os.Stat(got.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := rec.Close(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
}

// TestRecordingIsValidAtAnyTime reads the file after every round of the scribe.
func TestRecordingIsValidAtAnyTime(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMU)
	rec := r.record(2)
	r.attach(rec, x.to, 0)
	left, right := voices()
	_, err := exec.LookPath("soxi")
	for range 20 {
		r.talk(240*ms, x, y, left, right)
		f, decodeErr := wav.Read(rec.path)
		if decodeErr != nil {
			t.Fatal(decodeErr)
		}
		if behind := rec.Position() - f.Duration(); behind > 800*ms {
			t.Errorf("the file is %v behind", behind)
		}
		if err == nil {
			out, soxErr := exec.CommandContext(t.Context(), "soxi", "-D", rec.path).CombinedOutput()
			if soxErr != nil || strings.Contains(string(out), "WARN") {
				t.Fatalf("soxi: %v\n%s", soxErr, out)
			}
		}
	}
	r.finish(rec)
}

func TestRecordingOfOneVoice(t *testing.T) {
	r := newRig(t, 1)
	s := r.open(nil)
	h := newHandset(t, s, 7).apply(sdp.PCMU)
	rec := r.record(1)
	r.attach(rec, s, 0)
	_, right := voices()
	r.talk(3*time.Second, h, newHandset(t, r.open(nil), 9).apply(sdp.PCMA), right, right)
	r.now += 125 * time.Microsecond // an odd number of samples
	got := r.finish(rec)
	f, err := wav.Read(got.Path)
	if err != nil || f.Channels != 1 || tone.In(f, 0, 880) < -11 || f.Frames()%2 != 0 {
		t.Errorf("%+v, %v", f.Header, err)
	}
	if p, err := os.ReadFile(got.Path); err != nil {
		t.Error(err)
	} else if _, err := LoadPrompt(p); err != nil {
		t.Errorf("a message cannot be played as a prompt: %v", err)
	}
}

func TestRecordingGaps(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMU)
	rec := r.record(2)
	r.attach(rec, x.to, 0)
	r.attach(rec, y.to, 1)
	left, right := voices()
	r.talk(2*time.Second, x, y, left, right)
	rec.Pause("identity number")
	rec.Pause("again")
	r.talk(3*time.Second, x, y, left, right)
	rec.Resume()
	rec.Resume()
	r.talk(2*time.Second, x, y, left, right)
	for range 100 { // the left phone says nothing for two seconds, its clock runs on
		y.audio(right[:frame])
		r.step(20 * ms)
		x.ts += frame
	}
	r.talk(time.Second, x, y, left, right)
	rec.Detach(y.to)
	r.talk(time.Second, x, y, left, right)
	got := r.finish(rec)
	want := []Gap{{-1, 2 * time.Second, 3 * time.Second, "identity number"}, {0, 7 * time.Second, 2 * time.Second, noMedia}}
	if len(got.Gaps) != 2 || got.Duration != 11*time.Second {
		t.Fatalf("%+v", got)
	}
	for i, g := range got.Gaps {
		if d := g.From - want[i].From; g.Channel != want[i].Channel || g.Reason != want[i].Reason || d > 25*ms || -d > 25*ms || g.For-want[i].For > 25*ms || want[i].For-g.For > 25*ms {
			t.Errorf("gap %+v, want %+v", g, want[i])
		}
	}
	f, err := wav.Read(got.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		channel, from, to int
		sound             bool
	}{
		{0, 200, 1900, true},
		{0, 2020, 4980, false},
		{1, 2020, 4980, false},
		{1, 5100, 6900, true},
		{0, 7030, 8950, false},
		{0, 9100, 10900, true},
		{1, 9100, 9900, true},
		{1, 10050, 10900, false},
	} {
		level := tone.Level(f.Channel(c.channel)[c.from*8 : c.to*8])
		if (level > -20) != c.sound {
			t.Errorf("channel %d from %d to %d ms: %.0f dBm0", c.channel, c.from, c.to, level)
		}
	}
}

// TestRecordingKeepsTimeOverLossAndDisorder loses, reorders and repeats on one side: each marked
// packet is found within 40 ms of the same mark on the other side.
func TestRecordingKeepsTimeOverLossAndDisorder(t *testing.T) {
	r := newRig(t, 1)
	_, x, y := pairUp(t, r, sdp.PCMA, sdp.PCMA)
	rec := r.record(2)
	r.attach(rec, x.to, 0)
	r.attach(rec, y.to, 1)
	for i := range 1500 {
		payload := same(hush(sdp.PCMA))
		if i%50 == 25 {
			payload = same(0x2a)
		}
		y.audio(payload)
		switch seq, ts := x.seq, x.ts; {
		case i%50 != 25 && i%7 == 3:
			x.seq, x.ts = seq+1, ts+frame // lost
		case i%50 != 25 && i%50 != 24 && i%11 == 5:
			x.seq, x.ts = seq+1, ts+frame // the next overtakes this one
			x.audio(payload)
			x.seq, x.ts = seq, ts
			x.audio(payload)
		default:
			x.audio(payload)
		}
		r.step(20 * ms)
		if i%12 == 0 {
			r.e.scribe.visit()
		}
	}
	f, err := wav.Read(r.finish(rec).Path)
	if err != nil {
		t.Fatal(err)
	}
	a, b := marks(f.Channel(0)), marks(f.Channel(1))
	if len(a) != 30 || len(b) != 30 {
		t.Fatalf("%d and %d marks", len(a), len(b))
	}
	for i := range a {
		if d := a[i] - b[i]; d > 320 || d < -320 {
			t.Errorf("mark %d: %d samples apart", i, d)
		}
	}
}

// marks returns where loud stretches begin.
func marks(pcm []int16) (at []int) {
	last := -8000
	for i, v := range pcm {
		if v > 20000 || v < -20000 {
			if i-last > 400 {
				at = append(at, i)
			}
			last = i
		}
	}
	return at
}

func TestRecordRefuses(t *testing.T) {
	r := newRig(t, 1)
	for _, channels := range []int{0, 9} {
		if _, err := r.e.Record(RecordOptions{Path: filepath.Join(t.TempDir(), "x.wav"), Channels: channels}); !errors.Is(err, ErrChannel) {
			t.Errorf("%d channels: %v", channels, err)
		}
	}
	if _, err := r.e.Record(RecordOptions{Path: "/no/such/folder/x.wav", Channels: 1}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	rec, other := r.record(2), r.record(1)
	if _, err := r.e.Record(RecordOptions{Path: rec.path, Channels: 2}); !errors.Is(err, os.ErrExist) {
		t.Errorf("the file exists: %v", err)
	}
	s, o := r.open(nil), r.open(nil)
	r.attach(rec, s, 0)
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"taken channel":   {rec.Attach(o, 0), ErrChannel},
		"no such channel": {rec.Attach(o, 2), ErrChannel},
		"recorded twice":  {other.Attach(s, 0), ErrRecorded},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	other.Detach(s) // not its session: nothing happens
	_ = s.Close()
	if err := rec.Attach(o, 0); err != nil {
		t.Errorf("the channel of a closed session is not free: %v", err)
	}
	if err := rec.Attach(s, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("closed session: %v", err)
	}
	r.finish(rec)
	if err := rec.Attach(o, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("closed recording: %v", err)
	}
	r.finish(other)
}
