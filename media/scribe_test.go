package media

import (
	"testing"

	"hotline/media/sdp"
)

// visits counts the writes to a recording.
type visits struct {
	file
	writes int
}

// WriteAt counts and writes.
func (v *visits) WriteAt(b []byte, at int64) (int, error) {
	v.writes++
	return v.file.WriteAt(b, at)
}

// TestStints lets many recordings be written by turns: each about every 200 ms, only some of them at a time, and one that
// ends at once.
func TestStints(t *testing.T) {
	r := newRig(t, 1)
	var files []*visits
	r.e.scribe.open = func(path string) (file, error) {
		f, err := create(path)
		files = append(files, &visits{file: f})
		return files[len(files)-1], err
	}
	var all []*Recorder
	var phones []*handset
	for i := range 3 * much {
		s := r.open(nil)
		phones = append(phones, newHandset(t, s, uint32(i+1)).apply(sdp.PCMA))
		rec := r.record(1)
		r.attach(rec, s, 0)
		all = append(all, rec)
		r.step(5 * ms) // they come one after the other
	}
	stints := func(n int) (most int) {
		for range n {
			before := make([]int, len(files))
			for i, f := range files {
				before[i] = f.writes
			}
			for _, h := range phones {
				h.audio(same(0x2a))
			}
			r.step(stint)
			if pause := r.e.scribe.stint(); pause != stint {
				t.Fatalf("the next stint after %v", pause)
			}
			visited := 0
			for i, f := range files {
				if f.writes > before[i] {
					visited++
				}
			}
			most = max(most, visited)
		}
		return most
	}
	stints(30)
	for _, f := range files {
		f.writes = 0
	}
	if most := stints(50); most > len(all)/2 { // a second
		t.Errorf("%d of %d recordings written in one stint", most, len(all))
	}
	for i, f := range files {
		if f.writes < 2*4 || f.writes > 2*6 { // audio and header, each time
			t.Errorf("recording %d: %d writes in a second", i, f.writes)
		}
	}
	all[0].shut()
	r.e.scribe.kick(all[0])
	r.e.scribe.end()
	select {
	case <-all[0].done:
	default:
		t.Error("a recording that ended waits for its turn")
	}
	r.e.scribe.end()
	r.e.scribe.visit()
}
