package sip

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"time"

	"hotline/sip/internal/transport"
)

// Kept is a registration as it outlives the program: where a telephone of the house
// is. Those over a connection are not kept, for their connection ends with us, and the
// telephone notices.
type Kept struct {
	Extension string         `json:"extension"`
	URI       string         `json:"uri"`
	Key       string         `json:"key"`
	Source    netip.AddrPort `json:"source"`
	CallID    string         `json:"call_id"`
	Seq       uint32         `json:"seq"`
	Expires   time.Time      `json:"expires"`
	Agent     string         `json:"agent"`
}

// Keep lists the registrations that outlive the program, in an order of their own.
func (r *Registrar) Keep() []Kept {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := []Kept{}
	for _, list := range r.byExt {
		for _, b := range list {
			if b.flow.Network() == transport.UDP {
				kept = append(kept, Kept{
					Extension: b.ext, URI: b.uri, Key: b.key, Source: b.flow.Remote(),
					CallID: b.callID, Seq: b.seq, Expires: b.expires, Agent: b.agent,
				})
			}
		}
	}
	slices.SortFunc(kept, func(a, b Kept) int {
		return cmp.Or(cmp.Compare(a.Extension, b.Extension), cmp.Compare(a.Key, b.Key))
	})
	return kept
}

// Restore takes the registrations of an earlier run on again, as far as they last, the
// extension is still known, and its telephone has not registered since. A telephone
// counts as unreachable until it has answered OPTIONS, which it is asked at once; its
// watchers hear of it then. Listen must have been called. It returns how many were
// taken.
func (r *Registrar) Restore(ctx context.Context, kept []Kept) (taken int) {
	for _, k := range kept {
		if _, known := r.ua.cfg.Accounts.Account(k.Extension); !known || time.Until(k.Expires) <= 0 || !k.Source.IsValid() {
			continue
		}
		flow, err := r.ua.net.Dial(ctx, transport.UDP, k.Source, "")
		if err != nil {
			continue // its address family is not served any more
		}
		b := &binding{
			ext: k.Extension, uri: k.URI, key: k.Key, flow: flow, callID: k.CallID, seq: k.Seq, agent: k.Agent, misses: missesLost,
			expires: time.Now().Add(min(time.Until(k.Expires), r.ua.cfg.Timers.RegisterMax)),
		}
		if r.adopt(b) {
			taken++
			r.ask(b)
		}
	}
	return taken
}

// adopt puts a contact of an earlier run, unless there is a newer one or no room.
func (r *Registrar) adopt(b *binding) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.find(b.ext, b.key) != nil || len(r.byExt[b.ext]) >= r.ua.cfg.Limits.Contacts {
		return false
	}
	r.put(b)
	if b.probe != nil {
		b.probe.Stop() // it is asked now
	}
	return true
}
