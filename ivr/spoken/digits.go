package spoken

// Digits speaks the digits of s one by one. Anything between digits ends a
// group; a run without separators is grouped as telephone numbers are: 3-4-4
// for eleven digits, 4-4 for eight, 3-4 for seven.
// Mandarin says 1 as "yāo", so that it is not heard as "qī".
func Digits(lang Lang, s string) []string {
	groups := fields(s)
	if len(groups) == 1 {
		groups = telephone(groups[0])
	}
	var parts []string
	for i, g := range groups {
		if i > 0 {
			parts = append(parts, pause)
		}
		for _, c := range g {
			parts = append(parts, keyed(lang, c))
		}
	}
	return parts
}

// Reference speaks a case number: letters by name, digits one by one, each
// hyphen as a word, for the caller writes it down. Other characters are left
// out; letters may be of either case.
func Reference(lang Lang, s string) []string {
	var parts []string
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			parts = append(parts, keyed(lang, c))
		case c >= 'A' && c <= 'Z':
			parts = append(parts, letter(c-'A'+'a'))
		case c >= 'a' && c <= 'z':
			parts = append(parts, letter(c))
		case c == '-':
			parts = append(parts, dash)
		}
	}
	return parts
}

func keyed(lang Lang, c rune) string {
	if c == '1' && lang != Yue && lang != En {
		return yao
	}
	return digit(int(c - '0'))
}

// fields splits s at everything that is not an ASCII digit.
func fields(s string) []string {
	var groups []string
	start := -1
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] >= '0' && s[i] <= '9' {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			groups = append(groups, s[start:i])
			start = -1
		}
	}
	return groups
}

// telephone cuts a run of digits into groups that can be kept in mind: up to
// six digits stay together, longer runs go by fours, with threes where the
// length asks for them.
func telephone(s string) []string {
	if len(s) <= 6 {
		return []string{s}
	}
	var groups []string
	for len(s) > 4 {
		n := 4
		switch len(s) {
		case 5, 6, 7, 9, 10, 11:
			n = 3
		}
		groups = append(groups, s[:n])
		s = s[n:]
	}
	return append(groups, s)
}
