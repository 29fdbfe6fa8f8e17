package load

import (
	"fmt"
	"time"
)

// caller is one call.
type caller struct {
	*end
	dialog
	number int
	state  callState
	stream *stream
	asking request // the request not answered yet
	times  moments
	at     int    // step of the script
	pause  *timer // of the step, or of the patience with a ringing phone
	proven bool   // a password was given already
	cause  string // why it ended
	place  int    // among the live calls
}

// callState is how far a call has come.
type callState uint8

const (
	ringing callState = iota
	answered
	hangingUp
)

// moments of a call, on the wall clock.
type moments struct {
	asked, answered, gone int64
}

// Causes of an end that are not the server's words.
const (
	endOfRun    = "end of the run"
	completed   = "completed"
	byServer    = "ended by the server"
	dropped     = "hung up by the server too early"
	silent      = "no answer to INVITE"
	unanswered  = "rang too long"
	noAudio     = "answered without audio we can use"
	byeUnheard  = "no answer to BYE"
	noSocket    = "no socket for a phone"
	cannotProve = "asked for a password"
)

// call begins a call.
func (f *fleet) call() {
	n := f.phones.numbered
	f.phones.numbered++
	e := f.phones.callers[n%len(f.phones.callers)]
	s, err := f.lend(e.addr.Addr())
	if err != nil {
		f.log.count(noSocket)
		return
	}
	c := &caller{end: e, number: n, stream: s, place: len(f.phones.live)}
	id := fmt.Sprintf("c%d-%s@%s", n, f.run, e.addr.Addr())
	host := f.plan.Server.String()
	c.dialog = dialog{
		callID: id, seq: 1, target: "sip:" + f.plan.Number + "@" + host,
		local:  fmt.Sprintf("<sip:%s@%s>;tag=c%d", f.plan.Callers.name(n), e.addr.Addr(), n),
		remote: "<sip:" + f.plan.Number + "@" + host + ">",
	}
	f.phones.byID[id] = c
	f.phones.live = append(f.phones.live, c)
	f.phones.calling++
	s.heard = c.firstAudio
	s.joined = c.firstMark
	c.times.asked = time.Now().UnixNano()
	c.invite("")
	c.pause = f.loop.after(f.plan.Times.Answer, func() { c.hangUp(unanswered) })
}

// invite sends the INVITE; credentials is a whole header line or empty.
func (c *caller) invite(credentials string) {
	body := describe(c.stream, c.seq, c.fleet.plan.Callers.Laws, keyEvents)
	c.asking.begin(c.end, c.request(c.end, ask{method: "INVITE", seq: c.seq, extra: c.contact() + credentials, body: body}), func() {
		c.finish(silent)
	})
}

// keyEvents is the payload type we offer for keys.
const keyEvents = 101

func (c *caller) contact() string {
	return "Contact: <sip:" + c.fleet.plan.Callers.name(c.number) + "@" + c.name + ">\r\n"
}

// answered implements correspondent.
func (c *caller) answered(m *message, at int64) {
	switch {
	case m.cseq.method == "INVITE" && m.cseq.number == c.seq || m.cseq.method == "INVITE" && c.state != ringing:
		c.replied(m, at)
	case m.cseq.method == "BYE" && m.status >= 200 && c.state == hangingUp:
		c.fleet.figures.hangup.add(time.Duration(at - c.times.gone))
		c.finish(c.cause)
	}
}

// replied takes an answer to the INVITE.
func (c *caller) replied(m *message, at int64) {
	switch {
	case m.status < 200:
		c.asking.heard()
	case m.status < 300:
		c.accepted(m, at)
	case c.state != ringing || c.asking.done():
		c.send(c.refusalAck(c.end, m))
	case m.status == 401 || m.status == 407:
		c.send(c.refusalAck(c.end, m))
		c.prove(m)
	default:
		c.send(c.refusalAck(c.end, m))
		if c.cause == "" {
			c.cause = fmt.Sprintf("%d %s", m.status, m.reason)
		}
		c.finish(c.cause)
	}
}

// prove sends the INVITE again with a password, once.
func (c *caller) prove(m *message) {
	how, ok := choose(m.headers.challenge)
	account := c.fleet.plan.Callers.Account
	if !ok || c.proven || account.User == "" {
		c.finish(cannotProve)
		return
	}
	c.proven = true
	c.seq++
	c.invite(account.respond(how, "INVITE", c.target, m.headers.proxy))
}

// accepted begins the talk, or acknowledges the same answer again.
func (c *caller) accepted(m *message, at int64) {
	if c.state != ringing {
		c.send(c.request(c.end, ask{method: "ACK", seq: m.cseq.number}))
		return
	}
	c.asking.heard()
	c.asking.close()
	c.learn(m)
	c.send(c.request(c.end, ask{method: "ACK", seq: m.cseq.number}))
	c.pause.stop()
	f := c.fleet
	c.state, c.times.answered = answered, at
	f.phones.up++
	theirs, ok := parseSession(m.body)
	switch {
	case c.cause != "": // cancelled, and answered all the same
		c.hangUp(c.cause)
		return
	case !ok:
		c.hangUp(noAudio)
		return
	}
	f.figures.answer.add(time.Duration(at - c.times.asked))
	f.figures.answers.add(f.loop.now)
	f.tally.answered++
	c.stream.agree(theirs)
	if c.stream.in.first > 0 {
		c.firstAudio() // it was there before the answer
	}
	if f.plan.Times.Hold > 0 {
		c.pause = f.loop.after(f.plan.Times.Hold, func() { c.hangUp(completed) })
	}
	c.next()
}

// firstAudio counts how long after the answer the first packet came.
func (c *caller) firstAudio() {
	if c.times.answered > 0 {
		c.fleet.figures.audio.add(time.Duration(c.stream.in.first - c.times.answered))
	}
	c.proceed(audio)
}

// firstMark counts who hears somebody.
func (c *caller) firstMark() {
	c.fleet.phones.joined++
	c.proceed(bridged)
}

// asked implements correspondent: a request of the server within the call.
func (c *caller) asked(m *message) {
	to := string(m.headers.to)
	switch m.method {
	case "ACK":
	case "BYE":
		c.send(answer(m, 200, to, "", ""))
		c.left()
	case "INVITE", "UPDATE":
		if theirs, ok := parseSession(m.body); ok {
			c.stream.agree(theirs)
		}
		c.send(answer(m, 200, to, c.contact(), c.described()))
	case "REFER":
		c.send(answer(m, 603, to, "", ""))
	default:
		c.send(answer(m, 200, to, "", ""))
	}
}

// described is what we agreed on.
func (c *caller) described() string {
	return describe(c.stream, c.seq+1, []law{c.stream.out.law}, c.stream.out.events)
}

// left is the server's BYE: too early unless the script waits for it.
func (c *caller) left() {
	switch {
	case c.state == hangingUp:
		c.finish(c.cause)
	case c.fleet.plan.Script.over(c.at):
		c.finish(byServer)
	default:
		c.finish(dropped)
	}
}
