package load

import (
	"fmt"
	"strconv"
	"time"
)

// counselor is a phone that registers and answers calls.
type counselor struct {
	*end
	account Account
	reg     dialog // of the registration
	asking  request
	expires int // seconds asked for
	proven  bool
	visit   *visit // the call it is in
	freed   int64  // when the latest call ended, on the wall clock
}

// expiry is the registration asked for, in seconds; it is renewed at half of it.
const expiry = 3600

// register has the counselors come to work, one at a time from each address: servers are wary of strangers.
func (f *fleet) register() {
	p, all := &f.pace, f.phones.order
	for p.open < len(f.plan.Staff.Addresses) && p.next < len(all) {
		p.open++
		p.next++
		all[p.next-1].register(expiry)
	}
	if p.next == len(all) && p.open == 0 {
		p.idle = f.use()
		f.enter(filling)
	}
}

// leave has the counselors go home.
func (f *fleet) leave(spent time.Duration) {
	p, all := &f.pace, f.phones.order
	for p.open < len(f.plan.Staff.Addresses) && p.next < len(all) {
		p.open++
		p.next++
		all[p.next-1].register(0)
	}
	if p.next == len(all) && p.open == 0 || spent > silence {
		f.enter(over)
	}
}

// register asks for a registration, or with 0 for the end of one.
func (c *counselor) register(seconds int) {
	f := c.fleet
	host := f.plan.Server.String()
	id := "r" + c.account.User + "-" + f.run + "@" + c.addr.Addr().String()
	if c.reg.callID == "" {
		name := "<sip:" + c.account.User + "@" + host + ">"
		c.reg = dialog{callID: id, local: name + ";tag=r" + c.account.User, remote: name, target: "sip:" + host}
		f.phones.byID[id] = c
	}
	c.expires, c.proven = seconds, false
	c.sendRegister("")
}

func (c *counselor) sendRegister(credentials string) {
	c.reg.seq++
	extra := c.contact() + "Expires: " + strconv.Itoa(c.expires) + "\r\n" + credentials
	c.asking.begin(c.end, c.reg.request(c.end, ask{method: "REGISTER", seq: c.reg.seq, extra: extra}), func() { c.registered(408, "no answer") })
}

func (c *counselor) contact() string {
	return "Contact: <sip:" + c.account.User + "@" + c.name + ">\r\n"
}

// answered implements correspondent: of the registration.
func (c *counselor) answered(m *message, _ int64) {
	if m.cseq.number != c.reg.seq || c.asking.done() {
		return
	}
	c.asking.heard()
	if m.status < 200 {
		return
	}
	if how, ok := choose(m.headers.challenge); ok && m.status != 403 && !c.proven {
		c.proven = true
		c.sendRegister(c.account.respond(how, "REGISTER", c.reg.target, m.headers.proxy))
		return
	}
	c.asking.close()
	c.registered(m.status, string(m.reason))
}

// registered takes the outcome of a registration.
func (c *counselor) registered(status int, reason string) {
	f := c.fleet
	f.pace.open--
	switch {
	case status < 300 && c.expires > 0:
		f.loop.after(time.Duration(c.expires)*time.Second/2, func() { f.pace.open++; c.register(expiry) })
	case status >= 300 && c.expires > 0 && f.log.fatal == nil:
		f.log.fatal = fmt.Errorf("register %s: %d %s", c.account.User, status, reason)
		f.enter(over)
	}
}

// asked implements correspondent: nothing is asked within a registration.
func (c *counselor) asked(m *message) {
	c.send(answer(m, 200, tagged(m.headers.to, "q"), "", ""))
}
