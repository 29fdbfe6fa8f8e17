package spoken

// Number speaks a quantity, the number before the thing counted. In Chinese a
// lone 2 is 两 (两位, 两分钟), and 两 leads the larger units (两百, 两万).
func Number(lang Lang, n int64) []string {
	if lang != En && (n == 2 || n == -2) {
		return signed(n, []string{liang})
	}
	return Index(lang, n)
}

// Index speaks a number used as a label, such as the 2 of "第二条" or "term
// two". It differs from [Number] only in Chinese, and only for 2.
func Index(lang Lang, n int64) []string {
	u := magnitude(n)
	if lang == En {
		return signed(n, english(nil, u))
	}
	return signed(n, chinese(lang, u))
}

// Ordinal speaks a place in line, from 1: 第三, third. Anything below 1 has no
// place in a line and is spoken as [Index] says it.
func Ordinal(lang Lang, n int) []string {
	if n < 1 {
		return Index(lang, int64(n))
	}
	if lang == En {
		return englishOrdinal(uint64(n))
	}
	return append([]string{place}, Index(lang, int64(n))...)
}

func signed(n int64, parts []string) []string {
	if n < 0 {
		return append([]string{minus}, parts...)
	}
	return parts
}

// magnitude is the distance from zero, right for the smallest int64 too.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
