package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"hotline/store/event"
	"hotline/store/phone"
)

// Purpose separates what is sealed or matched: a value sealed for one purpose
// cannot be passed off as another, and equal values of two purposes do not match.
type Purpose string

// The purposes.
const (
	PurposePhone  Purpose = "phone"
	PurposeName   Purpose = "name"
	PurposeNumber Purpose = "identity-number"
	PurposeHA1    Purpose = "sip-ha1"
	PurposeCode   Purpose = "query-code"
	PurposePIN    Purpose = "facility-pin"
	PurposeDial   Purpose = "mediation-dial-in"
	PurposeText   Purpose = "text-message"
	PurposeMobile Purpose = "mobile"
	PurposeCallID Purpose = "sip-call-id"
)

// keySize is the length of every key in bytes: AES-256 and HMAC-SHA-256.
const keySize = 32

// ErrSealed says that sealed bytes cannot be opened: damaged, sealed for another
// purpose, or with a key this installation does not have.
var ErrSealed = errors.New("sealed value cannot be opened with these keys")

// Keys seals, opens and matches. It is immutable and safe for concurrent use.
type Keys struct {
	match  []byte
	seals  map[uint32]cipher.AEAD
	newest uint32
	prints map[string][]byte
}

// newKeys takes the matching key and the sealing keys by number; the highest number
// seals, all of them open.
func newKeys(match []byte, seals map[uint32][]byte) (*Keys, error) {
	k := &Keys{match: match, seals: map[uint32]cipher.AEAD{}, prints: map[string][]byte{}}
	k.prints["match"] = fingerprint(match)
	for id, key := range seals {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("sealing key %d: %w", id, err)
		}
		if k.seals[id], err = cipher.NewGCM(block); err != nil {
			return nil, fmt.Errorf("sealing key %d: %w", id, err)
		}
		k.newest = max(k.newest, id)
		k.prints[fmt.Sprintf("seal-%d", id)] = fingerprint(key)
	}
	return k, nil
}

// Fingerprints names every key and gives a value that tells whether two keys are
// the same without telling the key.
func (k *Keys) Fingerprints() map[string][]byte { return k.prints }

func fingerprint(key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("hotline key fingerprint"))
	return mac.Sum(nil)[:16]
}

// Seal encrypts a value: number of the key (4 bytes), nonce (12), ciphertext, tag (16).
func (k *Keys) Seal(purpose Purpose, value []byte) []byte {
	aead := k.seals[k.newest]
	out := make([]byte, 4+aead.NonceSize(), 4+aead.NonceSize()+len(value)+aead.Overhead())
	binary.BigEndian.PutUint32(out, k.newest)
	_, _ = rand.Read(out[4:]) // never fails: the runtime ends the process instead
	return aead.Seal(out, out[4:], value, []byte(purpose))
}

// Open decrypts what Seal made for the same purpose; ErrSealed otherwise.
func (k *Keys) Open(purpose Purpose, sealed []byte) ([]byte, error) {
	if len(sealed) < 4 {
		return nil, fmt.Errorf("open %s: %w", purpose, ErrSealed)
	}
	aead, ok := k.seals[binary.BigEndian.Uint32(sealed)]
	if !ok || len(sealed) < 4+aead.NonceSize() {
		return nil, fmt.Errorf("open %s: %w", purpose, ErrSealed)
	}
	nonce, text := sealed[4:4+aead.NonceSize()], sealed[4+aead.NonceSize():]
	value, err := aead.Open(nil, nonce, text, []byte(purpose))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", purpose, ErrSealed)
	}
	return value, nil
}

// Match gives the keyed hash by which a value is found again, 32 bytes.
func (k *Keys) Match(purpose Purpose, value []byte) []byte {
	mac := hmac.New(sha256.New, k.match)
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write(value)
	return mac.Sum(nil)
}

// Number seals a telephone number for the journal and the database. asserted says
// where it was read: PAI, From or keyed.
func (k *Keys) Number(n phone.Number, asserted string) event.Number {
	out := event.Number{Kind: string(n.Kind), Asserted: asserted}
	if !n.Known() {
		return event.Number{Kind: string(phone.Withheld), Asserted: asserted}
	}
	value := []byte(n.Dial())
	out.Key = k.Match(PurposePhone, value)
	out.Sealed = k.Seal(PurposePhone, value)
	return out
}

// CallID gives what is written down of a SIP Call-ID: some networks put the caller's number into it. The same Call-ID gives
// the same 32 hexadecimal digits, so that a call is found by what the network's log says; nothing gives nothing.
func (k *Keys) CallID(id string) string {
	if id == "" {
		return ""
	}
	return hex.EncodeToString(k.Match(PurposeCallID, []byte(id))[:16])
}

// Dial opens a sealed number, in the form phone.Number.Dial gives.
func (k *Keys) Dial(sealed []byte) (string, error) {
	value, err := k.Open(PurposePhone, sealed)
	return string(value), err
}
