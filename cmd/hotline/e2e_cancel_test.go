package main_test

import (
	"path/filepath"
	"testing"

	"hotline/sip/siptest"
	"hotline/store/secret"
)

// TestCancelAtAnyInstant has callers give up at every instant of a line's answer: with the INVITE itself, once it is
// known to have arrived, and once it is answered. Each call ends, and is filed once or, when it never began, not at all.
func TestCancelAtAnyInstant(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	line := h.desks[0].line
	const each = 12
	const number = "13900000771"
	answered := map[string]bool{} // by Call-ID
	for _, join := range []func(testing.TB) *siptest.Peer{
		func(t testing.TB) *siptest.Peer { return siptest.UDP(t, h.sip) },
		func(t testing.TB) *siptest.Peer { return siptest.TCP(t, h.sip) },
	} {
		for _, instant := range []string{"at once", "after it arrived", "once answered"} {
			for range each {
				call := join(t).Call(line)
				call.ID = number + "-" + call.ID // as some networks do
				answered[call.ID] = giveUp(t, call, instant)
			}
		}
	}
	keys, err := secret.Load(filepath.Join(h.data, "keys"), true)
	must(t, err)
	filed := func(id string) int {
		return h.count(`SELECT count(*) FROM contacts WHERE external_id = $1`, keys.CallID(id))
	}
	for id, took := range answered {
		if took {
			await(t, "an answered call is filed", func() bool { return filed(id) > 0 })
		}
	}
	h.givenBack(t)
	if tables, files := h.tablesWith(number), h.filesWith(t, number); len(tables)+len(files) != 0 {
		t.Errorf("a number in a Call-ID is written in the tables %v and the files %v", tables, files)
	}
	for id := range answered {
		if n := filed(id); n > 1 {
			t.Errorf("a call is filed %d times", n)
		}
	}
	if n := h.count(`SELECT count(*) FROM contacts WHERE outcome <> 'abandoned' OR ended_by <> 'caller'`); n != 0 {
		t.Errorf("%d callers who gave up are filed otherwise", n)
	}
	h.flawless(t)
}

// giveUp calls, gives up at an instant, and sees the call to its end as the RFC has it: a refusal is acknowledged, an
// answer that crossed the CANCEL is acknowledged and hung up. It tells whether the call was answered.
func giveUp(t *testing.T, call *siptest.Call, instant string) (answered bool) {
	t.Helper()
	p := call.Peer
	invite := call.Request("INVITE", siptest.Offer)
	cancel := call.Request("CANCEL", "")
	p.Raw(invite)
	var final *siptest.Message
	switch instant {
	case "after it arrived":
		p.Call("x").Send("OPTIONS")
		p.Expect("200 OPTIONS")
	case "once answered":
		final = p.Expect("200 INVITE")
	}
	p.Raw(cancel)
	for told := false; final == nil || !told; {
		switch m := p.Next(); {
		case m.Method() == "CANCEL":
			told = true
			if m.Status() != 200 && m.Status() != 481 {
				t.Errorf("the CANCEL is answered by %s", m.Start)
			}
		case m.Method() == "INVITE" && m.Status() >= 200:
			final = m
		}
	}
	if final.Status() == 200 {
		call.Ack(final)
		call.Send("BYE")
		p.Expect("200 BYE")
		return true
	}
	if final.Status() != 487 {
		t.Errorf("the call ended with %s", final.Start)
	}
	call.AckRefusal(final)
	return false
}
