package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"hotline/store/event"
)

// Events reach Postgres as columns: each statement takes one array for each column
// and unnests them, so that a batch of any size is one statement, prepared once. The
// arrays are encoded here, in Postgres' binary form, straight from the facts: that
// costs a fraction of encoding them by reflection.

// sqlType is a type of Postgres: its name, its number and that of its array.
type sqlType struct {
	name         string
	oid, arrayID uint32
}

var ( // table
	tBool  = sqlType{"boolean", 16, 1000}       // table
	tBytes = sqlType{"bytea", 17, 1001}         // table
	tBig   = sqlType{"bigint", 20, 1016}        // table
	tInt   = sqlType{"integer", 23, 1007}       // table
	tText  = sqlType{"text", 25, 1009}          // table
	tReal  = sqlType{"real", 700, 1021}         // table
	tTime  = sqlType{"timestamptz", 1184, 1185} // table
	tUUID  = sqlType{"uuid", 2950, 2951}        // table
	tJSON  = sqlType{"jsonb", 3802, 3807}       // table
)

// col names a column and its type.
type col struct {
	name string
	kind sqlType
}

// rows collects rows, column by column. Values are given in the order of the columns;
// every row must have them all.
type rows struct {
	cols []col
	data [][]byte // the array of each column, with its head
	null []bool   // whether it has a NULL
	n    int
	at   int // column the next value is for
}

// arrayHead is the length of an array's head: dimensions, NULLs, type, length, bound.
const arrayHead = 20

func newRows(cols []col) *rows {
	r := &rows{cols: cols, data: make([][]byte, len(cols)), null: make([]bool, len(cols))}
	r.reset()
	return r
}

// reset forgets the rows and keeps the memory.
func (r *rows) reset() {
	for i := range r.data {
		r.data[i] = append(r.data[i][:0], make([]byte, arrayHead)...)
		r.null[i] = false
	}
	r.n, r.at = 0, 0
}

// params gives the arrays to send. The rows stay as they are.
func (r *rows) params() [][]byte {
	if r.at != 0 {
		panic(fmt.Sprintf("store: row %d of %s... has %d of %d values", r.n, r.cols[0].name, r.at, len(r.cols)))
	}
	for i, data := range r.data {
		put := binary.BigEndian.PutUint32
		put(data, 1)
		put(data[4:], 0)
		if r.null[i] {
			put(data[4:], 1)
		}
		put(data[8:], r.cols[i].kind.oid)
		put(data[12:], uint32(r.n))
		put(data[16:], 1)
	}
	return r.data
}

// begin starts a value of n bytes; -1 is NULL.
func (r *rows) begin(kind sqlType, n int) *[]byte {
	if r.cols[r.at].kind != kind {
		panic(fmt.Sprintf("store: column %s is %s, not %s", r.cols[r.at].name, r.cols[r.at].kind.name, kind.name))
	}
	data := &r.data[r.at]
	*data = binary.BigEndian.AppendUint32(*data, uint32(int32(n)))
	if n < 0 {
		r.null[r.at] = true
	}
	if r.at++; r.at == len(r.cols) {
		r.at = 0
		r.n++
	}
	return data
}

// text adds a text; empty is NULL.
func (r *rows) text(v string) {
	if v == "" {
		r.begin(tText, -1)
		return
	}
	data := r.begin(tText, len(v))
	*data = append(*data, v...)
}

// must adds a text that is never NULL.
func (r *rows) must(v string) {
	data := r.begin(tText, len(v))
	*data = append(*data, v...)
}

// bytes adds bytes; empty is NULL.
func (r *rows) bytes(v []byte) {
	if len(v) == 0 {
		r.begin(tBytes, -1)
		return
	}
	data := r.begin(tBytes, len(v))
	*data = append(*data, v...)
}

// raw adds bytes that are never NULL.
func (r *rows) raw(v []byte) {
	data := r.begin(tBytes, len(v))
	*data = append(*data, v...)
}

// id adds an ID; zero is NULL.
func (r *rows) id(v event.ID) {
	if v.IsZero() {
		r.begin(tUUID, -1)
		return
	}
	data := r.begin(tUUID, len(v))
	*data = append(*data, v[:]...)
}

// epoch is where Postgres counts time from: 1 January 2000, in microseconds.
const epoch = 946_684_800_000_000

// time adds a moment; zero is NULL.
func (r *rows) time(v time.Time) {
	if v.IsZero() {
		r.begin(tTime, -1)
		return
	}
	data := r.begin(tTime, 8)
	*data = binary.BigEndian.AppendUint64(*data, uint64(v.UnixMicro()-epoch))
}

// big adds a number; absent is NULL.
func (r *rows) big(v int64, present bool) {
	if !present {
		r.begin(tBig, -1)
		return
	}
	data := r.begin(tBig, 8)
	*data = binary.BigEndian.AppendUint64(*data, uint64(v))
}

// int adds a number; absent is NULL.
func (r *rows) int(v int, present bool) {
	if !present {
		r.begin(tInt, -1)
		return
	}
	data := r.begin(tInt, 4)
	*data = binary.BigEndian.AppendUint32(*data, uint32(int32(min(max(v, math.MinInt32), math.MaxInt32))))
}

// real adds a measure; absent is NULL.
func (r *rows) real(v float64, present bool) {
	if !present {
		r.begin(tReal, -1)
		return
	}
	data := r.begin(tReal, 4)
	*data = binary.BigEndian.AppendUint32(*data, math.Float32bits(float32(v)))
}

// bool adds a truth.
func (r *rows) bool(v bool) {
	data := r.begin(tBool, 1)
	b := byte(0)
	if v {
		b = 1
	}
	*data = append(*data, b)
}

// json adds a JSON text.
func (r *rows) json(v []byte) {
	data := r.begin(tJSON, len(v)+1)
	*data = append(*data, 1) // version of the binary form
	*data = append(*data, v...)
}
