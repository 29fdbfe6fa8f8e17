package ivr

import "strings"

// Mark is something a call is known to be, for its whole life.
type Mark uint8

// The marks of a call.
const (
	Minor   Mark = 1 << iota // the caller is, or counts as, under 18: only qualified counselors, never dropped
	Private                  // no audio is kept, nobody listens: events only
	Danger                   // somebody may be in danger now
	Silent                   // the caller cannot speak and answers by keys
	Abusive                  // the counselor ended the call for abuse
)

func markNames() []string { return []string{"minor", "private", "danger", "silent", "abusive"} }

// Marks are the marks of a call. They are only ever added: there is no way to
// take one off, so no node and no flow can make a protected call ordinary.
type Marks struct{ bits Mark }

// With adds a mark.
func (m Marks) With(mark Mark) Marks { return Marks{m.bits | mark} }

// Join adds the marks of another.
func (m Marks) Join(other Marks) Marks { return Marks{m.bits | other.bits} }

// Has tells whether any of the marks given is set.
func (m Marks) Has(mark Mark) bool { return m.bits&mark != 0 }

// Protected calls reach only counselors qualified for minors, wait without a
// limit, and are never refused.
func (m Marks) Protected() bool { return m.Has(Minor) }

// Survey tells whether the caller may be asked how it was: never after danger,
// silence or abuse, and never on a private line.
func (m Marks) Survey() bool { return !m.Has(Danger | Silent | Abusive | Private) }

// String names the marks in a fixed order, separated by spaces.
func (m Marks) String() string {
	var names []string
	for i, name := range markNames() {
		if m.Has(1 << i) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

// MarkNamed finds a mark by its name in a flow file.
func MarkNamed(name string) (Mark, bool) {
	for i, n := range markNames() {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}
