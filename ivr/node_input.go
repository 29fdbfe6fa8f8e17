package ivr

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hotline/ivr/source"
)

// inputNode asks for a number: so many digits, or as many as the caller keys
// before the hash. A number that cannot be right is asked for again; a pause
// is not an end. Key 0 alone, then hash, is a person.
type inputNode struct {
	Input   prompts   `flow:"input" doc:"what is said before the number"`
	With    bindings  `flow:"with,optional" doc:"which variable fills which value of the prompts"`
	Into    variable  `flow:"into" doc:"the variable it fills"`
	As      numeral   `flow:"as" doc:"digits: as keyed; number: a count; date: YYMMDD, today or later; phone: a telephone number"`
	Min     count     `flow:"min,optional" doc:"fewest digits (1)"`
	Max     count     `flow:"max" doc:"most digits; with min the same, no hash is needed"`
	Range   between   `flow:"range,optional" doc:"what a number lies between"`
	Check   checkKind `flow:"check,optional" doc:"the last digit proves the others"`
	Confirm prompt    `flow:"confirm,optional" doc:"reads the number back; 1 right, 2 once more"`
	Secret  yes       `flow:"secret,optional" doc:"the digits are filed nowhere"`
	Tries   tries     `flow:"tries,optional" doc:"how often it asks (2)"`
	Wait    span      `flow:"wait,optional" doc:"time for the first key (5s, or 15s with slow timers)"`
	Then    Way       `flow:"then" doc:"a number that can be right"`
	Silence Way       `flow:"silence" doc:"after as many questions without a key"`
	Wrong   Way       `flow:"wrong" doc:"after as many numbers that cannot be right"`
}

// Stages of an input.
const (
	inputNumber = iota
	inputConfirm
)

// numeral is what the digits mean.
type numeral string

func (k *numeral) read(r *reader, n *source.Node) {
	*k = numeral(choose(r, n, "digits", "number", "date", "phone"))
}
func (k *numeral) shape() schema { return oneOfWords("digits", "number", "date", "phone") }

// checkKind is how a check digit is made.
type checkKind string

func (k *checkKind) read(r *reader, n *source.Node) {
	*k = checkKind(choose(r, n, "luhn", "mod11-10"))
}
func (k *checkKind) shape() schema { return oneOfWords("luhn", "mod11-10") }

func (n *inputNode) gives() []declared {
	return []declared{{n.Into.text, map[numeral]Sort{"number": NumberSort, "date": TimeSort}[n.As].or(TextSort)}}
}

func (n *inputNode) check(c *checker) {
	if n.Max == 0 || n.Min > n.Max {
		c.fault("an input of %d to %d digits cannot be keyed", n.Min, n.Max)
	}
	if n.Range.set() && n.As != "number" {
		c.fault("a range is for a number, not for %s", n.As)
	}
	if n.As == "date" && n.Max != 6 {
		c.fault("a date has 6 digits, YYMMDD")
	}
	if n.Secret && n.Confirm.text != "" {
		c.fault("a secret is not read back")
	}
}

func (n *inputNode) step(ctx context.Context, v *visit) (Way, error) {
	if v.state.turn.stage == inputConfirm {
		return n.confirm(ctx, v)
	}
	if err := v.play(ctx, n.Input, n.With); err != nil {
		return Way{}, err
	}
	in, err := v.phone.Input(ctx, InputRequest{
		First: v.first(n.Wait), Next: v.next(), Max: int(n.Max), Stop: KeyEnd.String() + KeyAgain.String(), Typed: v.pending(maxAhead),
		Example: n.example(v.call.Now()), Marks: v.state.marks,
	})
	if err != nil {
		return Way{}, err
	}
	v.state.turn.keys += strings.Repeat("•", len(in.Keys))
	switch {
	case in.End == SilenceEnd:
		return v.silent(n.Silence, n.Tries), nil
	case in.Stop == KeyAgain:
		return v.aside(ctx, KeyAgain, n.Wrong, n.Tries, promptRetry)
	case in.Keys == KeyPerson.String() && n.Min != 1 && v.open(wayPerson):
		return Way{kind: wayPerson}, nil
	}
	value, ok := n.value(in, v.call.Now())
	if !ok {
		return v.wrongly(ctx, n.Wrong, n.Tries, promptRetry)
	}
	v.assign(n.Into.text, value, bool(n.Secret) || n.As == "phone")
	if n.Confirm.text == "" {
		return n.Then, nil
	}
	return n.turn(v, inputConfirm), nil
}

// turn goes on to the other question, keeping count of the repeats.
func (n *inputNode) turn(v *visit, stage int) Way {
	again := v.state.turn.again
	stay := v.stage(stage)
	v.state.turn.again = again
	return stay
}

// example is a number that can be right.
func (n *inputNode) example(now time.Time) string {
	switch {
	case n.As == "date":
		return now.AddDate(0, 0, 1).Format("060102")
	case n.Range.set():
		return strconv.Itoa(n.Range.low)
	}
	stem := strings.Repeat("1", max(int(n.Min), min(int(n.Max), 4))-1)
	for last := range 10 {
		if digits := stem + strconv.Itoa(last); n.proven(digits) && (n.Check != "" || last == 1) {
			return digits
		}
	}
	return stem
}

// value is the number when it can be right. A pause never ends one: what the
// caller meant to key is not known.
func (n *inputNode) value(in Input, now time.Time) (Value, bool) {
	digits := in.Keys
	if in.End == PauseEnd || len(digits) < max(int(n.Min), 1) || !n.proven(digits) {
		return Value{}, false
	}
	switch n.As {
	case "number":
		number, err := strconv.Atoi(digits)
		ok := err == nil && (!n.Range.set() || number >= n.Range.low && number <= n.Range.high)
		return Number(int64(number)), ok
	case "date":
		day, err := time.ParseInLocation("060102", digits, now.Location())
		return Instant(day), err == nil && day.AddDate(0, 0, 1).After(now)
	default:
		return Text(digits), true
	}
}

func (n *inputNode) proven(digits string) bool {
	switch n.Check {
	case "luhn":
		return luhn(digits)
	case "mod11-10":
		return mod11(digits)
	default:
		return true
	}
}

// luhn proves a number by the check digit of ISO/IEC 7812-1 annex B.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}

// mod11 proves a number by the check digit of ISO/IEC 7064, MOD 11,10.
func mod11(digits string) bool {
	p := 10
	for i := range len(digits) - 1 {
		p = (p + int(digits[i]-'0')) % 10
		if p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	return len(digits) > 0 && (p+int(digits[len(digits)-1]-'0'))%10 == 1
}

// confirm reads the number back. Silence is no yes.
func (n *inputNode) confirm(ctx context.Context, v *visit) (Way, error) {
	key, way, err := v.ask(ctx, question{
		prompts: prompts{n.Confirm}, with: n.With, keys: "12", silence: n.Silence, wrong: n.Wrong, tries: n.Tries,
	})
	switch {
	case err != nil:
		return way, err
	case key == '1':
		return n.Then, nil
	case key == '2':
		v.state.turn.again++
		if v.state.turn.again >= maxAgain {
			return n.Wrong, nil
		}
		return n.turn(v, inputNumber), nil
	default:
		return way, nil
	}
}
