package load

import (
	"bytes"
	"crypto/md5" //nolint:gosec // digest access authentication has it (RFC 7616)
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// challenge is what a server asks of us (RFC 7616).
type challenge struct {
	realm, nonce, opaque, algorithm string
	qop                             bool
}

// choose takes the first challenge that we can answer: those of MD5, SHA-256 or no algorithm named.
func choose(values [][]byte) (challenge, bool) {
	for _, v := range values {
		scheme, rest, _ := bytes.Cut(v, []byte(" "))
		if !bytes.EqualFold(scheme, []byte("Digest")) {
			continue
		}
		c := readChallenge(string(rest))
		if c.nonce != "" && (c.algorithm == "MD5" || c.algorithm == "SHA-256") {
			return c, true
		}
	}
	return challenge{}, false
}

func readChallenge(text string) challenge {
	c := challenge{algorithm: "MD5"}
	for text != "" {
		var name, value string
		name, text, _ = strings.Cut(text, "=")
		if strings.HasPrefix(text, `"`) {
			value, text, _ = strings.Cut(text[1:], `"`)
			_, text, _ = strings.Cut(text, ",")
		} else {
			value, text, _ = strings.Cut(text, ",")
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.Trim(name, " ,\t")) {
		case "realm":
			c.realm = value
		case "nonce":
			c.nonce = value
		case "opaque":
			c.opaque = value
		case "algorithm":
			c.algorithm = strings.ToUpper(value)
		case "qop":
			c.qop = strings.Contains(value, "auth")
		}
	}
	return c
}

// Account is a name and a password known to the server.
type Account struct {
	User, Password string
}

// respond writes the header that answers a challenge, as a whole line.
func (a Account) respond(c challenge, method, uri string, proxy bool) string {
	hash := func(s string) string {
		if c.algorithm == "SHA-256" {
			sum := sha256.Sum256([]byte(s))
			return hex.EncodeToString(sum[:])
		}
		sum := md5.Sum([]byte(s)) //nolint:gosec // see the import
		return hex.EncodeToString(sum[:])
	}
	name := "Authorization"
	if proxy {
		name = "Proxy-Authorization"
	}
	secret, request := hash(a.User+":"+c.realm+":"+a.Password), hash(method+":"+uri)
	line := fmt.Sprintf(`%s: Digest username="%s", realm="%s", nonce="%s", uri="%s", algorithm=%s`, name, a.User, c.realm, c.nonce, uri, c.algorithm)
	if c.opaque != "" {
		line += fmt.Sprintf(`, opaque="%s"`, c.opaque)
	}
	if !c.qop {
		return line + fmt.Sprintf(", response=\"%s\"\r\n", hash(secret+":"+c.nonce+":"+request))
	}
	client := hash(c.nonce + a.User)[:16]
	response := hash(secret + ":" + c.nonce + ":00000001:" + client + ":auth:" + request)
	return line + fmt.Sprintf(", qop=auth, nc=00000001, cnonce=\"%s\", response=\"%s\"\r\n", client, response)
}
