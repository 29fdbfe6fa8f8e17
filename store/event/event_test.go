package event_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"hotline/store/event"
)

// filled gives a body of every kind with every field set, by reflection, so that a
// new field is covered the day it is added.
func filled(t testing.TB) []event.Body {
	t.Helper()
	var all []event.Body
	for _, kind := range event.Kinds() {
		body := reflect.New(reflect.TypeOf(bodyOf(t, kind)).Elem())
		fill(t, body.Elem())
		b := body.Interface().(event.Body)
		switch e := b.(type) {
		case *event.Keyed:
			e.Masked = false
		case *event.Noted:
			e.Masked = false
		case *event.RecordingStarted:
			e.Path = "2026/11/x.wav"
		}
		all = append(all, b)
	}
	return all
}

// bodyOf finds the type of a kind from outside: the zero payload of any kind is a
// version byte and zeros.
func bodyOf(t testing.TB, kind event.Kind) event.Body {
	t.Helper()
	for n := range 200 {
		payload := make([]byte, n+1)
		payload[0] = 1
		if body, err := event.Decode(kind, payload); err == nil {
			return body
		}
	}
	t.Fatalf("kind %s has no zero payload", kind)
	return nil
}

func fill(t testing.TB, v reflect.Value) {
	t.Helper()
	lists := map[string]string{
		"Channel": "callback", "Class": "minor", "Outcome": "message", "Stage": "queue", "Party": "staff", "Role": "lawyer",
		"Direction": "out", "KeySource": "info", "LeaveReason": "key", "OfferEnd": "busy", "RecordingClass": "minors",
		"Question": "solved", "RequestKind": "presence", "CallbackEnd": "put_off", "ConsentPurpose": "survey", "ConsentAnswer": "no", "Basis": "consent_self", "StaffState": "break",
	}
	for i := range v.NumField() {
		f := v.Field(i)
		name := v.Type().Field(i).Name
		switch f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(time.UnixMicro(1_795_439_797_123_456)))
			continue
		case time.Duration:
			f.SetInt(int64(1234 * time.Millisecond))
			continue
		case event.ID:
			f.Set(reflect.ValueOf(event.ID{1, 2, 3, 15: 9}))
			continue
		}
		switch f.Kind() {
		case reflect.String:
			text, closed := lists[f.Type().Name()]
			if !closed {
				text = "text of " + name
			}
			f.SetString(text)
		case reflect.Int:
			f.SetInt(-486)
		case reflect.Uint64:
			f.SetUint(1 << 40)
		case reflect.Float64:
			f.SetFloat(4.321)
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Slice:
			f.SetBytes(bytes.Repeat([]byte{0xa5}, 32))
		case reflect.Struct:
			fill(t, f)
		default:
			t.Fatalf("field %s of %s: kind %s not covered", name, v.Type(), f.Kind())
		}
	}
}

func TestEveryKindSurvivesTheRoundTrip(t *testing.T) {
	for _, body := range filled(t) {
		t.Run(body.Kind().String(), func(t *testing.T) {
			payload, err := event.Append(nil, body)
			if err != nil {
				t.Fatal(err)
			}
			back, err := event.Decode(body.Kind(), payload)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(back, body) {
				t.Errorf("got %+v, want %+v", back, body)
			}
		})
	}
}

func TestEveryTruncationIsMalformed(t *testing.T) {
	for _, body := range filled(t) {
		payload, err := event.Append(nil, body)
		if err != nil {
			t.Fatal(err)
		}
		for n := range payload {
			if _, err := event.Decode(body.Kind(), payload[:n]); !errors.Is(err, event.ErrMalformed) {
				t.Fatalf("%s cut to %d of %d bytes: %v", body.Kind(), n, len(payload), err)
			}
		}
		if _, err := event.Decode(body.Kind(), append(payload, 0)); !errors.Is(err, event.ErrMalformed) {
			t.Fatalf("%s with a byte too many: %v", body.Kind(), err)
		}
	}
}

func TestNewerIsRefusedLoudly(t *testing.T) {
	tests := []struct {
		name    string
		kind    event.Kind
		payload []byte
	}{
		{"kind", 9999, []byte{1}},
		{"gap in the numbers", 9, []byte{1}},
		{"version", event.KindSurveySkipped, []byte{2, 1, 'x'}},
		{"member of a list", event.KindHeld, []byte{1, 2, 200}},
	}
	for _, tt := range tests {
		if _, err := event.Decode(tt.kind, tt.payload); !errors.Is(err, event.ErrUnknown) {
			t.Errorf("%s: %v, want ErrUnknown", tt.name, err)
		}
	}
}

func TestWhatMayNotBeWritten(t *testing.T) {
	tests := []struct {
		name string
		body event.Body
	}{
		{"masked keys in clear", &event.Keyed{Keys: "123456", Masked: true, Source: event.KeyEvent}},
		{"masked value in clear", &event.Noted{Name: "pin", Value: "1", Masked: true}},
		{"outcome outside the list", &event.Closed{Outcome: "lost", Stage: event.StageMenu, By: event.PartyCaller}},
		{"no outcome", &event.Closed{Stage: event.StageMenu, By: event.PartyCaller}},
		{"path above the folder", &event.RecordingStarted{Class: event.RecordingAdvice, Path: "../../etc/passwd"}},
		{"path from the root", &event.RecordingStarted{Class: event.RecordingAdvice, Path: "/etc/passwd"}},
		{"no path", &event.RecordingStarted{Class: event.RecordingAdvice}},
		{"short hash", &event.RecordingClosed{SHA256: []byte{1}}},
		{"too large", &event.Opened{Channel: event.ChannelCallIn, Caller: event.Number{Sealed: make([]byte, event.MaxPayload)}}},
	}
	for _, tt := range tests {
		b, err := event.Append([]byte("before"), tt.body)
		if !errors.Is(err, event.ErrInvalid) || string(b) != "before" {
			t.Errorf("%s: %q, %v; want ErrInvalid and nothing written", tt.name, b, err)
		}
		if err != nil && strings.Contains(err.Error(), "123456") {
			t.Errorf("%s: the error tells the keys", tt.name)
		}
	}
}

// The journal outlives the program: these bytes were written by version 1 and must
// be read for ever.
func TestBytesOfVersionOneStayReadable(t *testing.T) {
	tests := []struct {
		kind event.Kind
		hex  string
		want event.Body
	}{
		{event.KindClosed, "0100050003627965002000", &event.Closed{
			Outcome: event.OutcomeAnswered, Stage: event.StageTalk, By: event.PartyCaller, Cause: "bye", Q850: 16,
		}},
		{event.KindKeyed, "01046d656e750131000202", &event.Keyed{Node: "menu", Keys: "1", Count: 1, Source: event.KeyInband}},
		{event.KindEnqueued, "01066c61626f7572023c", &event.Enqueued{Queue: "labour", Place: 1, Priority: 30}},
	}
	for _, tt := range tests {
		payload, err := hex.DecodeString(tt.hex)
		if err != nil {
			t.Fatal(err)
		}
		got, err := event.Decode(tt.kind, payload)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v; want %+v", tt.kind, got, err, tt.want)
		}
		if back, err := event.Append(nil, tt.want); err != nil || hex.EncodeToString(back) != tt.hex {
			t.Errorf("%s now writes %x, %v", tt.kind, back, err)
		}
	}
}

func TestTextFromTheNetworkIsCleaned(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"},
		{"正常", "正常"},
		{"a\x00b\r\nc", "a b  c"},
		{"bad \xff byte", "bad \uFFFD byte"},
		{"\u202Ereversed", " reversed"},
		{strings.Repeat("法", 400), strings.Repeat("法", 341)},
		{`quote " and \`, `quote " and \`},
	}
	for _, tt := range tests {
		payload, err := event.Append(nil, &event.SurveySkipped{Reason: tt.in})
		if err != nil {
			t.Fatal(err)
		}
		body, err := event.Decode(event.KindSurveySkipped, payload)
		if err != nil {
			t.Fatal(err)
		}
		if got := body.(*event.SurveySkipped).Reason; got != tt.want {
			t.Errorf("%q became %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestJSONIsReadableAndHidesNumbers(t *testing.T) {
	for _, body := range filled(t) {
		text := event.AppendJSON(nil, body)
		var fields map[string]any
		if err := json.Unmarshal(text, &fields); err != nil {
			t.Errorf("%s: %s: %v", body.Kind(), text, err)
		}
		if len(fields) == 0 {
			t.Errorf("%s shows nothing", body.Kind())
		}
		if _, opened := body.(*event.Opened); opened && bytes.Contains(text, []byte("a5a5")) {
			t.Errorf("a sealed number is shown: %s", text)
		}
	}
	got := string(event.AppendJSON(nil, &event.NodeLeft{Flow: "f", Node: "法 \"x\"", Took: 1500 * time.Millisecond}))
	if want := `{"flow":"f","node":"法 \"x\"","took_ms":1500}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := string(event.AppendJSON(nil, &event.NodeLeft{})); got != "{}" {
		t.Errorf("empty body shows %s", got)
	}
}

func TestKindNames(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range event.Kinds() {
		name := kind.String()
		if seen[name] || strings.HasPrefix(name, "kind_") {
			t.Errorf("kind %d has the name %q", kind, name)
		}
		seen[name] = true
	}
	if got := event.Kind(4711).String(); got != "kind_4711" {
		t.Errorf("unknown kind is called %s", got)
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range filled(f) {
		payload, err := event.Append(nil, body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint16(body.Kind()), payload)
	}
	f.Add(uint16(event.KindLegEnded), []byte{1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1})
	f.Fuzz(func(t *testing.T, kind uint16, payload []byte) {
		body, err := event.Decode(event.Kind(kind), payload)
		if err != nil {
			if !errors.Is(err, event.ErrMalformed) && !errors.Is(err, event.ErrUnknown) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		if text := event.AppendJSON(nil, body); !json.Valid(text) {
			t.Fatalf("not JSON: %s", text)
		}
		again, err := event.Append(nil, body)
		if errors.Is(err, event.ErrInvalid) {
			return // well-formed bytes may hold what we never write
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := event.Decode(event.Kind(kind), again); err != nil {
			t.Fatalf("what was written again cannot be read: %v", err)
		}
	})
}
