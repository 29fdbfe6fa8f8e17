package digest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"
)

const (
	stampSize = 8
	saltSize  = 8
	macSize   = 16
)

// newNonce makes a nonce for a client's address.
func (s *Server) newNonce(source netip.Addr) string {
	var b [stampSize + saltSize + macSize]byte
	binary.BigEndian.PutUint64(b[:], uint64(time.Now().UnixMilli()))
	_, _ = rand.Read(b[stampSize : stampSize+saltSize])
	copy(b[stampSize+saltSize:], s.mac(b[:stampSize+saltSize], source))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (s *Server) mac(head []byte, source netip.Addr) []byte {
	h := hmac.New(sha256.New, s.secret)
	h.Write(head)
	h.Write([]byte(s.realm))
	h.Write(source.AsSlice())
	return h.Sum(nil)[:macSize]
}

// checkNonce reports whether we made the nonce for that address, and whether it
// is still young enough.
func (s *Server) checkNonce(nonce string, source netip.Addr) (ours, fresh bool) {
	var b [stampSize + saltSize + macSize]byte
	if base64.RawURLEncoding.DecodedLen(len(nonce)) != len(b) {
		return false, false
	}
	if _, err := base64.RawURLEncoding.Decode(b[:], []byte(nonce)); err != nil {
		return false, false
	}
	if !hmac.Equal(b[stampSize+saltSize:], s.mac(b[:stampSize+saltSize], source)) {
		return false, false
	}
	age := time.Since(time.UnixMilli(int64(binary.BigEndian.Uint64(b[:]))))
	return true, age >= -time.Second && age < s.life
}

// counts remembers the highest use count of each nonce that was used with a good
// password. Two generations of one lifetime each hold all that can still matter.
type counts struct {
	mu       sync.Mutex
	now, old map[string]int
	turned   time.Time
	life     time.Duration
}

// rise notes a use and reports whether its count is higher than all before.
func (c *counts) rise(nonce string, nc int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.turned) > c.life {
		c.old, c.now, c.turned = c.now, make(map[string]int), time.Now()
	}
	last := max(c.now[nonce], c.old[nonce])
	if nc <= last {
		return false
	}
	c.now[nonce] = nc
	return true
}
