package spoken

import "time"

// Date speaks month and day in t's own zone: 三月五日, 三月五號, March fifth. The
// year is left out; what callers are told lies within months.
func Date(lang Lang, t time.Time) []string {
	month := monthPart(int(t.Month()))
	if lang == En {
		return append([]string{month}, englishOrdinal(uint64(t.Day()))...)
	}
	return append(append([]string{month}, chinese(lang, uint64(t.Day()))...), day)
}

// Weekday speaks the day of the week in t's own zone.
func Weekday(_ Lang, t time.Time) []string {
	d := int(t.Weekday())
	if d == 0 {
		d = 7 // parts count from Monday, as 星期一 does
	}
	return []string{weekdayPart(d)}
}

// DateTime speaks the whole: 三月五日星期四上午十点, and in English with the
// weekday first: Thursday March fifth ten a.m.
func DateTime(lang Lang, t time.Time) []string {
	date, weekday := Date(lang, t), Weekday(lang, t)
	if lang == En {
		date, weekday = weekday, date
	}
	parts := append(date, weekday...)
	return append(append(parts, pause), Clock(lang, t)...)
}
