package phone

import "strings"

// Plan says how numbers are dialled where the hotline stands.
type Plan struct {
	Area string // area code without its 0, for local numbers written without one: "20" for Guangzhou
}

// country is the code of the home country. The rules below are those of its
// numbering plan, so it is not a setting.
const country = "86"

// Parse brings a number into the one form. It takes what a SIP user part, a
// P-Asserted-Identity, a tel URI or a caller's keys hold, and refuses nothing.
func (p Plan) Parse(raw string) Number {
	text := strings.TrimSpace(raw)
	text = strings.TrimPrefix(strings.TrimPrefix(text, "sip:"), "tel:")
	text, _, _ = strings.Cut(text, ";") // parameters
	text, _, _ = strings.Cut(text, "@") // host
	if withheld(text) {
		return Number{Kind: Withheld}
	}
	digits, plus, ok := digitsOf(text)
	if !ok {
		return Number{Kind: Other, value: "raw:" + cut(strings.ToValidUTF8(text, "?"))}
	}
	if !plus {
		if rest, found := strings.CutPrefix(digits, "00"); found {
			digits, plus = rest, true
		}
	}
	if plus {
		return p.international(digits)
	}
	return p.national(digits)
}

func withheld(text string) bool {
	switch strings.ToLower(text) {
	case "", "anonymous", "unavailable", "restricted", "private", "withheld", "unknown", "blocked", "+":
		return true
	}
	return false
}

// digitsOf drops the marks people write between digits. It fails when anything else
// is left, or nothing.
func digitsOf(text string) (digits string, plus, ok bool) {
	text, plus = strings.CutPrefix(text, "+")
	digits = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()/\u00a0", r) {
			return -1
		}
		return r
	}, text)
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return "", false, false
		}
	}
	return digits, plus, digits != "" && len(digits) <= 20
}

func (p Plan) international(digits string) Number {
	if rest, home := strings.CutPrefix(digits, country); home {
		return p.home(rest)
	}
	if len(digits) < 5 || len(digits) > 15 || digits[0] == '0' {
		return Number{Kind: Other, value: "raw:+" + digits}
	}
	return Number{Kind: Foreign, value: "+" + digits}
}

// national reads a number without country code as it is dialled at home.
func (p Plan) national(digits string) Number {
	if rest, home := strings.CutPrefix(digits, country); home && (mobile(rest) || len(rest) >= 10) {
		return p.home(rest)
	}
	return p.home(digits)
}

// home reads a number of the home country: mobile, service number, with or without
// the area code and its leading 0.
func (p Plan) home(digits string) Number {
	trunk := strings.TrimPrefix(digits, "0")
	switch {
	case mobile(trunk):
		return Number{Kind: Mobile, value: "+" + country + trunk}
	case service(digits):
		return Number{Kind: Short, value: "short:" + digits}
	case service(areaService(trunk)):
		return Number{Kind: Short, value: "short:" + areaService(trunk)}
	case tollFree(digits):
		return Number{Kind: Short, value: "short:" + digits}
	case digits != trunk && fixed(trunk), len(digits) >= 10 && fixed(digits):
		return Number{Kind: Fixed, value: "+" + country + trunk}
	case p.Area != "" && len(digits) >= 7 && len(digits) <= 8 && fixed(p.Area+digits):
		return Number{Kind: Fixed, value: "+" + country + p.Area + digits}
	}
	return Number{Kind: Other, value: "raw:" + digits}
}

func mobile(d string) bool { return len(d) == 11 && d[0] == '1' && d[1] >= '3' }

// service reports a short code: 110, 12348, 95588, 10086 ...
func service(d string) bool {
	return len(d) >= 3 && len(d) <= 6 && (d[0] == '1' || d[0] == '9')
}

// tollFree reports a 400 or 800 number.
func tollFree(d string) bool {
	return len(d) == 10 && (strings.HasPrefix(d, "400") || strings.HasPrefix(d, "800"))
}

// areaService takes the service number out of one dialled with an area code, such
// as 02012348; empty when there is none.
func areaService(d string) string {
	for _, n := range []int{2, 3} {
		if len(d) == n+5 && area(d[:n]) && strings.HasPrefix(d[n:], "12") {
			return d[n:]
		}
	}
	return ""
}

// area reports an area code without its 0: 10 and 2x have two digits, the rest three.
func area(d string) bool {
	if len(d) == 2 {
		return d == "10" || d[0] == '2'
	}
	return len(d) == 3 && d[0] >= '3' && d[0] <= '9'
}

// fixed reports an area code and a subscriber's number: eight digits in the big
// cities, whose codes are short, seven or eight elsewhere.
func fixed(d string) bool {
	if len(d) < 10 || len(d) > 11 {
		return false
	}
	if area(d[:2]) {
		return len(d) == 10 && d[2] >= '2'
	}
	return area(d[:3]) && d[3] >= '2'
}
