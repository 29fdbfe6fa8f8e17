package spoken

// scale is a power of a thousand with a name.
type scale struct {
	size uint64
	name string
}

// scales are the English units above a hundred and the hundred itself, largest
// first; an int64 ends within the quintillions.
func scales() []scale {
	return []scale{
		{1e18, "quintillion"},
		{1e15, "quadrillion"},
		{1e12, "trillion"},
		{1e9, "billion"},
		{1e6, "million"},
		{1e3, thousand},
		{100, hundred},
	}
}

// english appends a cardinal: "one hundred five", without "and".
func english(parts []string, n uint64) []string {
	for _, s := range scales() {
		if n < s.size {
			continue
		}
		parts = append(english(parts, n/s.size), s.name)
		if n %= s.size; n == 0 {
			return parts
		}
	}
	if n < 20 {
		return append(parts, digit(int(n)))
	}
	parts = append(parts, digit(int(n/10*10)))
	if n%10 > 0 {
		parts = append(parts, digit(int(n%10)))
	}
	return parts
}

// englishOrdinal is the cardinal with its last word as an ordinal.
func englishOrdinal(n uint64) []string {
	parts := english(nil, n)
	last := len(parts) - 1
	if word := parts[last]; word[0] == 'n' {
		parts[last] = "ord-" + word[1:]
	} else {
		parts[last] = "ord-" + word
	}
	return parts
}
