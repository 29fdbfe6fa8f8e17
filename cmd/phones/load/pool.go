package load

import (
	"net/netip"
	"time"
)

// pool lends streams. A stream rests before it is lent again, so that what the server still sends to the call before is
// not taken for the next one's.
type pool struct {
	all     []*stream
	resting []rested
	ports   map[netip.Addr]*portRange
}

type rested struct {
	stream *stream
	until  time.Duration
}

const rest = 2 * time.Second

// lend returns a stream at an address.
func (f *fleet) lend(at netip.Addr) (*stream, error) {
	p := &f.pool
	for i, r := range p.resting {
		if r.until > f.loop.now {
			break
		}
		if r.stream.rtp.addr.Addr() == at {
			p.resting = append(p.resting[:i], p.resting[i+1:]...)
			f.loop.drain(r.stream)
			r.stream.start()
			return r.stream, nil
		}
	}
	if p.ports == nil {
		p.ports = map[netip.Addr]*portRange{}
	}
	if p.ports[at] == nil {
		p.ports[at] = &portRange{}
	}
	s, err := openStream(len(p.all), at, p.ports[at])
	if err != nil {
		return nil, err
	}
	p.all = append(p.all, s)
	s.start()
	return s, f.loop.watchStream(s)
}

// giveBack ends a stream's part in a call.
func (f *fleet) giveBack(s *stream) {
	s.out.open = false
	s.heard, s.joined = nil, nil
	if f.measuring() {
		f.figures.stream(s)
	}
	f.pool.resting = append(f.pool.resting, rested{s, f.loop.now + rest})
}

func (p *pool) close() {
	for _, s := range p.all {
		s.close()
	}
}
