package load

import (
	"slices"
	"strconv"
	"time"
)

// visit is a call a counselor takes.
type visit struct {
	*counselor
	dialog
	invite   message // what rang
	response []byte  // our latest answer to it
	stream   *stream
	agreed   session
	state    callState
	asking   request // our BYE
	repeat   *timer  // of the answer, until it is acknowledged
	pause    *timer  // until answering, or hanging up
	every    time.Duration
}

// invited rings the phone, unless it is in a call.
func (c *counselor) invited(m *message, at int64) {
	f := c.fleet
	to := tagged(m.headers.to, "v"+strconv.Itoa(f.tally.rang))
	agreed, ok := parseSession(m.body)
	if c.visit != nil || !ok && len(m.body) > 0 {
		f.log.count("counselor rung while busy")
		c.send(answer(m, 486, to, "", ""))
		return
	}
	s, err := f.lend(c.addr.Addr())
	if err != nil {
		f.log.count(noSocket)
		return
	}
	f.tally.rang++
	if c.freed > 0 && f.measuring() { // later, all who wait leave at once
		f.figures.next.add(time.Duration(at - c.freed))
	}
	v := &visit{counselor: c, stream: s, agreed: agreed}
	v.invite, _ = parse(slices.Clone(m.raw))
	h := v.invite.headers
	v.dialog = dialog{callID: string(h.callID), local: to, remote: string(h.from), target: string(uriOf(h.contact)), seq: 1}
	for _, r := range h.route {
		v.routes = append(v.routes, string(r))
	}
	f.phones.byID[v.callID], c.visit = v, v
	v.respond(180, "")
	v.pause = f.loop.after(f.plan.Staff.After, v.accept)
}

// respond answers the INVITE and remembers how.
func (v *visit) respond(status int, body string) {
	v.response = answer(&v.invite, status, v.local, v.contact(), body)
	v.send(v.response)
}

// accept takes the call.
func (v *visit) accept() {
	f := v.fleet
	v.state = answered
	laws, events := []law{v.agreed.law}, v.agreed.events
	if !v.agreed.address.IsValid() { // an offer is ours to make
		laws, events = f.plan.Callers.Laws, keyEvents
	} else {
		v.stream.agree(v.agreed)
	}
	v.respond(200, describe(v.stream, 1, laws, events))
	v.every = t1
	v.repeat = f.loop.after(v.every, v.again)
}

// again sends the answer until it is acknowledged.
func (v *visit) again() {
	f := v.fleet
	f.tally.repeated++
	v.send(v.response)
	if v.every >= silence {
		f.log.count("answer of a counselor never acknowledged")
		v.finish()
		return
	}
	v.every *= 2
	v.repeat = f.loop.after(min(v.every, t2), v.again)
}

// asked implements correspondent.
func (v *visit) asked(m *message) {
	switch m.method {
	case "ACK":
		v.acknowledged(m)
	case "INVITE":
		if m.cseq.number == v.invite.cseq.number {
			v.send(v.response)
			return
		}
		v.reinvited(m)
	case "UPDATE":
		v.reinvited(m)
	case "CANCEL":
		v.send(answer(m, 200, v.local, "", ""))
		if v.state == ringing {
			v.respond(487, "")
			if v.fleet.phase < emptying { // then the callers leave because we do
				v.fleet.log.count("ring cancelled")
			}
			v.finish()
		}
	case "BYE":
		v.freed = time.Now().UnixNano()
		v.send(answer(m, 200, v.local, "", ""))
		v.finish()
	case "REFER":
		v.send(answer(m, 603, v.local, "", ""))
	default:
		v.send(answer(m, 200, v.local, "", ""))
	}
}

// reinvited follows a new session description.
func (v *visit) reinvited(m *message) {
	if theirs, ok := parseSession(m.body); ok {
		v.stream.agree(theirs)
	}
	o := v.stream.out
	v.send(answer(m, 200, v.local, v.contact(), describe(v.stream, m.cseq.number, []law{o.law}, o.events)))
}

// acknowledged begins the talk.
func (v *visit) acknowledged(m *message) {
	if v.state != answered || v.every == 0 {
		return
	}
	v.repeat.stop()
	v.every = 0
	if theirs, ok := parseSession(m.body); ok {
		v.stream.agree(theirs)
	}
	if talk := v.fleet.plan.Staff.Talk; talk > 0 {
		v.pause = v.fleet.loop.after(talk, v.hangUp)
	}
}

// hangUp ends the call from the counselor's side.
func (v *visit) hangUp() {
	v.state = hangingUp
	v.freed = time.Now().UnixNano()
	v.asking.begin(v.end, v.request(v.end, ask{method: "BYE", seq: v.seq}), v.finish)
}

// answered implements correspondent: of our BYE.
func (v *visit) answered(m *message, _ int64) {
	if m.cseq.method == "BYE" && m.status >= 200 {
		v.finish()
	}
}

// finish forgets the call; the counselor is free.
func (v *visit) finish() {
	if v.visit != v {
		return
	}
	v.repeat.stop()
	v.pause.stop()
	v.asking.close()
	v.fleet.giveBack(v.stream)
	delete(v.fleet.phones.byID, v.callID)
	v.visit = nil
}
