package store

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// broken is a connection that takes nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }

// TestOutbox writes at once what is not held, and what was held in one piece and in order.
func TestOutbox(t *testing.T) {
	var sent bytes.Buffer
	o := &outbox{to: &sent}
	write := func(text string) {
		t.Helper()
		if n, err := o.Write([]byte(text)); err != nil || n != len(text) {
			t.Fatal(n, err)
		}
	}
	write("a")
	o.hold = true
	write("b")
	write("c")
	if sent.String() != "a" {
		t.Errorf("%q left although held", &sent)
	}
	o.hold = false
	write("d")
	write("e")
	if sent.String() != "abcde" {
		t.Errorf("sent %q", &sent)
	}
	o.hold = true
	write(strings.Repeat("x", outboxKept+1))
	o.hold = false
	write("y")
	if cap(o.held) > outboxKept || sent.Len() != outboxKept+7 {
		t.Errorf("%d kept, %d sent", cap(o.held), sent.Len())
	}
}

// TestOutboxTellsOfAFault writes to a connection that has gone.
func TestOutboxTellsOfAFault(t *testing.T) {
	o := &outbox{to: broken{}, hold: true}
	if _, err := o.Write([]byte("kept")); err != nil {
		t.Error(err)
	}
	o.hold = false
	if _, err := o.Write([]byte("last")); err == nil || len(o.held) > 0 {
		t.Errorf("%v, %q held", err, o.held)
	}
}
