package ivr

import "context"

// bookNode offers the earliest appointments, three at a time, and books one. Of
// two callers for one slot the quicker has it; the other hears what is left.
type bookNode struct {
	Book        label    `flow:"book" doc:"the kind of appointment, when kind does not tell"`
	Kind        variable `flow:"kind,optional" doc:"the variable with the kind"`
	District    variable `flow:"district,optional" doc:"the variable with the district"`
	Moves       variable `flow:"moves,optional" doc:"the variable with the appointment it replaces"`
	Done        prompt   `flow:"done" doc:"reads {when} and {place}"`
	Booked      Way      `flow:"booked" doc:"an appointment was made"`
	None        Way      `flow:"none" doc:"there is no free appointment, or none that suits"`
	Silence     Way      `flow:"silence" doc:"after as many questions without a key"`
	Wrong       Way      `flow:"wrong" doc:"after as many keys without a meaning"`
	Unavailable Way      `flow:"unavailable" doc:"the source gives no answer"`
}

// Stages of a booking.
const (
	bookList = iota
	bookAsk
)

// promptSlots read one, two or three appointments and, with three, key 4 for
// later ones.
func promptSlots(n int) string { return []string{"P-AP-SLOTS-1", "P-AP-SLOTS-2", "P-AP-SLOTS"}[n-1] }

// slotNames are the values of the prompts that read appointments.
func slotNames() []string { return []string{"a", "b", "c"} }

const slotsAtOnce = 3

// maxLists is how often a booking lists appointments.
const maxLists = 3

func (n *bookNode) gives() []declared {
	return []declared{{"when", TimeSort}, {"place", PhraseSort}, {"no", TextSort}}
}

func (n *bookNode) check(c *checker) {
	for i := range slotsAtOnce {
		c.promptExists(c.node.at, promptSlots(i+1), c.flow.Languages)
	}
}

func (n *bookNode) step(ctx context.Context, v *visit) (Way, error) {
	if v.state.turn.stage == bookList {
		return n.list(ctx, v)
	}
	return n.choose(ctx, v)
}

func (n *bookNode) kind(v *visit) string {
	if kind := v.state.vars[n.Kind.text].Text(); kind != "" {
		return kind
	}
	return n.Book.text
}

// list fetches the next appointments after those offered before.
func (n *bookNode) list(ctx context.Context, v *visit) (Way, error) {
	lists := v.recall("lists").n + 1
	if lists > maxLists {
		return n.None, nil
	}
	v.memo("lists", Number(lists))
	after := v.recall("slots_after").Time()
	if after.IsZero() {
		after = v.call.Now()
	}
	slots, ok, err := behind(ctx, v, "slots", func(ctx context.Context) ([]Slot, error) {
		if v.call.Desk.Slots == nil {
			return nil, errAway
		}
		return v.call.Desk.Slots.Free(ctx, n.kind(v), v.state.vars[n.District.text].Text(), after, slotsAtOnce)
	})
	if err != nil || !ok {
		return n.Unavailable, err
	}
	if len(slots) == 0 {
		return n.None, nil
	}
	n.offer(v, slots)
	return v.stage(bookAsk), nil
}

// offer remembers the appointments on offer.
func (n *bookNode) offer(v *visit, slots []Slot) {
	slots = slots[:min(len(slots), slotsAtOnce)]
	for i, name := range slotNames() {
		delete(v.state.turn.memo, name)
		delete(v.state.turn.memo, "slot_"+name)
		delete(v.state.turn.memo, "place_"+name)
		if i < len(slots) {
			v.memo(name, Instant(slots[i].At))
			v.memo("slot_"+name, Word(slots[i].ID))
			v.memo("place_"+name, Phrase(slots[i].Place))
		}
	}
	v.memo("slots_after", Instant(slots[len(slots)-1].At))
}

func (n *bookNode) offered(v *visit) int {
	count := 0
	for _, name := range slotNames() {
		if v.recall("slot_"+name).Text() != "" {
			count++
		}
	}
	return count
}

func (n *bookNode) choose(ctx context.Context, v *visit) (Way, error) {
	count := n.offered(v)
	keys := "123"[:count]
	if count == slotsAtOnce {
		keys += "4"
	}
	key, way, err := v.ask(ctx, question{
		prompts: v.words(promptSlots(count)), keys: keys, silence: n.Silence, wrong: n.Wrong, tries: 2,
	})
	switch {
	case err != nil || key == NoKey:
		return way, err
	case key == '4':
		return v.stage(bookList), nil
	}
	return n.take(ctx, v, slotNames()[key-'1'])
}

// take books a slot; when somebody was quicker, the list is read anew from the
// beginning.
func (n *bookNode) take(ctx context.Context, v *visit, name string) (Way, error) {
	slot := v.recall("slot_" + name).Text()
	booking, ok, err := behind(ctx, v, "slots", func(ctx context.Context) (Booking, error) {
		return v.call.Desk.Slots.Take(ctx, slot, v.call.Caller, v.state.vars[n.Moves.text].Text())
	})
	switch {
	case err != nil || !ok:
		return n.Unavailable, err
	case booking.Taken:
		delete(v.state.turn.memo, "slots_after")
		return v.stage(bookList), v.play(ctx, v.words(promptTaken), nil)
	}
	when := v.recall(name)
	v.assign("when", when, false)
	v.assign("place", v.recall("place_"+name), false)
	v.assign("no", Text(booking.Reference), false)
	v.note(Event{Kind: Booked, Name: n.kind(v), Value: booking.Reference, Due: when.Time()})
	return n.Booked, v.play(ctx, prompts{n.Done}, nil)
}
