package media

import "time"

// sample is the time of one sample at 8,000 a second.
const sample = 125 * time.Microsecond

// arrival is what reception makes of a packet.
type arrival uint8

const (
	fresh     arrival = iota // newer than all before
	late                     // older than the newest, not seen before
	duplicate                // seen before, or too old to tell
	restart                  // the source begins anew, or goes on after many lost
	stray                    // far from all before; alone it means nothing
)

// reception counts one source's packets as RFC 3550 appendices A.1, A.3 and A.8 ask.
type reception struct {
	begun    bool
	highest  uint16
	wraps    uint32 // sequence cycles, shifted left by 16
	base     uint32 // extended sequence number of the first packet
	window   uint64 // bit i: packet highest-i has come
	expected uint64 // of sources before the latest restart
	received uint64
	transit  int32
	jitter   uint32 // in sixteenths of a sample
	bad      uint32 // the stray sequence number that would make a restart if the next follows it

	expectedPrior, receivedPrior uint64 // at the latest report
}

// extended returns the highest sequence number with its cycles.
func (r *reception) extended() uint32 { return r.wraps | uint32(r.highest) }

// total returns how many packets were sent to us, as far as the numbers tell.
func (r *reception) total() uint64 {
	if !r.begun {
		return r.expected
	}
	return r.expected + uint64(r.extended()-r.base) + 1
}

// lost returns how many of them never came.
func (r *reception) lost() uint64 {
	if t := r.total(); t > r.received {
		return t - r.received
	}
	return 0
}

// packet takes one packet into the count.
func (r *reception) packet(seq uint16, ts uint32, now time.Duration) arrival {
	if !r.begun {
		r.anew(seq)
		r.delay(ts, now, true)
		return restart
	}
	step := int(int16(seq - r.highest))
	switch {
	case step >= maxDropout || step <= -jumpPackets:
		return r.far(seq, ts, now)
	case step > 0:
		if seq < r.highest {
			r.wraps += 1 << 16
		}
		r.highest = seq
		r.window = r.window<<step | 1
	case step <= -64 || r.window>>-step&1 == 1:
		return duplicate
	default:
		r.window |= 1 << -step
	}
	r.received++
	r.bad = 1 << 16
	r.delay(ts, now, false)
	switch {
	case step < 0:
		return late
	case step >= jumpPackets:
		return restart
	default:
		return fresh
	}
}

// maxDropout is the largest step ahead that is counted as loss (RFC 3550 appendix A.1).
const maxDropout = 3000

// far handles a jump that cannot be loss. Ahead it is a source that began anew; behind it is a
// lone old packet until a second follows it.
func (r *reception) far(seq uint16, ts uint32, now time.Duration) arrival {
	if ahead := int16(seq-r.highest) > 0; !ahead && r.bad != uint32(seq) {
		r.bad = uint32(seq + 1)
		return stray
	}
	r.expected = r.total()
	r.anew(seq)
	r.delay(ts, now, true)
	return restart
}

// source begins a new source's numbers; what was counted stays counted.
func (r *reception) source() {
	r.expected = r.total()
	r.begun = false
}

// anew starts counting at seq.
func (r *reception) anew(seq uint16) {
	r.begun = true
	r.highest, r.wraps, r.base = seq, 0, uint32(seq)
	r.window, r.bad = 1, 1<<16
	r.received++
}

// delay updates the jitter estimate (RFC 3550 appendix A.8).
func (r *reception) delay(ts uint32, now time.Duration, first bool) {
	transit := int32(uint32(now/sample) - ts)
	d := transit - r.transit
	r.transit = transit
	if first {
		return
	}
	// A source that moves its timestamps, say after a hold, is not a second of jitter.
	d = min(max(d, -d), jumpSamples)
	r.jitter += uint32(d) - (r.jitter+8)>>4
}

// spread returns the estimate as a time.
func (r *reception) spread() time.Duration { return time.Duration(r.jitter>>4) * sample }

// interval returns the fraction lost since the last call, in 256ths (RFC 3550 appendix A.3).
func (r *reception) interval() uint8 {
	total := r.total()
	expected, received := total-r.expectedPrior, r.received-r.receivedPrior
	r.expectedPrior, r.receivedPrior = total, r.received
	if expected == 0 || received >= expected {
		return 0
	}
	return uint8(min(255, (expected-received)<<8/expected))
}
