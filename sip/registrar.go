package sip

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"hotline/sip/internal/transport"
)

// Registrar remembers where each extension can be reached (RFC 3261 section 10).
type Registrar struct {
	ua *UA

	mu      sync.Mutex
	byExt   map[string][]*binding
	byFlow  map[transport.Flow][]*binding
	byAddr  map[netip.Addr]int
	present map[string]bool // as watchers were told
	watch   []func(extension string, registered bool)
	tell    queue
	closed  bool
}

// binding is one registered contact. Registrar.mu guards it.
type binding struct {
	ext     string
	uri     string // the contact as registered, the Request-URI of our calls
	key     string // what makes it the same contact when it comes again
	flow    transport.Flow
	callID  string
	seq     uint32
	expires time.Time
	agent   string
	misses  int // OPTIONS in a row without answer
	end     *time.Timer
	probe   *time.Timer
}

// Contact is a registered phone.
type Contact struct {
	// URI is what the phone registered.
	URI string
	// Source is where it really is: the address of its UDP packets, or the other
	// end of its connection.
	Source netip.AddrPort
	// Transport is "UDP", "TCP" or "TLS".
	Transport string
	// Expires is when the registration ends unless renewed.
	Expires time.Time
	// Reachable tells that it answers OPTIONS, as far as known.
	Reachable bool
	// UserAgent is what the phone calls itself, cleaned.
	UserAgent string
}

// missesLost is how many unanswered OPTIONS make a phone unreachable.
const missesLost = 2

func newRegistrar(ua *UA) *Registrar {
	r := &Registrar{
		ua: ua, byExt: make(map[string][]*binding), byFlow: make(map[transport.Flow][]*binding),
		byAddr: make(map[netip.Addr]int), present: make(map[string]bool),
	}
	r.tell.crew = &ua.run.crew
	return r
}

// Contacts returns the phones registered for an extension, the latest first.
func (r *Registrar) Contacts(extension string) []Contact {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Contact, 0, len(r.byExt[extension]))
	for _, b := range slices.Backward(r.byExt[extension]) {
		out = append(out, Contact{
			URI: b.uri, Source: b.flow.Remote(), Transport: b.flow.Network().String(), Expires: b.expires,
			Reachable: b.misses < missesLost, UserAgent: b.agent,
		})
	}
	return out
}

// Watch calls f whenever an extension begins or ceases to have a phone that can be
// reached, and at once for those that have one. Calls come in order, one at a
// time, outside all locks.
func (r *Registrar) Watch(f func(extension string, registered bool)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch = append(r.watch, f)
	for ext, on := range r.present {
		if on {
			r.tell.add(func() { f(ext, true) })
		}
	}
}

// reachable returns the contacts to call: those that answer OPTIONS, or all when
// none does.
func (r *Registrar) reachable(ext string) []*binding {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.byExt[ext]
	var good []*binding
	for _, b := range all {
		if b.misses < missesLost {
			good = append(good, b)
		}
	}
	if good == nil {
		good = all
	}
	return slices.Clone(good)
}

// speaks reports whether a phone is registered over a flow; with an extension,
// whether that one is. One phone may hold several extensions.
func (r *Registrar) speaks(f transport.Flow, ext string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.byFlow[f] {
		if ext == "" || b.ext == ext {
			return true
		}
	}
	return false
}

// holds reports whether a phone is registered from an address.
func (r *Registrar) holds(addr netip.Addr) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byAddr[addr] > 0
}

// size returns how many contacts there are, or how many of them do not answer.
func (r *Registrar) size(lost bool) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, list := range r.byExt {
		for _, b := range list {
			if !lost || b.misses >= missesLost {
				n++
			}
		}
	}
	return n
}

// put adds a contact. It is called with r.mu held.
func (r *Registrar) put(b *binding) {
	r.byExt[b.ext] = append(r.byExt[b.ext], b)
	r.byFlow[b.flow] = append(r.byFlow[b.flow], b)
	r.byAddr[b.flow.Remote().Addr()]++
	b.end = time.AfterFunc(time.Until(b.expires), func() { r.drop(b) })
	r.qualify(b)
}

// cut removes a contact. It is called with r.mu held, and does nothing for one
// that is gone already.
func (r *Registrar) cut(b *binding) {
	list := r.byExt[b.ext]
	i := slices.Index(list, b)
	if i < 0 {
		return
	}
	if list = slices.Delete(slices.Clone(list), i, i+1); len(list) == 0 {
		delete(r.byExt, b.ext)
	} else {
		r.byExt[b.ext] = list
	}
	at := r.byFlow[b.flow]
	if at = slices.DeleteFunc(slices.Clone(at), func(x *binding) bool { return x == b }); len(at) == 0 {
		delete(r.byFlow, b.flow)
	} else {
		r.byFlow[b.flow] = at
	}
	addr := b.flow.Remote().Addr()
	if r.byAddr[addr]--; r.byAddr[addr] <= 0 {
		delete(r.byAddr, addr)
	}
	b.end.Stop()
	if b.probe != nil {
		b.probe.Stop()
	}
}

// drop removes a contact whose time is over.
func (r *Registrar) drop(b *binding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut(b)
	r.announce(b.ext)
}

// lost removes the contacts of a connection that ended: they cannot be reached
// until they register again.
func (r *Registrar) lost(f transport.Flow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range slices.Clone(r.byFlow[f]) {
		r.cut(b)
		r.announce(b.ext)
	}
}

// announce tells the watchers when an extension came or went. It is called with
// r.mu held.
func (r *Registrar) announce(ext string) {
	on := false
	for _, b := range r.byExt[ext] {
		on = on || b.misses < missesLost
	}
	if r.closed || r.present[ext] == on {
		return
	}
	if on {
		r.present[ext] = true
	} else {
		delete(r.present, ext)
	}
	for _, f := range r.watch {
		r.tell.add(func() { f(ext, on) })
	}
}

// close stops all timers.
func (r *Registrar) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, list := range r.byExt {
		for _, b := range list {
			b.end.Stop()
			if b.probe != nil {
				b.probe.Stop()
			}
		}
	}
}
