package media

// timeline places one source's packets on a recording's time, in samples since it began. Within a
// talk a packet's place follows from its timestamp, so that loss and reordering move nothing; the
// talk as a whole is held to our clock by the packets that came quickest, since delay only ever
// adds. The difference that two clocks make, 100 ppm or 0.36 s in an hour, is taken out by single
// samples.
type timeline struct {
	begun bool
	ssrc  uint32
	ts    uint32 // of the latest packet placed
	at    int64  // its place
	n     int    // its length

	least int64 // how much later than its place the quickest packet of this trial came
	count int   // packets in this trial
	slew  int64 // samples by which the talk is still to be moved
}

// What a timeline allows, in samples unless said otherwise.
const (
	trialPackets = 50   // packets of one trial, a second
	tolerance    = 32   // 4 ms: error that is left alone
	farOff       = 800  // 100 ms: error at which a whole trial's verdict moves the talk at once
	elsewhere    = 8000 // 1 s: error at which a single packet begins a new talk
	quickSlew    = 160  // 20 ms: error from which samples are moved by eights
)

// place returns where a packet of n samples belongs that came when the recording stood at now, and
// how many samples before it are to be filled because the talk was moved back in time.
func (t *timeline) place(ssrc, ts uint32, n int, now int64) (at int64, fill int) {
	// The last sample was taken no later than the packet came.
	came := now - int64(n)
	step := int64(int32(ts - t.ts))
	at = t.at + step
	if !t.begun || ssrc != t.ssrc || came-at > elsewhere || at-came > elsewhere {
		*t = timeline{begun: true, ssrc: ssrc, ts: ts, at: came, n: n, least: elsewhere}
		return came, 0
	}
	shift := t.correct(came - at)
	at += shift
	if step > 0 {
		if step == int64(t.n) && shift > 0 && shift <= 8 {
			fill = int(shift)
		}
		t.ts, t.at, t.n = ts, at, n
	} else {
		t.at += shift
	}
	return at, fill
}

// correct takes one packet's error into account and returns by how much to move from here on.
func (t *timeline) correct(late int64) (shift int64) {
	t.least = min(t.least, late)
	if t.count++; t.count == trialPackets {
		least := t.least
		t.least, t.count, t.slew = elsewhere, 0, 0
		switch {
		case least > farOff || least < -farOff:
			return least
		case least > tolerance || least < -tolerance:
			t.slew = least
		}
	}
	most := int64(1)
	if t.slew > quickSlew || t.slew < -quickSlew {
		most = 8
	}
	shift = max(-most, min(most, t.slew))
	t.slew -= shift
	return shift
}
