package transaction

import (
	"crypto/rand"
	"strconv"

	"hotline/sip/internal/transport"
	"hotline/sip/internal/wire"
)

// NewBranch makes a branch nobody can guess.
func NewBranch() string { return wire.Cookie + rand.Text() }

// key names the server transaction of a request (section 17.2.3). The sender's
// address is part of it, so that a stranger who learns a branch still meets no
// transaction of others.
func key(m *wire.Message, f transport.Flow, method string) string {
	b := make([]byte, 0, 128)
	addr := f.Remote().Addr()
	b = addr.AppendTo(b)
	b = append(b, ' ')
	b = append(b, method...)
	b = append(b, ' ')
	if m.Via.Modern() {
		b = append(b, m.Via.Branch...)
		b = append(b, ' ')
		b = append(b, m.Via.Host...)
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(m.Via.Port), 10)
		return string(b)
	}
	for _, part := range [...]string{m.CallID, m.FromTag(), m.Header("Via"), m.Target.String()} {
		b = append(b, part...)
		b = append(b, ' ')
	}
	b = strconv.AppendUint(b, uint64(m.Seq), 10)
	return string(b)
}

// mergeKey names a request whatever way it came (section 8.2.2.2). It is empty
// where the rule does not apply.
func mergeKey(m *wire.Message) string {
	if m.ToTag() != "" || m.FromTag() == "" {
		return ""
	}
	return m.Method + " " + m.CallID + " " + m.FromTag() + " " + strconv.FormatUint(uint64(m.Seq), 10)
}
