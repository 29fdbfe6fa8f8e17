package acd

import "time"

const day = 24 * time.Hour

func (w Window) valid() bool {
	return w.From >= 0 && w.From < day && w.To >= 0 && w.To <= day
}

// around returns the beginning and the end of the window that at falls into, else of the next one.
func (w Window) around(at time.Time) (opens, shuts time.Time) {
	y, m, d := at.Date()
	for back := -1; ; back++ {
		midnight := time.Date(y, m, d+back, 0, 0, 0, 0, at.Location())
		opens, shuts = midnight.Add(w.From), midnight.Add(w.To)
		if !shuts.After(opens) {
			shuts = shuts.Add(day)
		}
		if shuts.After(at) {
			return opens, shuts
		}
	}
}

// within is the first time from at on that falls into one of the windows, and when that window shuts.
func within(windows []Window, at time.Time) (opens, shuts time.Time) {
	for i, w := range windows {
		o, s := w.around(at)
		if o.Before(at) {
			o = at
		}
		if i == 0 || o.Before(opens) || o.Equal(opens) && s.After(shuts) {
			opens, shuts = o, s
		}
	}
	return opens, shuts
}
