package ivr

import "context"

// common lists the keys with one meaning everywhere that mean it here.
func (v *visit) common(taken string) string {
	keys := ""
	for _, k := range []Key{KeyPerson, KeyAgain, KeyLanguage, KeyMessage} {
		if !k.in(taken) && v.means(k) {
			keys += k.String()
		}
	}
	return keys
}

func (v *visit) means(k Key) bool {
	switch k {
	case KeyPerson:
		return v.open(wayPerson)
	case KeyMessage:
		return v.open(wayMessage)
	case KeyLanguage:
		return len(v.flow.Languages) > 1
	default:
		return k == KeyAgain
	}
}

// aside answers a key that the node itself has no use for: one of the keys
// with one meaning everywhere, or a wrong one.
func (v *visit) aside(ctx context.Context, key Key, wrong Way, most tries, say string) (Way, error) {
	if !v.means(key) {
		return v.wrongly(ctx, wrong, most, say)
	}
	if key == KeyPerson {
		return Way{kind: wayPerson}, nil
	}
	if key == KeyMessage {
		return Way{kind: wayMessage}, nil
	}
	v.state.turn.again++
	if v.state.turn.again > maxAgain {
		return v.wrongly(ctx, wrong, most, say)
	}
	if key == KeyLanguage {
		return v.changeLanguage(ctx)
	}
	return Way{kind: wayStay}, nil
}
