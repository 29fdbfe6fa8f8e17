package load

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"time"
)

// stream is the audio of one phone: what it says to the server and what it hears.
type stream struct {
	id        int // its mark in the loop, and who speaks in marks
	rtp, rtcp socket
	out       outgoing
	in        incoming
	heard     func() // called at the first packet heard
	joined    func() // called at the first mark heard
}

// outgoing is what a phone says.
type outgoing struct {
	open    bool
	law     law
	events  uint8 // payload type of keys
	seq     uint16
	stamp   uint32
	ssrc    uint32
	at      int // frame of the voice
	counter uint16
	keys    keying
	to      target
}

// incoming is what a phone hears.
type incoming struct {
	ssrc    uint32
	seq     uint16
	first   int64 // wall clock of the first packet, 0 before
	last    int64 // of the latest
	ears    hearing
	marks   int
	counter uint16 // of the latest mark
	partner uint16 // who speaks
	unheard int    // packets since the latest mark
	jitter  *histogram
}

// open opens the sockets of a phone at an address, an even port and the odd one above it.
func openStream(id int, at netip.Addr, ports *portRange) (*stream, error) {
	s := &stream{id: id, in: incoming{jitter: newHistogram(coarse)}}
	var err error
	for range 1000 {
		port := ports.take()
		if s.rtp, err = bind(netip.AddrPortFrom(at, port)); err != nil {
			continue
		}
		if s.rtcp, err = bind(netip.AddrPortFrom(at, port+1)); err == nil {
			return s, nil
		}
		s.rtp.close()
	}
	return nil, err
}

// portRange walks through the ports phones use.
type portRange struct{ next uint16 }

const lowestPort, highestPort = 10000, 59998

func (p *portRange) take() uint16 {
	if p.next < lowestPort || p.next > highestPort {
		p.next = lowestPort
	}
	port := p.next
	p.next += 2
	return port
}

func (s *stream) close() {
	s.rtp.close()
	s.rtcp.close()
}

// start begins a new call's audio.
func (s *stream) start() {
	s.out = outgoing{seq: uint16(rand.Uint32()), stamp: rand.Uint32(), ssrc: rand.Uint32(), at: rand.IntN(voiceFrames)} //nolint:gosec // any number
	s.in = incoming{jitter: s.in.jitter}
	s.in.jitter.reset()
	s.heard, s.joined = nil, nil
}

// agree follows a session description of the server.
func (s *stream) agree(theirs session) {
	s.out.law, s.out.events = theirs.law, theirs.events
	s.out.to.set(theirs.address)
	s.out.open = !theirs.mute
}

const headerSize = 12

// speak sends the frame that is due, or the packet of a key. It returns false when the kernel refused.
func (f *fleet) speak(s *stream) bool {
	o := &s.out
	b := f.packet[:headerSize+frameSize]
	b[0], b[1] = 0x80, o.law.payload()
	stamp := o.stamp
	if n, marker, begun := o.keys.next(b[headerSize:], o.stamp); n > 0 {
		b, stamp = b[:headerSize+n], begun
		b[1] = o.events
		if marker {
			b[1] |= 0x80
		}
	} else {
		f.utter(s, b[headerSize:])
	}
	binary.BigEndian.PutUint16(b[2:], o.seq)
	binary.BigEndian.PutUint32(b[4:], stamp)
	binary.BigEndian.PutUint32(b[8:], o.ssrc)
	o.seq++
	o.stamp += frameSize
	return s.rtp.send(b, &o.to)
}

// utter fills a frame with voice, and every so often with a mark.
func (f *fleet) utter(s *stream, frame []byte) {
	o := &s.out
	copy(frame, f.voices[o.law][o.at*frameSize:][:frameSize])
	if f.plan.Marks > 0 && o.at%f.plan.Marks == 0 {
		m := mark{speaker: uint16(s.id), counter: o.counter, sent: uint64(time.Now().UnixMicro())} //nolint:gosec // parts of them
		m.write(frame, o.law.loud())
		o.counter++
	}
	o.at = (o.at + 1) % voiceFrames
}

// packet takes in a packet a phone received at a time of the wall clock.
func (f *fleet) hear(s *stream, b []byte, at int64) {
	if len(b) < headerSize || b[0]>>6 != 2 {
		return
	}
	kind := b[1] & 0x7f
	payload := b[min(len(b), headerSize+int(b[0]&0xf)*4):]
	if kind != pcma.payload() && kind != pcmu.payload() || b[0]&0x10 != 0 || len(payload) == 0 {
		return
	}
	in, before := &s.in, s.in.last
	if !in.follow(f, b, at) {
		return
	}
	if in.first == 0 {
		in.first = at
		if s.heard != nil {
			s.heard()
		}
	}
	if f.listening {
		f.listen(s, payload, at, before)
	}
}

// follow counts a packet by its sequence number. It returns false for one that came too late to be heard.
func (in *incoming) follow(f *fleet, b []byte, at int64) bool {
	seq, ssrc := binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint32(b[8:])
	step := int16(seq - in.seq) //nolint:gosec // the distance, either way
	fresh := in.last == 0 || ssrc != in.ssrc || step > 500 || step < -500
	if !fresh && step <= 0 {
		f.tally.late++
		return false
	}
	if f.measuring() {
		f.tally.received++
		if !fresh {
			f.tally.lost += int(step) - 1
			f.deviated(in, time.Duration(at-in.last)-time.Duration(step)*frameTime, b[1]&0x80 != 0)
		}
	}
	in.ssrc, in.seq, in.last = ssrc, seq, at
	return true
}

// deviated counts how far from 20 ms two packets came after each other. A marked packet begins anew after a pause, so
// it deviates from nothing.
func (f *fleet) deviated(in *incoming, d time.Duration, marked bool) {
	if marked {
		return
	}
	d = max(d, -d)
	f.figures.jitter.add(d)
	in.jitter.add(d)
}

// listen looks for marks.
func (f *fleet) listen(s *stream, payload []byte, at, before int64) {
	in := &s.in
	for len(payload) >= 8 {
		n := min(len(payload)&^7, frameSize)
		in.ears.push(payload[:n])
		payload = payload[n:]
		if m, back, ok := in.ears.find(n, in.unheard < patience); ok {
			// The sample the mark begins with was heard with this packet, or with the one before.
			came := at + int64(n-back)*sampleTime
			if back > n && before > 0 {
				came = before + int64(2*n-back)*sampleTime
			}
			f.marked(s, m, came)
			in.unheard = 0
		}
	}
	in.unheard++
}

const (
	sampleTime = int64(time.Second / 8000)
	frameTime  = 20 * time.Millisecond
	patience   = 100 // packets after which a mark is looked for everywhere again
)

// marked counts a mark that was heard.
func (f *fleet) marked(s *stream, m mark, came int64) {
	in := &s.in
	first := in.marks == 0
	switch {
	case first || f.plan.Marks == 0:
	case m.speaker != in.partner:
		f.tally.crossed++
	case f.measuring():
		if missed := m.counter - in.counter; missed > 1 && missed < 500 {
			f.tally.unheard += int(missed) - 1
		}
	}
	in.marks++
	in.partner, in.counter = m.speaker, m.counter
	if f.measuring() {
		f.tally.marks++
		took := (uint64(came/1000) - m.sent) & (1<<sentBits - 1)    //nolint:gosec // modulo
		f.figures.delay.add(time.Duration(took) * time.Microsecond) //nolint:gosec // 40 bits
	}
	if first && s.joined != nil {
		s.joined()
	}
}
