package store

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"hotline/store/event"
	"hotline/store/phone"
)

// filing decides where contacts belong. It knows what the database said about the
// callers, and makes the rows that are missing.
type filing struct {
	batch   *batch
	area    string
	where   *time.Location
	callers map[string]*caller    // by the keyed hash of the number
	raises  map[event.ID]*raise   // by contact
	minors  map[event.ID]event.ID // new minors' cases of this batch, by profile
	fresh   []*newCase
	given   map[string]int64 // last serial used, by scope
}

// caller is what is known of a number.
type caller struct {
	phone, profile   event.ID
	shared           bool
	ordinary, minors event.ID // newest open case of each sort
}

// raise is an earlier contact found to be a minor's.
type raise struct {
	caseID, profile event.ID
	already         bool // its case is a minors' case, or sealed
	own             bool // it opened its case and is alone in it
	minors          event.ID
}

// newCase is a case to be opened.
type newCase struct {
	id, profile, contact event.ID
	minor                bool
	code                 string
	at                   time.Time
}

// wanted gives the keyed hashes of the callers to look up.
func (b *batch) wanted() *rows {
	r := newRows([]col{{"hmac", tBytes}})
	seen := map[string]bool{}
	for _, row := range b.contacts.order {
		if row.opened == nil || row.opened.Caller.Withheld() || seen[string(row.opened.Caller.Key)] {
			continue
		}
		seen[string(row.opened.Caller.Key)] = true
		r.raw(row.opened.Caller.Key)
	}
	return r
}

// raising gives the earlier contacts found to be minors'.
func (b *batch) raising() *rows {
	r := newRows([]col{{"id", tUUID}})
	for _, row := range b.contacts.order {
		if row.opened == nil && row.minor {
			r.id(row.id)
		}
	}
	return r
}

// heard takes the answers of the callers and raises statements.
func (f *filing) heard(callers, raises [][][]byte) {
	for _, r := range callers {
		c := &caller{phone: event.ID(r[1]), shared: r[2][0] == 1, profile: idOf(r[3]), ordinary: idOf(r[4]), minors: idOf(r[5])}
		if c.profile.IsZero() && !c.shared {
			c.profile = f.profile(c.phone)
		}
		f.callers[string(r[0])] = c
	}
	for _, r := range raises {
		f.raises[event.ID(r[0])] = &raise{
			caseID: event.ID(r[1]), profile: idOf(r[2]), already: r[3][0] == 1, own: r[4] != nil && r[4][0] == 1, minors: idOf(r[5]),
		}
	}
}

// idOf reads an ID that may be NULL.
func idOf(raw []byte) event.ID {
	if len(raw) != 16 {
		return event.ID{}
	}
	return event.ID(raw)
}

// decide gives every contact of the batch its case, making cases where there is none.
// Earlier contacts found to be minors' come first: what becomes of their cases decides
// where the new contacts of the same callers belong.
func (f *filing) decide() {
	for _, row := range f.batch.contacts.order {
		if row.opened == nil && row.minor {
			f.raise(row)
		}
	}
	for _, c := range f.callers {
		if to := f.minors[c.profile]; !to.IsZero() && !c.profile.IsZero() {
			c.minors = to
		}
		if c.ordinary == c.minors {
			c.ordinary = event.ID{} // it became the minors' case
		}
	}
	for _, row := range f.batch.contacts.order {
		if row.opened != nil {
			f.file(row)
		}
	}
}

// file finds or makes the case of a contact that was opened in this batch.
func (f *filing) file(row *contactRow) {
	number := row.opened.Caller
	if number.Withheld() {
		row.filed.caseID = f.open(row, event.ID{})
		return
	}
	c := f.caller(number)
	row.filed.phone, row.filed.profile = c.phone, c.profile
	if c.shared {
		row.filed.caseID = f.open(row, event.ID{})
		return
	}
	known := &c.ordinary
	if row.minor {
		known = &c.minors
	}
	if known.IsZero() {
		*known = f.open(row, c.profile)
	}
	row.filed.caseID = *known
}

// caller gives what is known of a number, making its rows when it is new.
func (f *filing) caller(n event.Number) *caller {
	if c := f.callers[string(n.Key)]; c != nil {
		return c
	}
	c := &caller{phone: event.NewID(time.Now()), shared: n.Kind == string(phone.Short)}
	f.callers[string(n.Key)] = c
	r := f.batch.out.phones
	r.id(c.phone)
	r.raw(n.Key)
	r.raw(n.Sealed)
	r.must(n.Kind)
	r.bool(c.shared)
	if !c.shared {
		c.profile = f.profile(c.phone)
	}
	return c
}

// profile makes the file of a caller.
func (f *filing) profile(phone event.ID) event.ID {
	id := event.NewID(time.Now())
	f.batch.out.profiles.id(id)
	f.batch.out.profiles.id(phone)
	return id
}

// open plans a new case for a contact of this batch.
func (f *filing) open(row *contactRow, profile event.ID) event.ID {
	code := f.batch.dir.lines[row.opened.Line].code
	return f.plan(&newCase{profile: profile, contact: row.id, minor: row.minor, code: code, at: row.at})
}

func (f *filing) plan(c *newCase) event.ID {
	c.id = event.NewID(time.Now())
	if c.code == "" {
		c.code = "LA"
	}
	f.fresh = append(f.fresh, c)
	return c.id
}

// raise brings an earlier contact among the minors: to the caller's open minors'
// case, or with the case the contact itself opened, or to a new one, so that others
// who see the old case do not see the child.
func (f *filing) raise(row *contactRow) {
	known := f.raises[row.id]
	if known == nil || known.already {
		return
	}
	to := known.minors
	if to.IsZero() && !known.profile.IsZero() {
		to = f.minors[known.profile]
	}
	if known.own && to.IsZero() {
		f.batch.out.sensitivity.id(known.caseID)
		f.minors[known.profile] = known.caseID
		return
	}
	if to.IsZero() {
		to = f.plan(&newCase{profile: known.profile, contact: row.id, minor: true, at: time.Now()})
		f.minors[known.profile] = to
	}
	r := f.batch.out.moves
	r.id(row.id)
	r.id(known.caseID)
	r.id(to)
	r.must("found to be a minor")
	r.time(time.Now())
}

// scopes tells how many serials of which scope are needed, in a fixed order.
func (f *filing) scopes() *rows {
	many := map[string]int64{}
	for _, row := range f.batch.contacts.order {
		if row.opened != nil {
			many["contact:"+dayOf(row.at, f.where)]++
		}
	}
	for _, c := range f.fresh {
		many[f.scope(c)]++
	}
	r := newRows([]col{{"scope", tText}, {"many", tBig}})
	for _, scope := range slices.Sorted(maps.Keys(many)) {
		r.must(scope)
		r.big(many[scope], true)
		f.given[scope] = -many[scope]
	}
	return r
}

func (f *filing) scope(c *newCase) string {
	return "case:" + f.area + ":" + strconv.Itoa(c.at.In(f.where).Year()) + ":" + c.code
}

// number takes the serials and gives the public numbers.
func (f *filing) number(serials [][][]byte) {
	for _, r := range serials {
		f.given[string(r[0])] += bigOf(r[1]) // the last of those given, less how many
	}
	next := func(scope string) int64 {
		f.given[scope]++
		return f.given[scope]
	}
	for _, row := range f.batch.contacts.order {
		if row.opened != nil {
			day := dayOf(row.at, f.where)
			row.filed.no = contactNumber(day, next("contact:"+day))
		}
	}
	for _, c := range f.fresh {
		r := f.batch.out.cases
		sensitivity := "normal"
		if c.minor {
			sensitivity = "minors"
		}
		r.id(c.id)
		r.must(CaseNumber(f.area, c.at.In(f.where).Year(), c.code, next(f.scope(c))))
		r.must(sensitivity)
		r.id(c.profile)
		r.id(c.contact)
		r.time(c.at)
	}
}
