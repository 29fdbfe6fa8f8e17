package digest

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// hash is HA1 by the algorithm named; anything but SHA-256 is MD5.
func hash(algorithm string, parts ...string) string {
	text := []byte(strings.Join(parts, ":"))
	if strings.EqualFold(algorithm, "SHA-256") {
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:])
	}
	sum := md5.Sum(text)
	return hex.EncodeToString(sum[:])
}
