package switchboard

import (
	"maps"
	"slices"
	"sync"
	"time"

	"hotline/acd"
)

// dangers are the calls for which somebody called for help, until a supervisor says that it is over: also after the call, for
// who was not reached again is still in danger.
type dangers struct {
	mu sync.Mutex
	by map[acd.ContactID]danger
}

type danger struct {
	call  *Call
	agent acd.AgentID
	since time.Time
}

// Danger is a contact for which somebody called for help.
type Danger struct {
	Contact acd.ContactID
	By      acd.AgentID
	Since   time.Time
}

func (d *dangers) add(contact acd.ContactID, one danger) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.by == nil {
		d.by = map[acd.ContactID]danger{}
	}
	d.by[contact] = one
}

// take forgets a danger.
func (d *dangers) take(contact acd.ContactID) (danger, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one, ok := d.by[contact]
	delete(d.by, contact)
	return one, ok
}

func (d *dangers) list() []Danger {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []Danger
	for _, contact := range slices.Sorted(maps.Keys(d.by)) {
		all = append(all, Danger{contact, d.by[contact].agent, d.by[contact].since})
	}
	slices.SortStableFunc(all, func(a, b Danger) int { return a.Since.Compare(b.Since) })
	return all
}
