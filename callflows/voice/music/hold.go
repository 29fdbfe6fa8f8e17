package music

import (
	"math"

	"hotline/callflows/voice/sound"
)

// The hold loop: twelve bars of four beats, 36 seconds, quiet and without a
// surprise. A beat is 6000 samples, so that the loop is a whole number of 20 ms
// frames.
const (
	beat     = 6000
	beats    = 4
	eighths  = 2 * beats
	holdLUFS = -27
)

// bar is one chord and the tune above it, as notes of the equal scale counted
// from A4; rest is no note.
type bar struct {
	chord []int
	tune  [beats]int
}

const rest = 99

// score is the whole piece, in G. All notes lie in the telephone's band.
func score() []bar {
	return []bar{
		{[]int{-2, 2, 5, 9}, [beats]int{10, rest, 9, 5}},
		{[]int{-5, 2, 5, 10}, [beats]int{7, rest, 5, rest}},
		{[]int{-5, 3, 7, 10}, [beats]int{3, 5, 7, 10}},
		{[]int{-3, 2, 5, 9}, [beats]int{9, rest, rest, 5}},
		{[]int{-3, 2, 5, 9}, [beats]int{9, rest, 12, 9}},
		{[]int{-5, 2, 5, 10}, [beats]int{10, rest, 7, rest}},
		{[]int{-5, 0, 3, 7}, [beats]int{3, 7, 12, 10}},
		{[]int{-3, 0, 5, 10}, [beats]int{9, rest, rest, rest}},
		{[]int{-5, 3, 7, 10}, [beats]int{7, rest, 10, 14}},
		{[]int{-3, 2, 5, 9}, [beats]int{12, rest, 9, rest}},
		{[]int{-5, 0, 3, 7}, [beats]int{7, 3, 5, 7}},
		{[]int{-3, 0, 3, 9}, [beats]int{5, rest, rest, rest}},
	}
}

// arpeggio is the order in which the notes of a chord are touched.
func arpeggio() [eighths]int { return [eighths]int{0, 2, 1, 3, 2, 1, 3, 1} }

// loop is a stretch of sound whose end runs into its beginning.
type loop []float64

// Hold composes the loop callers hear while they wait.
func Hold() sound.Sound {
	bars := score()
	l := make(loop, len(bars)*beats*beat)
	order := arpeggio()
	for i, b := range bars {
		at := i * beats * beat
		for _, note := range b.chord {
			l.pad(at, note)
		}
		for k, which := range order {
			l.pluck(at+k*beat/2, b.chord[which], 0.35)
		}
		for k, note := range b.tune {
			if note != rest {
				l.pluck(at+k*beat, note, 1)
			}
		}
	}
	return sound.Sound{Rate: sound.Rate, Samples: l}.Level(holdLUFS)
}

// pluck is a soft struck note: three partials, the higher the shorter.
func (l loop) pluck(at, note int, strength float64) {
	const attack, length = sound.Rate / 100, 3 * sound.Rate
	freq := pitch(note)
	for i := range length {
		t := float64(i) / sound.Rate
		x := 0.0
		for k, level := range []float64{1, 0.3, 0.1} {
			n := float64(k + 1)
			x += level * math.Exp(-t*1.8*n) * math.Sin(2*math.Pi*freq*n*t)
		}
		if i < attack {
			x *= float64(i) / attack
		}
		l.add(at+i, strength*x*fade(i, length))
	}
}

// pad is a chord note that swells and ebbs over its bar and into the next.
func (l loop) pad(at, note int) {
	const length = 5 * beat
	freq := pitch(note)
	for i := range length {
		t := float64(i) / sound.Rate
		swell := math.Sin(math.Pi * float64(i) / length)
		// Two voices, a little apart, beat slowly against each other.
		x := math.Sin(2*math.Pi*(freq-0.4)*t) + math.Sin(2*math.Pi*(freq+0.4)*t)
		l.add(at+i, 0.07*swell*swell*x)
	}
}

func (l loop) add(at int, x float64) { l[at%len(l)] += x }

// pitch is the frequency of a note, in Hz.
func pitch(note int) float64 { return 440 * math.Pow(2, float64(note)/12) }

// fade takes the last tenth of a note to nothing.
func fade(i, length int) float64 {
	return min(1, float64(length-i)/(float64(length)/10))
}
