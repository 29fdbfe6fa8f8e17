package spoken

// counter writes one Chinese cardinal, group by group.
type counter struct {
	lang  Lang
	parts []string
}

// chinese speaks a cardinal with 二 for a lone two.
func chinese(lang Lang, n uint64) []string {
	if n == 0 {
		return []string{digit(0)}
	}
	if n == 2 {
		return []string{digit(2)}
	}
	c := counter{lang: lang}
	c.number(n)
	return c.parts
}

// number writes n by groups of 亿 and 万. Above 10^16 the count of 亿 holds 亿
// itself, as Chinese says it.
func (c *counter) number(n uint64) {
	if high := n / 1e8; high > 0 {
		c.number(high)
		c.add(hundredMillion)
		c.rest(n%1e8, 1e7)
		return
	}
	c.tenThousands(n)
}

func (c *counter) tenThousands(n uint64) {
	high := n / 1e4
	if high == 0 {
		c.group(n)
		return
	}
	c.group(high)
	c.add(tenThousand)
	c.rest(n%1e4, 1e3)
}

// rest writes what follows a larger unit: 零 when the next place is empty.
func (c *counter) rest(n, full uint64) {
	if n == 0 {
		return
	}
	if n < full {
		c.add(digit(0))
	}
	c.tenThousands(n)
}

// group writes 1 to 9999.
func (c *counter) group(n uint64) {
	if n == 2 && len(c.parts) == 0 {
		c.add(liang) // a lone group leads 万 or 亿: 两万
		return
	}
	started, gap := false, false
	for _, u := range []struct {
		size uint64
		name string
	}{{1000, thousand}, {100, hundred}, {10, digit(10)}, {1, ""}} {
		d := n / u.size % 10
		if d == 0 {
			gap = started
			continue
		}
		if gap {
			c.add(digit(0))
		}
		c.place(d, u.name)
		started, gap = true, false
	}
}

// place writes one digit and its unit.
func (c *counter) place(d uint64, unit string) {
	lead := len(c.parts) == 0
	switch {
	case unit == digit(10) && d == 1 && lead:
		// 十二, not 一十二, when nothing stands before it.
	case d == 2 && lead && c.saysLiang(unit):
		c.add(liang)
	default:
		c.add(digit(int(d)))
	}
	if unit != "" {
		c.add(unit)
	}
}

// saysLiang tells whether a leading two before the unit is 两: 两百 and 两千 in
// Mandarin, 二百 and 兩千 in Cantonese, 二十 in both.
func (c *counter) saysLiang(unit string) bool {
	return unit == thousand || (unit == hundred && c.lang != Yue)
}

func (c *counter) add(part string) { c.parts = append(c.parts, part) }
