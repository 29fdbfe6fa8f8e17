package spoken

import "time"

// span is a unit of time with its English part's stem.
type span struct {
	size time.Duration
	name string
}

func spans() []span {
	return []span{
		{24 * time.Hour, "day"},
		{time.Hour, "hour"},
		{time.Minute, "minute"},
		{time.Second, "second"},
	}
}

// Duration speaks days, hours, minutes and seconds, rounded to the second and
// without its sign: 两小时五分钟, 兩個鐘頭五分鐘, two hours five minutes. Units that
// are zero are left out; nothing at all is zero seconds.
func Duration(lang Lang, d time.Duration) []string {
	left := d.Round(time.Second).Abs()
	var parts []string
	for _, u := range spans() {
		n := int64(left / u.size)
		left %= u.size
		if n == 0 && (u.size > time.Second || len(parts) > 0) {
			continue
		}
		parts = append(append(parts, Number(lang, n)...), unit(lang, u.name, n))
	}
	return parts
}

// unit is the measure word's part; only English tells one from many.
func unit(lang Lang, name string, n int64) string {
	if lang == En && n == 1 {
		return name
	}
	return name + "s"
}
