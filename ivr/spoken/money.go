package spoken

// Money speaks an amount of yuan given in cents (fen): 十二元零六分, 十二蚊零六分,
// twelve point zero six yuan.
func Money(lang Lang, cents int64) []string {
	if lang == En {
		return append(Amount(lang, cents), yuan)
	}
	u := magnitude(cents)
	whole, tenths, hundredths := u/100, u/10%10, u%10
	var parts []string
	if whole > 0 || u == 0 {
		parts = append(quantity(lang, whole), yuan)
	}
	if tenths > 0 {
		parts = append(append(parts, quantity(lang, tenths)...), jiao)
	} else if hundredths > 0 && whole > 0 {
		parts = append(parts, digit(0))
	}
	if hundredths > 0 {
		parts = append(append(parts, chinese(lang, hundredths)...), fen)
	}
	return signed(cents, parts)
}

// Amount speaks an amount given in cents without its unit, for prompts whose
// text names the unit ("结案金额{sum}元"): whole yuan, then the decimals one by one
// without trailing zeros.
func Amount(lang Lang, cents int64) []string {
	u := magnitude(cents)
	if u%100 == 0 {
		return signed(cents, quantity(lang, u/100))
	}
	var parts []string
	if lang == En {
		parts = english(nil, u/100)
	} else {
		parts = chinese(lang, u/100)
	}
	parts = append(parts, point, digit(int(u/10%10)))
	if u%10 > 0 {
		parts = append(parts, digit(int(u%10)))
	}
	return signed(cents, parts)
}

// quantity is [Number] for what cannot be negative.
func quantity(lang Lang, n uint64) []string { return Number(lang, int64(n)) }
