package transaction

import "time"

// Timers are T1, T2 and T4 of RFC 3261 section 17.1.1.1.
type Timers struct {
	// T1 is the round trip estimate, 500 ms when 0.
	T1 time.Duration
	// T2 is the longest repetition interval, 4 s when 0.
	T2 time.Duration
	// T4 is how long a message stays in the network, 5 s when 0.
	T4 time.Duration
}

// WithDefaults fills the timers that are 0.
func (t Timers) WithDefaults() Timers {
	if t.T1 == 0 {
		t.T1 = 500 * time.Millisecond
	}
	if t.T2 == 0 {
		t.T2 = 4 * time.Second
	}
	if t.T4 == 0 {
		t.T4 = 5 * time.Second
	}
	return t
}

// Limit is 64*T1: timers B, D, F, H, J, L and M.
func (t Timers) Limit() time.Duration { return 64 * t.T1 }

// trying is when an INVITE is answered by 100 if nothing else was said (section 17.2.1).
const tryingAfter = 200 * time.Millisecond

type role uint8

const (
	inviteServer role = iota
	otherServer
	inviteClient
	otherClient
)

type state uint8

const (
	calling state = iota
	trying
	proceeding
	completed
	confirmed
	accepted
	over
)

type event uint8

const (
	start       event = iota
	repeated          // the request came again
	provisional       // 1xx, sent or received
	success           // 2xx
	failure           // 300 to 699
	acked
	resendDue
	endDue
	cancelled // we sent CANCEL: a final answer is due within 64*T1
	abandoned // nobody wants the answer: stop repeating, keep listening
)

// effect is what an event asks to be done, as a set of bits.
type effect uint8

const (
	send    effect = 1 << iota // the request, or the last answer
	sendTry                    // 100 Trying
	sendAck                    // ACK for a refusal
	deliver                    // hand the message up
	timeout                    // tell that no answer came
	park                       // only repetitions are to be expected, for 64*T1
	brief                      // the same, for T4
	finish                     // forget the transaction
)

// machine is one transaction's state. Times are on the layer's monotonic clock;
// 0 means not armed.
type machine struct {
	role     role
	state    state
	reliable bool
	gap      time.Duration // to the next repetition
	resend   time.Duration
	end      time.Duration
}

// step takes an event at a time and returns what is to be done.
func (m *machine) step(t *Timers, e event, now time.Duration) effect {
	if m.state == over {
		return 0
	}
	switch m.role {
	case inviteServer:
		return m.inviteServer(t, e, now)
	case otherServer:
		return m.otherServer(t, e, now)
	case inviteClient:
		return m.inviteClient(t, e, now)
	default:
		return m.otherClient(t, e, now)
	}
}

// wait enters a state in which only repetitions are expected for 64*T1.
func (m *machine) wait(s state, until time.Duration) effect {
	m.state, m.resend, m.end = s, 0, until
	return park
}

// waitBrief enters such a state for T4.
func (m *machine) waitBrief(s state, until time.Duration) effect {
	m.wait(s, until)
	return brief
}

// stop ends the transaction.
func (m *machine) stop() effect {
	m.state, m.resend, m.end = over, 0, 0
	return finish
}

// repeat arms the next repetition, twice as late as the last and at most limit.
func (m *machine) repeat(now, limit time.Duration) {
	if m.reliable {
		return
	}
	m.resend = now + m.gap
	m.gap *= 2
	if limit > 0 {
		m.gap = min(m.gap, limit)
	}
}

// inviteServer is figure 7 of RFC 6026.
func (m *machine) inviteServer(t *Timers, e event, now time.Duration) effect {
	switch m.state {
	case calling:
		m.state, m.resend = proceeding, now+tryingAfter
		return 0
	case proceeding:
		switch e {
		case resendDue:
			m.resend = 0
			return sendTry
		case repeated:
			return send
		case provisional:
			m.resend = 0
			return send
		case success:
			return send | m.wait(accepted, now+t.Limit())
		case failure:
			m.state, m.resend, m.end, m.gap = completed, 0, now+t.Limit(), t.T1
			m.repeat(now, t.T2)
			return send
		default: // nothing changes
		}
	case completed:
		switch e {
		case repeated:
			return send
		case resendDue:
			m.repeat(now, t.T2)
			return send
		case acked:
			if m.reliable {
				return m.stop()
			}
			return m.waitBrief(confirmed, now+t.T4)
		default: // nothing changes
		}
	case accepted:
		if e == acked {
			return deliver
		}
	default: // nothing changes
	}
	if e == endDue {
		return m.stop()
	}
	return 0
}

// otherServer is figure 8 of RFC 3261.
func (m *machine) otherServer(t *Timers, e event, now time.Duration) effect {
	switch m.state {
	case calling:
		m.state = trying
		return 0
	case trying, proceeding:
		switch e {
		case repeated:
			if m.state == proceeding {
				return send
			}
		case provisional:
			m.state = proceeding
			return send
		case success, failure:
			if m.reliable {
				return send | m.stop()
			}
			return send | m.wait(completed, now+t.Limit())
		default: // nothing changes
		}
	case completed:
		if e == repeated {
			return send
		}
	default: // nothing changes
	}
	if e == endDue {
		return m.stop()
	}
	return 0
}

// inviteClient is figure 5 of RFC 3261 with the Accepted state of RFC 6026.
func (m *machine) inviteClient(t *Timers, e event, now time.Duration) effect {
	switch m.state {
	case calling, proceeding:
		return m.inviting(t, e, now)
	case completed:
		if e == failure {
			return sendAck
		}
	case accepted:
		if e == success {
			return deliver
		}
	default: // nothing changes
	}
	if e == endDue {
		return m.stop()
	}
	return 0
}

func (m *machine) inviting(t *Timers, e event, now time.Duration) effect {
	switch e {
	case start:
		m.gap, m.end = t.T1, now+t.Limit()
		m.repeat(now, 0)
		return send
	case resendDue:
		m.repeat(now, 0)
		return send
	case provisional:
		if m.state == calling {
			m.state, m.end = proceeding, 0
		}
		m.resend = 0
		return deliver
	case success:
		return deliver | m.wait(accepted, now+t.Limit())
	case failure:
		if m.reliable {
			return deliver | sendAck | m.stop()
		}
		return deliver | sendAck | m.wait(completed, now+t.Limit())
	case cancelled:
		m.resend, m.end = 0, now+t.Limit()
	case abandoned:
		m.resend = 0
	case endDue:
		return timeout | m.stop()
	default: // nothing changes
	}
	return 0
}

// otherClient is figure 6 of RFC 3261.
func (m *machine) otherClient(t *Timers, e event, now time.Duration) effect {
	if m.state == completed {
		if e == endDue {
			return m.stop()
		}
		return 0
	}
	switch e {
	case start:
		m.state, m.gap, m.end = trying, t.T1, now+t.Limit()
		m.repeat(now, t.T2)
		return send
	case resendDue:
		m.repeat(now, t.T2)
		return send
	case provisional:
		m.state, m.gap = proceeding, t.T2
		return deliver
	case success, failure:
		if m.reliable {
			return deliver | m.stop()
		}
		return deliver | m.waitBrief(completed, now+t.T4)
	case abandoned:
		m.resend = 0
	case endDue:
		return timeout | m.stop()
	default: // nothing changes
	}
	return 0
}

// due returns the event whose time has come, if any.
func (m *machine) due(now time.Duration) (event, bool) {
	switch {
	case m.end != 0 && now >= m.end:
		return endDue, true
	case m.resend != 0 && now >= m.resend:
		return resendDue, true
	}
	return 0, false
}

// next returns when due must be asked again; 0 means never.
func (m *machine) next() time.Duration {
	switch {
	case m.resend == 0:
		return m.end
	case m.end == 0:
		return m.resend
	}
	return min(m.resend, m.end)
}
