package spoken

import (
	"slices"
	"strconv"
)

// Ids of the parts that are not made of a letter or a number. A number's part
// is "n" and its value (n0 to n10 in Chinese, n0 to n19 and the tens in
// English), an ordinal's "ord-" and its value, a letter's "letter-a".
const (
	liang  = "liang"   // 两, the two of quantities
	yao    = "yao"     // 幺, the one of telephone numbers
	place  = "ordinal" // 第
	minus  = "minus"
	point  = "point"
	dash   = "dash"
	pause  = "pause" // a short silence between groups
	oh     = "oh"    // the zero of "ten oh five"
	oclock = "oclock"
	half   = "half"
	past   = "minute-past" // 分 after 点
	day    = "day"         // 日, 號 after a number
	yuan   = "yuan"
	jiao   = "jiao"
	fen    = "fen"

	hundred        = "hundred"
	thousand       = "thousand"
	tenThousand    = "ten-thousand"
	hundredMillion = "hundred-million"

	dawn      = "period-dawn"
	morning   = "period-morning"
	noon      = "period-noon"
	afternoon = "period-afternoon"
	evening   = "period-evening"

	am         = "am"
	pm         = "pm"
	twelveNoon = "noon"
	midnight   = "midnight"
)

// Parts lists every id the grammar of a language can return, sorted. A checker
// can demand a sound for each before a call needs it.
func Parts(lang Lang) []string {
	ids := []string{minus, point, dash, pause, yuan}
	for c := 'a'; c <= 'z'; c++ {
		ids = append(ids, letter(c))
	}
	for i := range 12 {
		ids = append(ids, monthPart(i+1))
	}
	for i := range 7 {
		ids = append(ids, weekdayPart(i+1))
	}
	if lang == En {
		ids = append(ids, englishParts()...)
	} else {
		ids = append(ids, chineseParts(lang)...)
	}
	slices.Sort(ids)
	return ids
}

func chineseParts(lang Lang) []string {
	ids := []string{
		liang, place, hundred, thousand, tenThousand, hundredMillion,
		dawn, morning, noon, afternoon, evening, oclock, half, past, day,
		jiao, fen, "days", "hours", "minutes", "seconds",
	}
	for i := range 11 {
		ids = append(ids, digit(i))
	}
	if lang != Yue {
		ids = append(ids, yao)
	}
	return ids
}

func englishParts() []string {
	ids := []string{am, pm, twelveNoon, midnight, oh}
	for _, u := range spans() {
		ids = append(ids, u.name, u.name+"s")
	}
	for i := range 20 {
		ids = append(ids, digit(i))
		if i > 0 {
			ids = append(ids, ordinalPart(i))
		}
	}
	for i := 20; i < 100; i += 10 {
		ids = append(ids, digit(i), ordinalPart(i))
	}
	for _, s := range scales() {
		ids = append(ids, s.name, "ord-"+s.name)
	}
	return ids
}

func digit(n int) string       { return "n" + strconv.Itoa(n) }
func ordinalPart(n int) string { return "ord-" + strconv.Itoa(n) }
func letter(c rune) string     { return "letter-" + string(c) }
func monthPart(m int) string   { return "month-" + strconv.Itoa(m) }
func weekdayPart(d int) string { return "weekday-" + strconv.Itoa(d) }
