package load

import "time"

// ending tells whether the call is being ended.
func (c *caller) ending() bool { return c.state == hangingUp || c.cause != "" }

// hangUp ends the call from our side: CANCEL while it rings, BYE afterwards.
func (c *caller) hangUp(why string) {
	if c.ending() && c.state != answered {
		return
	}
	c.pause.stop()
	c.cause = why
	if c.state == ringing && !c.asking.told && why == unanswered {
		c.finish(silent) // there is nobody to be told (RFC 3261 section 9.1)
		return
	}
	if c.state == ringing {
		// The INVITE's own answer, 487 or one that crossed, ends the call; silence does, too.
		c.send(c.request(c.end, ask{method: "CANCEL", seq: c.seq}))
		c.pause = c.fleet.loop.after(silence, func() { c.finish(why) })
		return
	}
	c.leave(hangingUp)
	c.seq++
	c.times.gone = time.Now().UnixNano()
	c.asking.begin(c.end, c.request(c.end, ask{method: "BYE", seq: c.seq}), func() { c.finish(byeUnheard) })
}

// leave counts an answered call out.
func (c *caller) leave(to callState) {
	if c.state == answered {
		c.fleet.phones.up--
	}
	c.state = to
}

// finish forgets the call and counts why it ended.
func (c *caller) finish(why string) {
	f := c.fleet
	if f.phones.byID[c.callID] != c {
		return
	}
	c.leave(hangingUp)
	c.asking.close()
	c.pause.stop()
	if c.stream.in.marks > 0 {
		f.phones.joined--
	}
	f.giveBack(c.stream)
	delete(f.phones.byID, c.callID)
	f.phones.calling--
	last := f.phones.live[len(f.phones.live)-1]
	f.phones.live[c.place], last.place = last, c.place
	f.phones.live = f.phones.live[:len(f.phones.live)-1]
	f.log.count(why)
	f.tally.finished++
}

// next does the next step of the script.
func (c *caller) next() {
	f := c.fleet
	script := f.plan.Script
	if c.state != answered {
		return
	}
	if c.at >= len(script) {
		if len(script) > 0 {
			c.hangUp(completed)
		}
		return
	}
	switch s := script[c.at]; s.action {
	case wait:
		f.loop.after(s.time, func() { c.proceed(wait) })
	case press:
		c.stream.out.keys.keys += s.keys
		f.loop.after(time.Duration(len(s.keys)*(downPackets+endPackets+keyPause))*frameTime, func() { c.proceed(press) })
	case audio:
		if c.stream.in.first > 0 {
			c.proceed(audio)
		}
	case bridged:
		if c.stream.in.marks > 0 {
			c.proceed(bridged)
		}
	case stay:
	}
}

// proceed goes on to the next step when the present one is of this kind.
func (c *caller) proceed(done action) {
	script := c.fleet.plan.Script
	if c.state == answered && c.at < len(script) && script[c.at].action == done {
		c.at++
		c.next()
	}
}
