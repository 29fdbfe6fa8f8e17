package acd

import "sync/atomic"

// Lines admits calls to the telephone lines of the centre. The last Reserve lines are for protected callers. Its methods
// may be called from any goroutine.
type Lines struct {
	total, reserve int64
	used           atomic.Int64
	refused        atomic.Int64
}

// NewLines makes a gate to so many lines of which reserve are kept; a reserve beyond the total keeps all of them.
func NewLines(total, reserve int) *Lines {
	total = max(total, 0)
	return &Lines{total: int64(total), reserve: int64(min(max(reserve, 0), total))}
}

// Take takes a line, false when there is none left for this class of caller. Every Take that succeeds needs a Give.
func (l *Lines) Take(protected bool) bool {
	most := l.total
	if !protected {
		most -= l.reserve
	}
	for {
		used := l.used.Load()
		if used >= most {
			l.refused.Add(1)
			return false
		}
		if l.used.CompareAndSwap(used, used+1) {
			return true
		}
	}
}

// Give gives a line back.
func (l *Lines) Give() { l.used.Add(-1) }

// Used is the number of lines in use.
func (l *Lines) Used() int { return int(l.used.Load()) }

// Refused is how many calls got no line so far.
func (l *Lines) Refused() int { return int(l.refused.Load()) }
