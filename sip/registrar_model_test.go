package sip

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hotline/sip/internal/memnet"
	"hotline/sip/internal/wire"
)

type anyone struct{}

func (anyone) Account(ext string) (Account, bool) { return Account{Extension: ext}, true }

// Phones register, renew, move, leave, fall silent and come back at random. At every
// moment the registrar's tables agree with one another and with what watchers were
// told, and in the end nothing is left.
func TestRegistrarModel(t *testing.T) {
	for seed := range uint64(8) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 7))
			var n memnet.Net
			var mu sync.Mutex
			dead := map[netip.AddrPort]bool{}
			n.Rule(func(p memnet.Packet) int {
				mu.Lock()
				defer mu.Unlock()
				if dead[p.To] || dead[p.From] {
					return 0
				}
				return 1
			})
			ua, stop := agent(t, &n, "192.0.2.1:5060", nil, func(c *Config) { c.Accounts = anyone{}; c.Limits.Contacts = 3 })
			told := map[string]bool{}
			ua.registrar.Watch(func(ext string, on bool) {
				if told[ext] == on {
					t.Errorf("seed %d: told twice that %s is %v", seed, ext, on)
				}
				told[ext] = on
			})
			var actors []*actor
			for i := range 6 {
				actors = append(actors, newActor(t, &n, fmt.Sprintf("192.0.2.%d:5060", 10+i), "192.0.2.1:5060"))
			}
			for step := range 120 {
				a := actors[random.IntN(len(actors))]
				ext := fmt.Sprint(8001 + random.IntN(3))
				flow, err := ua.net.Dial(t.Context(), 0, a.flow.Local(), "")
				if err != nil {
					t.Fatal(err)
				}
				m := message(t, "REGISTER", "User-Agent: model")
				m.CallID, m.Seq = fmt.Sprint(a.flow.Local(), ext), uint32(step+1)
				switch random.IntN(6) {
				case 0, 1, 2:
					expires := time.Duration(60+random.IntN(300)) * time.Second
					key := fmt.Sprint("k", random.IntN(5))
					ua.registrar.change(m, flow, ext, []change{{uri: "sip:x@" + a.flow.Local().String(), key: key, expires: expires}})
				case 3:
					ua.registrar.change(m, flow, ext, []change{{}})
				case 4:
					mu.Lock()
					dead[a.flow.Local()] = !dead[a.flow.Local()]
					mu.Unlock()
				case 5:
					ua.registrar.lost(flow)
				}
				time.Sleep(time.Duration(random.IntN(40)) * time.Second)
				for _, x := range actors {
					answerOptions(x)
				}
				synctest.Wait()
				checkRegistrar(t, ua.registrar, told, fmt.Sprintf("seed %d step %d", seed, step))
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			checkRegistrar(t, ua.registrar, told, "end")
			if n := ua.registrar.size(false); n != 0 {
				t.Errorf("seed %d: %d contacts left", seed, n)
			}
			stop()
			for _, a := range actors {
				a.stop()
			}
		})
	}
}

// answerOptions answers what an actor was asked since last time.
func answerOptions(a *actor) {
	a.mu.Lock()
	asked := a.got
	a.got, a.when = nil, nil
	a.mu.Unlock()
	for _, m := range asked {
		if m.Method == "OPTIONS" {
			_ = a.flow.Send(m.Reply(wire.Reply{Status: 200, Tag: "t"}, a.flow.Remote()))
		}
	}
}

func checkRegistrar(t *testing.T, r *Registrar, told map[string]bool, when string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	total, flows, addrs := 0, 0, 0
	for ext, list := range r.byExt {
		on := false
		if len(list) == 0 || len(list) > 3 {
			t.Errorf("%s: %s has %d contacts", when, ext, len(list))
		}
		for _, b := range list {
			total++
			on = on || b.misses < missesLost
			if !time.Now().Before(b.expires) {
				t.Errorf("%s: an expired contact", when)
			}
		}
		if told[ext] != on || r.present[ext] != on {
			t.Errorf("%s: %s is %v, told %v", when, ext, on, told[ext])
		}
	}
	for ext, on := range told {
		if on && r.byExt[ext] == nil {
			t.Errorf("%s: %s is gone, told otherwise", when, ext)
		}
	}
	for _, list := range r.byFlow {
		flows += len(list)
	}
	for _, n := range r.byAddr {
		addrs += n
	}
	if flows != total || addrs != total {
		t.Errorf("%s: %d contacts, %d by flow, %d by address", when, total, flows, addrs)
	}
	if strings.Contains(when, "end") && len(r.present) != 0 {
		t.Errorf("%s: %v", when, r.present)
	}
}
