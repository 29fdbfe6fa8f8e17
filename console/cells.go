package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// cells are the floor as one class of viewers sees it: tables of keyed rows, each row encoded. Two of them are compared
// row by row, and only what differs is sent.
type cells map[string]map[string]json.RawMessage

// put encodes a row.
func (c cells) put(table, key string, row any) error {
	b, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("encode %s %s: %w", table, key, err)
	}
	if c[table] == nil {
		c[table] = map[string]json.RawMessage{}
	}
	c[table][key] = b
	return nil
}

// change is what must be set to come from old to c; a row that is gone is null, as in a JSON merge patch (RFC 7396).
func (c cells) change(old cells) cells {
	diff := cells{}
	set := func(table, key string, row json.RawMessage) {
		if diff[table] == nil {
			diff[table] = map[string]json.RawMessage{}
		}
		diff[table][key] = row
	}
	for table, rows := range c {
		for key, row := range rows {
			if was, ok := old[table][key]; !ok || !bytes.Equal(was, row) {
				set(table, key, row)
			}
		}
	}
	for table, rows := range old {
		for key := range rows {
			if _, ok := c[table][key]; !ok {
				set(table, key, json.RawMessage("null"))
			}
		}
	}
	return diff
}

// encode writes cells as one object, tables and keys in order, with the time and whether it is the whole floor.
func (c cells) encode(at time.Time, full bool) []byte {
	b := []byte(`{"at":` + strconv.Quote(stamp(at)) + `,"full":` + strconv.FormatBool(full))
	for _, table := range slices.Sorted(maps.Keys(c)) {
		b = append(b, `,"`+table+`":{`...)
		for i, key := range slices.Sorted(maps.Keys(c[table])) {
			if i > 0 {
				b = append(b, ',')
			}
			name, _ := json.Marshal(key) // a text can always be encoded
			b = append(append(append(b, name...), ':'), c[table][key]...)
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

// stamp writes a moment to the millisecond; empty for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
