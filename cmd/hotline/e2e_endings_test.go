package main_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/sip/siptest"
)

// ending is what must be filed of a contact.
type ending struct{ outcome, stage, by string }

// story is the calls of one desk and what is filed of each, in the order they began.
type story struct {
	name string
	play func(*testing.T, *house, desk)
	want []ending
}

// stories are all the ways a call can end. The first takes a minute, and the others go on meanwhile.
func stories() []story {
	return []story{
		{"silent", silent, []ending{{"answered", "after", "caller"}, {"silent", "queue", "system"}}},
		{"leaves in the greeting", leavesGreeting, []ending{{"abandoned", "greeting", "caller"}}},
		{"leaves in the menu", leavesMenu, []ending{{"abandoned", "menu", "caller"}}},
		{"leaves the line", leavesQueue, []ending{{"answered", "after", "caller"}, {"abandoned", "queue", "caller"}}},
		{"leaves while it rings", leavesRinging, []ending{{"abandoned", "ringing", "caller"}}},
		{"the counselor hangs up", counselorEnds, []ending{{"answered", "after", "staff"}}},
		{"leaves a message", leavesMessage, []ending{{"message", "message", "system"}}},
		{"hangs up on a message", cutsMessage, []ending{{"message", "message", "caller"}}},
		{"says nothing after the tone", emptyMessage, []ending{{"closed", "message", "system"}}},
		{"nobody is signed in", nobodyThere, []ending{{"abandoned", "message", "caller"}}},
		{"hears the goodbye", goodbyeHeard, []ending{{"closed", "menu", "system"}}},
		{"withheld, and told by the network", withheldButTold, slices.Repeat([]ending{{"abandoned", "greeting", "caller"}}, 2)},
		{"known callers", knownCallers, slices.Repeat([]ending{{"abandoned", "menu", "caller"}}, len(shownAs()))},
	}
}

// numberOf is the number a story's caller shows.
func numberOf(d desk, call int) string { return fmt.Sprintf("137%s%04d", d.extension, 1000+call) }

// shownAs is how callers of one story show themselves: one mobile in four ways, then two who withhold their number, and
// two behind one short number.
func shownAs() []string {
	return []string{"13655550123", "+8613655550123", "013655550123", "008613655550123", "", "", "95588", "95588"}
}

// TestEndings has calls end in every way there is. Each is filed once, under exactly one case, and nothing of it stays
// open; nobody's number is written anywhere; and the log of each can be followed by its contact's id.
func TestEndings(t *testing.T) {
	t.Parallel()
	all := stories()
	h := openHouse(t, plan{desks: len(all), env: map[string]string{"HOTLINE_LOG_LEVEL": "debug"}})
	t.Run("group", func(t *testing.T) {
		for i, s := range all {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				d := h.desks[i]
				s.play(t, h, d)
				for n, got := range h.filed(d.line, len(s.want)) {
					if filed := (ending{got.outcome, got.stage, got.by}); filed != s.want[n] {
						t.Errorf("call %d is filed as %+v, want %+v", n+1, filed, s.want[n])
					}
					for _, r := range got.tapes {
						h.sealed(r)
					}
				}
			})
		}
	})
	h.givenBack(t)
	if n := h.count(`SELECT count(*) FROM contacts JOIN cases ON cases.id = contacts.case_id`); n != h.count(`SELECT count(*) FROM contacts`) {
		t.Errorf("%d contacts have a case", n)
	}
	if n := h.count(`SELECT count(*) FROM cases WHERE NOT EXISTS (SELECT FROM contacts WHERE case_id = cases.id)`); n != 0 {
		t.Errorf("%d cases without a contact", n)
	}
	h.flawless(t)
	h.followed(t)
	numbers := []string{"13655550123", "13800000000"} // the second is that of scripted calls
	for _, d := range h.desks {
		numbers = append(numbers, numberOf(d, 0), numberOf(d, 1))
	}
	h.discreet(t, numbers...)
}

func (h *house) caller(t *testing.T, d desk, n int) *led {
	t.Helper()
	return h.lead(t, phone.Config{Number: numberOf(d, n), Tone: callerHz}, d.line)
}

// served places a call that presses its way to a counselor who has been seated, and talks.
func (h *house) served(t *testing.T, d desk) *led {
	t.Helper()
	h.seat(t, d.extension, phone.Answering{Script: phone.Script{phone.Stay{}}})
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.press("1")
	h.happened(t, d.line, "connected")
	return c
}

// silent waits in line for a counselor who talks with somebody else, and sends nothing until the line counts as dead.
func silent(t *testing.T, h *house, d desk) {
	talking := h.served(t, d)
	forsaken(t, h.scripted(t, d.line, ""))
	talking.hangUp()
}

// leavesGreeting keeps the line on hold from the first moment: words wait meanwhile, so the greeting never ends.
func leavesGreeting(t *testing.T, h *house, d desk) {
	call := h.scripted(t, d.line, "a=inactive\r\n")
	h.reached(t, d.line, "greet", 1)
	bye(call)
}

func leavesMenu(t *testing.T, h *house, d desk) {
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.hangUp()
}

func leavesQueue(t *testing.T, h *house, d desk) {
	talking := h.served(t, d)
	c := h.caller(t, d, 1)
	h.reached(t, d.line, "menu", 2)
	c.press("1")
	h.reached(t, d.line, "wait", 2)
	await(t, "in line", func() bool {
		return h.metrics()[fmt.Sprintf("hotline_switchboard_queue_callers{queue=%q}", d.queue)] == 1
	})
	c.hangUp()
	talking.hangUp()
}

func leavesRinging(t *testing.T, h *house, d desk) {
	h.seat(t, d.extension, phone.Answering{After: time.Hour})
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.press("1")
	h.happened(t, d.line, "leg_ringing")
	c.hangUp()
}

func counselorEnds(t *testing.T, h *house, d desk) {
	h.seat(t, d.extension, phone.Answering{})
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.press("1")
	c.ended()
}

func leavesMessage(t *testing.T, h *house, d desk) {
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.press("2")
	h.taking(t, d.line, 1)
	h.talked(t, d.line, time.Second)
	c.press("9")
	h.happened(t, d.line, "recording_closed")
	c.press("1")
	c.ended()
	if n := h.count(`SELECT count(*) FROM call_events e JOIN contacts c ON c.id = e.contact_id WHERE c.dialled = $1 AND e.kind = 'voicemail_kept'`, d.line); n != 1 {
		t.Errorf("%d messages kept, want 1", n)
	}
}

func cutsMessage(t *testing.T, h *house, d desk) {
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.press("2")
	h.taking(t, d.line, 1)
	h.talked(t, d.line, time.Second)
	c.hangUp()
}

func emptyMessage(t *testing.T, h *house, d desk) {
	c := h.lead(t, phone.Config{Number: numberOf(d, 0)}, d.line)
	h.reached(t, d.line, "menu", 1)
	c.press("2")
	h.taking(t, d.line, 1)
	c.press("9")
	h.taking(t, d.line, 2)
	c.press("9")
	c.ended()
}

func nobodyThere(t *testing.T, h *house, d desk) {
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.press("1")
	if left := h.happened(t, d.line, "dequeued"); left["why"] != "closed" {
		t.Errorf("left the line: %v, want closed", left)
	}
	h.reached(t, d.line, "message", 1)
	c.hangUp()
}

func goodbyeHeard(t *testing.T, h *house, d desk) {
	c := h.caller(t, d, 0)
	h.reached(t, d.line, "menu", 1)
	c.press("3")
	c.ended()
}

// knownCallers calls again and again: the open case of a caller who is known is found, however the network writes the
// number; a number that is withheld, or that many people share, finds nobody's.
func knownCallers(t *testing.T, h *house, d desk) {
	for i, number := range shownAs() {
		c := h.lead(t, phone.Config{Number: number, Tone: callerHz}, d.line)
		h.reached(t, d.line, "menu", i+1)
		c.hangUp()
		h.filed(d.line, i+1) // in this order, one after another
	}
	cases := map[string][]int{}
	for i, got := range h.filed(d.line, len(shownAs())) {
		cases[got.caseID] = append(cases[got.caseID], i)
	}
	var together [][]int
	for _, calls := range cases {
		together = append(together, calls)
	}
	slices.SortFunc(together, slices.Compare)
	if want := [][]int{{0, 1, 2, 3}, {4}, {5}, {6}, {7}}; !slices.EqualFunc(together, want, slices.Equal) {
		t.Errorf("calls that share a case: %v, want %v", together, want)
	}
}

// withheldButTold calls twice without showing a number, which the network tells us nonetheless (RFC 3325): it is not used
// to find the caller again.
func withheldButTold(t *testing.T, h *house, d desk) {
	for n := range 2 {
		call := siptest.UDP(t, h.sip).Call(d.line)
		call.From = "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=w"
		call.Invite(siptest.Offer+"a=inactive\r\n", "P-Asserted-Identity: <sip:+86"+numberOf(d, 0)+"@127.0.0.1>", "Privacy: id")
		call.Ack(call.Peer.Expect("200 INVITE"))
		h.reached(t, d.line, "greet", n+1)
		bye(call)
		h.filed(d.line, n+1)
	}
	if n := h.count(`SELECT count(DISTINCT case_id) FROM contacts WHERE dialled = $1 AND caller_kind = 'withheld' AND phone_id IS NULL`, d.line); n != 2 {
		t.Errorf("two callers who withhold their number have %d cases", n)
	}
}

// TestRefused has the house full: the next caller's network is told when to try again, and the call is filed nonetheless.
func TestRefused(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 2, env: map[string]string{"HOTLINE_CALLS": "1"}})
	c := h.caller(t, h.desks[0], 0)
	h.reached(t, h.desks[0].line, "greet", 1)
	refused := h.caller(t, h.desks[1], 0).ended()
	if refused.Status != 503 {
		t.Errorf("the call to a full house was answered with %d", refused.Status)
	}
	got := h.filed(h.desks[1].line, 1)[0]
	if filed := (ending{got.outcome, got.stage, got.by}); filed != (ending{"refused", "setup", "system"}) || got.caseID == "" || len(got.tapes) != 0 {
		t.Errorf("filed as %+v", got)
	}
	c.hangUp()
	h.filed(h.desks[0].line, 1)
	h.givenBack(t)
	h.flawless(t)
}
