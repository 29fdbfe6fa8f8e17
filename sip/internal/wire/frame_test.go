package wire_test

import (
	"errors"
	"strings"
	"testing"

	"hotline/sip/internal/wire"
)

func drain(f *wire.Framer) (out []string, err error) {
	for {
		var b []byte
		if b, err = f.Next(); b != nil && err == nil {
			out = append(out, string(b))
			continue
		}
		return out, err
	}
}

func TestFramerCutsAtEveryByte(t *testing.T) {
	one := options(nil, "l : 4") + "body"
	two := options(nil, "Content-Length: 0")
	stream := "\r\n" + one + "\r\n\r\n" + two + two
	for step := 1; step < len(stream); step += 1 + step/7 {
		var f wire.Framer
		var got []string
		for rest := stream; rest != ""; {
			n := min(step, len(rest))
			f.Feed([]byte(rest[:n]))
			rest = rest[n:]
			out, err := drain(&f)
			if err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
			got = append(got, out...)
		}
		if len(got) != 4 || got[0] != one || got[1] != "\r\n\r\n" || got[2] != two || got[3] != two {
			t.Fatalf("step %d: got %q", step, got)
		}
		if f.Pending() {
			t.Fatalf("step %d: something left", step)
		}
	}
}

func TestFramerRefuses(t *testing.T) {
	tests := map[string]string{
		"no length":       options(nil),
		"two lengths":     options(nil, "Content-Length: 1", "l: 2"),
		"negative":        options(nil, "Content-Length: -1"),
		"huge":            options(nil, "Content-Length: 4294967295"),
		"a word":          options(nil, "Content-Length: x"),
		"just over":       options(nil, "Content-Length: 65536"),
		"endless header":  strings.Repeat("X: y\r\n", 20000),
		"endless line":    strings.Repeat("x", wire.MaxMessage+10),
		"endless nothing": strings.Repeat("\x00", wire.MaxMessage+10),
	}
	for name, stream := range tests {
		t.Run(name, func(t *testing.T) {
			var f wire.Framer
			for rest := stream; rest != ""; {
				n := min(1000, len(rest))
				f.Feed([]byte(rest[:n]))
				rest = rest[n:]
				if _, err := f.Next(); err != nil {
					if !errors.Is(err, wire.ErrFraming) {
						t.Errorf("got %v", err)
					}
					return
				}
			}
			t.Error("taken")
		})
	}
}

func TestFramerPending(t *testing.T) {
	var f wire.Framer
	f.Feed([]byte("\r\n"))
	if f.Pending() {
		t.Error("a blank line is no message")
	}
	f.Feed([]byte("O"))
	if !f.Pending() {
		t.Error("a started message is pending")
	}
}

func FuzzFramer(f *testing.F) {
	f.Add([]byte(options(nil, "Content-Length: 3")+"abc\r\n\r\n"), 7)
	f.Add([]byte("\r\n\r\n\r\n\r"), 1)
	f.Fuzz(func(t *testing.T, data []byte, step int) {
		step = max(1, min(step, 4096))
		var fr wire.Framer
		total := 0
		for rest := data; len(rest) > 0; {
			n := min(step, len(rest))
			fr.Feed(rest[:n])
			rest = rest[n:]
			for {
				b, err := fr.Next()
				if err != nil {
					return
				}
				if b == nil {
					break
				}
				if total += len(b); total > len(data) || len(b) > wire.MaxMessage {
					t.Fatalf("cut %d bytes from %d", total, len(data))
				}
			}
		}
	})
}
