package media

import "math"

// detector finds keys in the audio: two tones of ITU-T Q.23 and nothing else, within the limits of
// Q.24. It looks at blocks of 102 samples (12.75 ms). Two blocks that show the same key are then
// looked at closely: the turn of phase from one to the next tells each frequency within a few
// hertz, and with it how pure the two tones really are. So 40 ms of tone suffice, a frequency
// 1.5 % off still counts, and speech, which has neither such frequencies nor such purity for that
// long, hardly ever does.
type detector struct {
	block   [102]int16
	n       int
	before  sound
	current byte // key that sounds
	misses  int  // blocks since it was last seen
}

// sound is what one block shows.
type sound struct {
	key         byte // 0 for none
	row, column uint8
	low, high   complex64 // the two tones, with their phase
	total       float32   // energy of everything
}

// blockSize is the length of a block as a float.
const blockSize = float32(102)

// What makes two tones a key.
const (
	// leastTone is the mean square of the weakest tone heard, -38 dBm0.
	leastTone = 42000
	// twistLow and twistHigh are how much stronger the low and the high tone may be than the
	// other: 8 dB and 4 dB, with room for what noise and the block's edges do.
	twistLow, twistHigh = 8.9, 3.4
	// apart is how far a tone must stand above the others of its group, 7 dB.
	apart = 5
	// hint is the least share of all energy in the two tones for a block to be worth a close look,
	// pure the least share in a close look.
	hint, pure = 0.55, 0.88
	// offKey is the largest relative error of a frequency; Q.24 asks for 1.5 %, and to refuse 3.5 %.
	offKey = 0.022
	// slowest and fastest bound how much two tones change from sample to sample: a sine's steps
	// have 2(1-cos ω) of its energy, which is 0.29 for the lowest tone and 1.43 for the highest. Most
	// of speech is slower, and needs no closer look.
	slowest, fastest = 0.31, 1.4
	// steady is by how much a tone's power may change between two blocks, 4 dB.
	steady = 2.5
)

// The tones of ITU-T Q.23 in Hz.
var (
	lowTones  = newTones(697, 770, 852, 941)     // table
	highTones = newTones(1209, 1336, 1477, 1633) // table
)

// keyGrid is the keypad, a row for each low tone.
const keyGrid = "123A456B789C*0#D"

// tones is a group of four frequencies with their constants.
type tones struct {
	hertz    [4]float64
	twice    [4]float32   // 2 cos ω, of the Goertzel recurrence
	rotation [4]complex64 // e^-jω
	block    [4]complex64 // e^-jωN, the turn over one block, undone
}

// newTones returns the constants of four frequencies.
func newTones(hertz ...float64) (t tones) {
	for i, f := range hertz {
		w := 2 * math.Pi * f / 8000
		t.hertz[i] = f
		t.twice[i] = float32(2 * math.Cos(w))
		t.rotation[i] = phasor(-w)
		t.block[i] = phasor(-w * float64(blockSize))
	}
	return t
}

// phasor returns e^jφ.
func phasor(phi float64) complex64 { return complex(float32(math.Cos(phi)), float32(math.Sin(phi))) }

// push takes audio and returns the key whose press it recognises, or 0.
func (d *detector) push(payload []byte, linear *[256]int16) (pressed byte) {
	for len(payload) > 0 {
		room := d.block[d.n:]
		part := payload[:min(len(room), len(payload))]
		for i, b := range part {
			room[i] = linear[b]
		}
		payload = payload[len(part):]
		if d.n += len(part); d.n == len(d.block) {
			d.n = 0
			if key := d.judge(d.find()); key != 0 {
				pressed = key
			}
		}
	}
	return pressed
}

// quiet takes audio too faint for a key, at no cost while nothing sounds.
func (d *detector) quiet() {
	if d.n|int(d.before.key)|int(d.current) != 0 {
		d.n, d.before, d.current, d.misses = 0, sound{}, 0, 0
	}
}

// judge takes one block. A press begins with two blocks that agree and ends with two that do not.
func (d *detector) judge(s sound) (pressed byte) {
	if s.key != d.current {
		if d.misses++; d.misses == 2 {
			d.current = 0
		}
	} else {
		d.misses = 0
	}
	if s.key != 0 && s.key != d.current && s.key == d.before.key && s.follows(&d.before) {
		d.current, d.misses = s.key, 0
		pressed = s.key
	}
	d.before = s
	return pressed
}

// follows tells whether two blocks of one key are the same two pure tones.
func (s *sound) follows(before *sound) bool {
	low, ok := share(before.low, s.low, &lowTones, s.row)
	if !ok {
		return false
	}
	high, ok := share(before.high, s.high, &highTones, s.column)
	if !ok {
		return false
	}
	return low*square(s.low)+high*square(s.high) >= pure*s.total/blockSize &&
		low*square(before.low)+high*square(before.high) >= pure*before.total/blockSize
}

// share compares one tone in two blocks. It measures the frequency by its turn of phase, and
// returns by how much its power is underrated for being off the centre.
func share(a, b complex64, group *tones, i uint8) (factor float32, ok bool) {
	z := complex128(b * complex(real(a), -imag(a)) * group.block[i])
	off := math.Atan2(imag(z), real(z)) / (2 * math.Pi) // cycles per block
	if math.Abs(off)*8000/float64(blockSize) > offKey*group.hertz[i] {
		return 0, false
	}
	if p, q := square(a), square(b); p > steady*q || q > steady*p {
		return 0, false
	}
	x := math.Pi * off
	sinc := 1 - x*x/6 + x*x*x*x/120
	return float32(1 / (sinc * sinc)), true
}

// square returns the mean square of a tone.
func square(z complex64) float32 {
	return (real(z)*real(z) + imag(z)*imag(z)) * 2 / (blockSize * blockSize)
}

// find returns what the block shows.
func (d *detector) find() sound {
	total, change := d.energy()
	if total < 2*leastTone*blockSize || change < slowest*total || change > fastest*total {
		return sound{}
	}
	row, low, ok := d.strongest(&lowTones)
	// The high tones need no look when the low one is already too weak beside everything else.
	if !ok || square(low) < leastTone || square(low)*blockSize*(1+twistHigh) < hint*total {
		return sound{}
	}
	column, high, ok := d.strongest(&highTones)
	if !ok || square(high) < leastTone || !even(square(low), square(high)) ||
		(square(low)+square(high))*blockSize < hint*total {
		return sound{}
	}
	return sound{keyGrid[4*row+column], row, column, low, high, total}
}

// energy returns the sum of the squares of the samples, and of their steps.
func (d *detector) energy() (total, change float32) {
	sum, steps, last := int64(0), int64(0), int64(d.block[0])
	for _, v := range d.block {
		x := int64(v)
		sum += x * x
		steps += (x - last) * (x - last)
		last = x
	}
	return float32(sum), float32(steps)
}

// even tells whether the tones' levels are within the twist allowed.
func even(low, high float32) bool { return low <= high*twistLow && high <= low*twistHigh }

// strongest returns the strongest of a group's four tones, and whether it stands apart from the
// other three.
func (d *detector) strongest(group *tones) (which uint8, z complex64, ok bool) {
	c0, c1, c2, c3 := group.twice[0], group.twice[1], group.twice[2], group.twice[3]
	var a0, a1, a2, a3, b0, b1, b2, b3 float32
	for _, v := range d.block {
		x := float32(v)
		a0, b0 = x+c0*a0-b0, a0
		a1, b1 = x+c1*a1-b1, a1
		a2, b2 = x+c2*a2-b2, a2
		a3, b3 = x+c3*a3-b3, a3
	}
	a, b := [4]float32{a0, a1, a2, a3}, [4]float32{b0, b1, b2, b3}
	var power [4]float32
	for i := range power {
		power[i] = a[i]*a[i] + b[i]*b[i] - group.twice[i]*a[i]*b[i]
		if power[i] > power[which] {
			which = uint8(i)
		}
	}
	for i, p := range power {
		if i != int(which) && p*apart > power[which] {
			return 0, 0, false
		}
	}
	return which, complex(a[which], 0) - complex(b[which], 0)*group.rotation[which], true
}
