package spoken

import "time"

// Clock speaks the time of day in t's own zone, in twelve hours with the part
// of the day; seconds are left out. Chinese: 上午十点, 下午两点半, 晚上八点零五分;
// Cantonese the same in its own words, with 半 for the half hour and minutes
// otherwise. English: ten a.m., two thirty p.m., ten oh five a.m., noon.
func Clock(lang Lang, t time.Time) []string {
	if lang == En {
		return englishClock(t.Hour(), t.Minute())
	}
	hour, minute := t.Hour(), t.Minute()
	parts := append([]string{period(hour)}, hourParts(lang, hour)...)
	parts = append(parts, oclock)
	switch {
	case minute == 0:
		return parts
	case minute == 30:
		return append(parts, half)
	case minute < 10:
		parts = append(parts, digit(0))
	}
	return append(append(parts, chinese(lang, uint64(minute))...), past)
}

// period names the part of the day, as announcements use it.
func period(hour int) string {
	switch {
	case hour < 5:
		return dawn
	case hour < 12:
		return morning
	case hour == 12:
		return noon
	case hour < 18:
		return afternoon
	default:
		return evening
	}
}

// hourParts says the hour of twelve: 两点, not 二点. The first hour of the day is
// 零点 in Mandarin and 十二點 in Cantonese.
func hourParts(lang Lang, hour int) []string {
	switch {
	case hour == 0 && lang != Yue:
		return []string{digit(0)}
	case hour%12 == 0:
		return chinese(lang, 12)
	default:
		return Number(lang, int64(hour%12))
	}
}

func englishClock(hour, minute int) []string {
	if minute == 0 && hour == 12 {
		return []string{twelveNoon}
	}
	if minute == 0 && hour == 0 {
		return []string{midnight}
	}
	parts := english(nil, uint64((hour+11)%12+1))
	if minute > 0 && minute < 10 {
		parts = append(parts, oh)
	}
	if minute > 0 {
		parts = english(parts, uint64(minute))
	}
	if hour < 12 {
		return append(parts, am)
	}
	return append(parts, pm)
}
