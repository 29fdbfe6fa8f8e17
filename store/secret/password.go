package secret

import (
	"crypto/md5" // for phones that know nothing newer
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password hash: 19 MiB, two passes, one lane, as OWASP's password
// storage guide asks for argon2id. Written into every hash, so that it can grow.
const (
	argonMemory = 19 * 1024
	argonTime   = 2
	argonLanes  = 1
)

// HashPassword gives the argon2id hash of a password in the PHC text form, with a
// salt of its own. It takes some 20 ms and 19 MiB.
func HashPassword(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: the runtime ends the process instead
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, 32)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, argonMemory, argonTime, argonLanes, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// VerifyPassword reports whether the password has the hash. It takes the same time
// for any password of one hash; a hash it cannot read fits none.
func VerifyPassword(hash, password string) bool {
	var v, m, t, p uint32
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &v); err != nil || v != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil {
		return false
	}
	if m > 1<<20 || t == 0 || t > 64 || p == 0 || p > 16 {
		return false
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	want, errSum := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errSum != nil || len(want) < 16 || len(want) > 64 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, t, m, uint8(p), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// HA1 gives the digest secrets of a SIP account for MD5 and SHA-256 (RFC 7616,
// 3.4.2), in lower-case hexadecimal. They are as good as the password within the
// realm: seal them.
func HA1(user, realm, password string) (forMD5, forSHA256 string) {
	text := []byte(user + ":" + realm + ":" + password)
	m, s := md5.Sum(text), sha256.Sum256(text)
	return hex.EncodeToString(m[:]), hex.EncodeToString(s[:])
}

// letters are easy to read aloud and to type: no 0 O 1 l I.
const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// NewPassword makes a random password of 20 letters and digits, some 116 bits.
func NewPassword() string {
	out := make([]byte, 0, 20)
	var b [64]byte
	for {
		_, _ = rand.Read(b[:]) // never fails: the runtime ends the process instead
		for _, c := range b {
			// Bytes above the last multiple would favour the first letters.
			if int(c) >= 256-256%len(letters) {
				continue
			}
			if out = append(out, letters[int(c)%len(letters)]); len(out) == cap(out) {
				return string(out)
			}
		}
	}
}
