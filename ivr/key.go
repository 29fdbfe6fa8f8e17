package ivr

import "strings"

// Key is a key of a telephone: '0' to '9', '*' or '#'. NoKey is none.
type Key byte

// NoKey is what a wait without a key gives.
const NoKey Key = 0

// AllKeys are the twelve keys of a telephone.
const AllKeys = "0123456789*#"

// Keys with one meaning everywhere, unless a node gives them another.
const (
	KeyPerson   Key = '0' // a person
	KeyAgain    Key = '*' // say it again
	KeyLanguage Key = '8' // another language
	KeyMessage  Key = '9' // leave a message
	KeyEnd      Key = '#' // the end of a number; enough of this
)

// Valid tells whether k is a key of a telephone.
func (k Key) Valid() bool { return k != NoKey && strings.IndexByte(AllKeys, byte(k)) >= 0 }

// String is the key as printed on a telephone, or nothing for no key.
func (k Key) String() string {
	if i := strings.IndexByte(AllKeys, byte(k)); i >= 0 {
		return AllKeys[i : i+1]
	}
	return ""
}

func (k Key) in(keys string) bool { return k != NoKey && strings.IndexByte(keys, byte(k)) >= 0 }
