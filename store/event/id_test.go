package event_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"hotline/store/event"
)

func TestIDIsAVersion7UUID(t *testing.T) {
	at := time.UnixMilli(1_795_439_797_123)
	id := event.NewID(at)
	if id[6]>>4 != 7 || id[8]>>6 != 2 {
		t.Errorf("%s has version %d, variant %b", id, id[6]>>4, id[8]>>6)
	}
	if !id.Time().Equal(at) {
		t.Errorf("made at %v, says %v", at, id.Time())
	}
	later := event.NewID(at.Add(time.Millisecond))
	if bytes.Compare(id[:], later[:]) >= 0 {
		t.Errorf("%s does not sort before %s", id, later)
	}
	if id.IsZero() || !(event.ID{}).IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestIDText(t *testing.T) {
	id := event.NewID(time.Now())
	back, err := event.ParseID(id.String())
	if err != nil || back != id {
		t.Errorf("%s came back as %s, %v", id, back, err)
	}
	text, err := json.Marshal(map[string]event.ID{"id": id})
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]event.ID
	if err := json.Unmarshal(text, &read); err != nil || read["id"] != id {
		t.Errorf("%s: %v", text, err)
	}
	for _, bad := range []string{"", "0193", "019aaf9a7f3b7cc1a2b3c4d5e6f708190000", "019aaf9a-7f3b-7cc1-a2b3-c4d5e6f7081g", id.String() + "0"} {
		if _, err := event.ParseID(bad); err == nil {
			t.Errorf("%q was taken for an id", bad)
		}
	}
}
