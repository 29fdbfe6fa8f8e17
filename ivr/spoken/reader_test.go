package spoken_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hotline/ivr/spoken"
)

// The readers below understand speech by rules of their own: they add up what
// they hear, and know nothing of how it was composed.

// hear reads a cardinal of any language back.
func hear(lang spoken.Lang, parts []string) (int64, error) {
	sign := int64(1)
	if len(parts) > 0 && parts[0] == "minus" {
		sign, parts = -1, parts[1:]
	}
	if lang == spoken.En {
		n, err := hearEnglish(parts)
		return sign * n, err
	}
	n, err := hearChinese(parts)
	return sign * n, err
}

// hearChinese splits at the last 亿, then at 万, then adds digit by digit.
func hearChinese(parts []string) (int64, error) {
	for _, unit := range []struct {
		name string
		size int64
	}{{"hundred-million", 1e8}, {"ten-thousand", 1e4}} {
		for i := len(parts) - 1; i >= 0; i-- {
			if parts[i] != unit.name {
				continue
			}
			high, err := hearChinese(parts[:i])
			if err != nil {
				return 0, err
			}
			low, err := hearChinese(parts[i+1:])
			return high*unit.size + low, err
		}
	}
	var sum, pending int64
	for _, id := range parts {
		switch id {
		case "liang":
			pending = 2
		case "n10":
			sum, pending = sum+10*max(pending, 1), 0
		case "hundred":
			sum, pending = sum+100*pending, 0
		case "thousand":
			sum, pending = sum+1000*pending, 0
		default:
			d, err := digitOf(id)
			if err != nil {
				return 0, err
			}
			pending = d
		}
	}
	return sum + pending, nil
}

func hearEnglish(parts []string) (int64, error) {
	scales := map[string]int64{
		"thousand": 1e3, "million": 1e6, "billion": 1e9,
		"trillion": 1e12, "quadrillion": 1e15, "quintillion": 1e18,
	}
	var sum, group int64
	for _, id := range parts {
		if size, ok := scales[id]; ok {
			sum, group = sum+group*size, 0
			continue
		}
		if id == "hundred" {
			group *= 100
			continue
		}
		n, err := strconv.ParseInt(strings.TrimPrefix(id, "n"), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("heard %q in a number", id)
		}
		group += n
	}
	return sum + group, nil
}

func digitOf(id string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "n"), 10, 64)
	if err != nil || n > 9 {
		return 0, fmt.Errorf("heard %q in a number", id)
	}
	return n, nil
}

// hearDigits reads digits, letters and hyphens back, pauses left out.
func hearDigits(parts []string) string {
	var b strings.Builder
	for _, id := range parts {
		switch {
		case id == "pause":
		case id == "yao":
			b.WriteByte('1')
		case id == "dash":
			b.WriteByte('-')
		case strings.HasPrefix(id, "letter-"):
			b.WriteString(strings.ToUpper(id[len("letter-"):]))
		default:
			b.WriteString(id[1:])
		}
	}
	return b.String()
}

func TestNumbersAreUnderstood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(spoken.Langs()).Draw(t, "lang")
		n := rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3e9, 3e9), rapid.Int64Range(0, 20000)).Draw(t, "n")
		for _, say := range []func(spoken.Lang, int64) []string{spoken.Number, spoken.Index} {
			if got, err := hear(lang, say(lang, n)); err != nil || got != n {
				t.Fatalf("%s: %d was heard as %d (%v): %v", lang, n, got, err, say(lang, n))
			}
		}
	})
}

func TestDigitsAreUnderstood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(spoken.Langs()).Draw(t, "lang")
		number := rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "number")
		if got := hearDigits(spoken.Digits(lang, number)); got != number {
			t.Fatalf("%s: digits %s were heard as %s", lang, number, got)
		}
		ref := rapid.StringMatching(`[A-Z]{2}-[0-9]{4}-[A-Z]{2}-[0-9]{6}-[0-9]`).Draw(t, "ref")
		if got := hearDigits(spoken.Reference(lang, ref)); got != ref {
			t.Fatalf("%s: reference %s was heard as %s", lang, ref, got)
		}
	})
}

// TestGroupsAreShort: nobody keeps more than six digits in mind at a time.
func TestGroupsAreShort(t *testing.T) {
	for n := range 30 {
		run := 0
		for _, id := range spoken.Digits(spoken.ZhCN, strings.Repeat("5", n)) {
			run++
			if id == "pause" {
				run = 0
			}
			if run > 6 {
				t.Errorf("%d digits: more than six in one group", n)
			}
		}
	}
}

func TestMoneyIsUnderstood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom(spoken.Langs()).Draw(t, "lang")
		cents := rapid.Int64Range(0, 1e12).Draw(t, "cents")
		if got, err := hearAmount(lang, spoken.Amount(lang, cents)); err != nil || got != cents {
			t.Fatalf("%s: amount %d was heard as %d (%v)", lang, cents, got, err)
		}
		if got, err := hearMoney(lang, spoken.Money(lang, cents)); err != nil || got != cents {
			t.Fatalf("%s: money %d was heard as %d (%v)", lang, cents, got, err)
		}
	})
}

func hearAmount(lang spoken.Lang, parts []string) (int64, error) {
	whole, decimals, _ := strings.Cut(strings.Join(parts, " "), "point")
	n, err := hear(lang, strings.Fields(whole))
	cents := hearDigits(strings.Fields(decimals))
	for len(cents) < 2 {
		cents += "0"
	}
	c, _ := strconv.ParseInt(cents, 10, 64)
	return n*100 + c, err
}

func hearMoney(lang spoken.Lang, parts []string) (int64, error) {
	if lang == spoken.En {
		return hearAmount(lang, parts[:len(parts)-1])
	}
	var sum int64
	var pending []string
	for _, id := range parts {
		size, ok := map[string]int64{"yuan": 100, "jiao": 10, "fen": 1}[id]
		if !ok {
			pending = append(pending, id)
			continue
		}
		n, err := hear(lang, pending)
		if err != nil {
			return 0, err
		}
		sum, pending = sum+n*size, nil
	}
	return sum, nil
}

func BenchmarkDateTime(b *testing.B) {
	b.ReportAllocs()
	at := on(12, 31, 23, 59)
	for b.Loop() {
		spoken.DateTime(spoken.ZhCN, at)
	}
}
