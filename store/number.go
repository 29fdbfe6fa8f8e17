package store

import (
	"fmt"
	"time"
)

// CaseNumber makes a public case number: area, year, code of the line, serial, and a
// check digit, such as GZ-2026-LA-000123-7.
func CaseNumber(area string, year int, code string, serial int64) string {
	body := fmt.Sprintf("%s-%04d-%s-%06d", area, year, code, serial)
	return fmt.Sprintf("%s-%d", body, checkDigit(body))
}

// ValidCaseNumber reports whether the check digit fits: a number read out or keyed in
// with one wrong digit or letter does not.
func ValidCaseNumber(no string) bool {
	n := len(no)
	return n > 2 && no[n-2] == '-' && no[n-1] >= '0' && no[n-1] <= '9' && checkDigit(no[:n-2]) == int(no[n-1]-'0')
}

// checkDigit is ISO 7064, MOD 11,10, over the digits; a letter counts as its two
// digits (A is 10). It finds every single wrong digit and nearly every exchange of
// neighbours.
func checkDigit(text string) int {
	p := 10
	add := func(d int) {
		s := (p + d) % 10
		if s == 0 {
			s = 10
		}
		p = 2 * s % 11
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			add(int(c - '0'))
		case c >= 'A' && c <= 'Z':
			add(int(c-'A'+10) / 10)
			add(int(c-'A'+10) % 10)
		}
	}
	return (11 - p) % 10
}

// contactNumber makes a public contact number: C, the day, a serial of the day.
func contactNumber(day string, serial int64) string {
	return fmt.Sprintf("C%s-%06d", day, serial)
}

// dayOf names the day a moment belongs to.
func dayOf(at time.Time, where *time.Location) string { return at.In(where).Format("20060102") }
