package source

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file. Line and Column count from 1; a Line of 0
// means the file as a whole.
type Position struct {
	File         string
	Line, Column int
}

// String is file:line:column, or the file's name alone.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Fault is one mistake in a file, with what the writer may have meant.
//
//nolint:errname // a fault is what the file has; that it is an error is second
type Fault struct {
	Position
	Text string // what is wrong, one clause
	Hint string // what to do about it; may be empty
}

// Error is the fault on one line: file:line:column: text; hint.
func (f *Fault) Error() string {
	if f.Hint == "" {
		return f.String() + ": " + f.Text
	}
	return f.String() + ": " + f.Text + "; " + f.Hint
}

// Faults gathers the mistakes of a whole reading, so that all are told at once.
// The zero value is ready.
type Faults struct {
	list []*Fault
}

// Add notes a mistake at a position.
func (fs *Faults) Add(at Position, format string, args ...any) {
	fs.list = append(fs.list, &Fault{Position: at, Text: fmt.Sprintf(format, args...)})
}

// AddHint notes a mistake at a position with what to do about it, which may be
// empty.
func (fs *Faults) AddHint(at Position, hint, format string, args ...any) {
	fs.list = append(fs.list, &Fault{Position: at, Text: fmt.Sprintf(format, args...), Hint: hint})
}

// Take adds faults found elsewhere. An error that is not a Fault is kept with
// the file's name.
func (fs *Faults) Take(file string, err error) {
	if err == nil {
		return
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			fs.Take(file, e)
		}
		return
	}
	var f *Fault
	if errors.As(err, &f) {
		fs.list = append(fs.list, f)
		return
	}
	fs.Add(Position{File: file}, "%v", err)
}

// Len is the number of mistakes so far.
func (fs *Faults) Len() int { return len(fs.list) }

// Err joins the mistakes, ordered by file and line, or is nil when there are none.
func (fs *Faults) Err() error {
	if len(fs.list) == 0 {
		return nil
	}
	slices.SortStableFunc(fs.list, func(a, b *Fault) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Text, b.Text))
	})
	errs := make([]error, len(fs.list))
	for i, f := range fs.list {
		errs[i] = f
	}
	return errors.Join(errs...)
}

// All returns the single faults inside an error made by Err, in order.
func All(err error) []*Fault {
	var fs Faults
	fs.Take("", err)
	return fs.list
}
