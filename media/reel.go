package media

import (
	"bytes"
	"sync"
)

// chunkSamples is how much of a recording is gathered before it can be written: 128 ms.
const chunkSamples = 1024

// maxChannels is the most channels of a recording.
const maxChannels = 8

// chunk is a stretch of all channels, interleaved, A-law.
type chunk struct{ b []byte }

// chunkPool keeps chunks of one number of channels for reuse.
type chunkPool struct {
	hush []byte // a chunk of silence, also written where nothing was said
	pool sync.Pool
}

// newChunkPool returns a pool.
func newChunkPool(channels int) *chunkPool {
	hush := bytes.Repeat([]byte{aSilence[0]}, chunkSamples*channels)
	return &chunkPool{hush: hush, pool: sync.Pool{New: func() any { return &chunk{make([]byte, len(hush))} }}}
}

// get returns a silent chunk.
func (p *chunkPool) get() *chunk {
	c := p.pool.Get().(*chunk)
	copy(c.b, p.hush)
	return c
}

// reel gathers the channels of a recording by place. Audio may come in any order within what is
// not sealed yet; where none comes there is silence, which takes no memory. It holds at most the
// backlog of its ring: when the disk does not take audio for longer, what comes then is lost, and
// the place it would have had stays silent.
type reel struct {
	channels int
	pool     *chunkPool
	ring     []*chunk
	first    int64 // first chunk that is not on disk
	sealed   int64 // first chunk that may still be written to
}

// slot returns the ring's place for a chunk.
func (r *reel) slot(chunk int64) **chunk { return &r.ring[chunk%int64(len(r.ring))] }

// write puts audio of a channel at its place, through a table when its law is another. It returns
// how many samples came too late and how many found no room.
func (r *reel) write(channel int, at int64, payload []byte, table *[256]byte) (late, full int) {
	return r.place(channel, at, payload, table, interleave)
}

// add is write for a channel of several voices: what is there already stays audible.
func (r *reel) add(channel int, at int64, payload []byte, table *[256]byte) (late, full int) {
	return r.place(channel, at, payload, table, overlay)
}

// place puts audio at its place in the way given.
func (r *reel) place(channel int, at int64, payload []byte, table *[256]byte, put func(dst, src []byte, channels int, table *[256]byte)) (late, full int) {
	if begin := r.sealed * chunkSamples; at < begin {
		late = int(min(begin-at, int64(len(payload))))
		payload, at = payload[late:], begin
	}
	if end := (r.first + int64(len(r.ring))) * chunkSamples; at+int64(len(payload)) > end {
		full = int(min(at+int64(len(payload))-end, int64(len(payload))))
		payload = payload[:len(payload)-full]
	}
	for len(payload) > 0 {
		c := r.slot(at / chunkSamples)
		if *c == nil {
			*c = r.pool.get()
		}
		offset := int(at % chunkSamples)
		n := min(len(payload), chunkSamples-offset)
		put((*c).b[offset*r.channels+channel:], payload[:n], r.channels, table)
		payload, at = payload[n:], at+int64(n)
	}
	return late, full
}

// interleave writes one channel's samples into frames of several.
func interleave(dst, src []byte, channels int, table *[256]byte) {
	switch {
	case table != nil:
		for i, b := range src {
			dst[i*channels] = table[b]
		}
	case channels == 2:
		dst = dst[:2*len(src)-1]
		for i, b := range src {
			dst[2*i] = b
		}
	default:
		for i, b := range src {
			dst[i*channels] = b
		}
	}
}

// overlay adds one channel's samples to those that are there.
func overlay(dst, src []byte, channels int, table *[256]byte) {
	for i, b := range src {
		if table != nil {
			b = table[b]
		}
		at := &dst[i*channels]
		if *at == aSilence[0] {
			*at = b
			continue
		}
		v := int32(aLinear[*at]) + int32(aLinear[b])
		if v > knee || v < -knee {
			v = bend(v)
		}
		*at = aCode[uint16(v)>>4]
	}
}

// seal closes everything before a place to writing, in whole chunks.
func (r *reel) seal(before int64) { r.sealed = max(r.sealed, before/chunkSamples) }

// waiting returns how many sealed chunks are not on disk, at most the ring's size: what was lost
// beyond that is silence that has not come into the ring yet.
func (r *reel) waiting() int { return int(min(r.sealed-r.first, int64(len(r.ring)))) }

// gather appends the first n waiting chunks to dst.
func (r *reel) gather(dst []byte, n int) []byte {
	for i := range int64(n) {
		if c := *r.slot(r.first + i); c != nil {
			dst = append(dst, c.b...)
		} else {
			dst = append(dst, r.pool.hush...)
		}
	}
	return dst
}

// written lets go of n chunks that are on disk.
func (r *reel) written(n int) {
	for range n {
		c := r.slot(r.first)
		if *c != nil {
			r.pool.pool.Put(*c)
			*c = nil
		}
		r.first++
	}
}

// held returns the bytes in memory.
func (r *reel) held() (n int) {
	for _, c := range r.ring {
		if c != nil {
			n += len(c.b)
		}
	}
	return n
}
