package store

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"time"

	"hotline/store/event"
)

// decode reads a binary array back: element type and values, nil for NULL.
func decode(t *testing.T, b []byte) (oid uint32, values [][]byte) {
	t.Helper()
	get := func() uint32 {
		v := binary.BigEndian.Uint32(b)
		b = b[4:]
		return v
	}
	if dims := get(); dims != 1 {
		t.Fatalf("%d dimensions", dims)
	}
	null := get() == 1
	oid = get()
	n := get()
	if lower := get(); lower != 1 {
		t.Fatalf("lower bound %d", lower)
	}
	for range n {
		size := int32(get())
		if size < 0 {
			if !null {
				t.Fatal("a NULL in an array that says it has none")
			}
			values = append(values, nil)
			continue
		}
		values = append(values, b[:size:size])
		b = b[size:]
	}
	if len(b) != 0 {
		t.Fatalf("%d bytes left", len(b))
	}
	return oid, values
}

func TestRowsBecomeArrays(t *testing.T) {
	cols := []col{
		{"a", tText}, {"b", tBytes}, {"c", tUUID}, {"d", tTime}, {"e", tBig}, {"f", tInt}, {"g", tReal}, {"h", tBool}, {"i", tJSON}, {"j", tText}, {"k", tBytes},
	}
	r := newRows(cols)
	id := event.ID{1, 15: 2}
	at := time.Date(2000, 1, 1, 0, 0, 1, 0, time.UTC)
	for range 3 { // the memory is used again
		r.reset()
		r.text("x")
		r.bytes([]byte{9})
		r.id(id)
		r.time(at)
		r.big(-1, true)
		r.int(math.MaxInt, true)
		r.real(1.5, true)
		r.bool(true)
		r.json([]byte("{}"))
		r.must("y")
		r.raw(nil)

		r.text("")
		r.bytes(nil)
		r.id(event.ID{})
		r.time(time.Time{})
		r.big(1, false)
		r.int(1, false)
		r.real(1, false)
		r.bool(false)
		r.json(nil)
		r.must("")
		r.raw([]byte{7})
	}
	want := [][2][]byte{
		{[]byte("x"), nil},
		{{9}, nil},
		{id[:], nil},
		{binary.BigEndian.AppendUint64(nil, 1_000_000), nil},
		{bytes.Repeat([]byte{0xff}, 8), nil},
		{{0x7f, 0xff, 0xff, 0xff}, nil},
		{binary.BigEndian.AppendUint32(nil, math.Float32bits(1.5)), nil},
		{{1}, {0}},
		{[]byte("\x01{}"), []byte("\x01")},
		{[]byte("y"), {}},
		{{}, {7}},
	}
	for i, data := range r.params() {
		oid, values := decode(t, data)
		if oid != cols[i].kind.oid || len(values) != 2 {
			t.Errorf("column %s: type %d, %d values", cols[i].name, oid, len(values))
			continue
		}
		for j, v := range values {
			if !bytes.Equal(v, want[i][j]) || (v == nil) != (want[i][j] == nil) {
				t.Errorf("column %s, row %d: %x, want %x", cols[i].name, j, v, want[i][j])
			}
		}
	}
}

func TestRowsRefuseWhatDoesNotFit(t *testing.T) {
	for name, misuse := range map[string]func(*rows){
		"another type": func(r *rows) { r.big(1, true) },
		"half a row":   func(r *rows) { r.text("x"); r.params() },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: went through", name)
				}
			}()
			misuse(newRows([]col{{"a", tText}, {"b", tText}}))
		}()
	}
}
