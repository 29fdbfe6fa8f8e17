package event_test

import (
	"encoding/json"
	"testing"
	"time"

	"hotline/store/event"
)

// call is what a call of ordinary length writes.
func call() []event.Body {
	id := event.NewID(time.Now())
	hash := make([]byte, 32)
	number := event.Number{Key: hash, Sealed: make([]byte, 48), Kind: "mobile", Asserted: "PAI"}
	var all []event.Body
	all = append(all,
		&event.Opened{
			Channel: event.ChannelCallIn, Line: "12348", Language: "zh-CN", Caller: number, Trunk: "carrier", Node: "node-1", Boot: id,
			Flow: "12348", FlowHash: "4f2c9d3e", External: "7a1d9e0c4b2f4f5e@203.0.113.7",
		},
		&event.LegAdded{Leg: 1, Role: event.RoleCaller, Direction: event.DirectionIn, CallID: "7a1d9e0c4b2f4f5e@203.0.113.7", Trunk: "carrier"},
		&event.LegAnswered{Leg: 1, Codec: "PCMA", LocalTag: "a1b2c3d4", RemoteTag: "e5f60718"},
	)
	for _, node := range []string{"greet", "language", "menu", "queue", "survey"} {
		all = append(all,
			&event.NodeEntered{Flow: "12348", Node: node, Type: "say"},
			&event.Prompted{Prompt: "P-" + node, Language: "yue", Version: "1", Played: 3200 * time.Millisecond, Complete: true},
			&event.NodeLeft{Flow: "12348", Node: node, Outcome: "next", Took: 3300 * time.Millisecond},
		)
	}
	return append(all,
		&event.Keyed{Node: "menu", Keys: "1", Count: 1, Source: event.KeyEvent},
		&event.Enqueued{Queue: "labour", Place: 1},
		&event.Offered{Offer: 1, Queue: "labour", Extension: "8003", Leg: 2},
		&event.OfferEnded{Offer: 1, Extension: "8003", Why: event.OfferAccepted, Rang: 4 * time.Second},
		&event.Connected{Queue: "labour", Extension: "8003", Leg: 2, Waited: 21 * time.Second},
		&event.RecordingStarted{Recording: id, Class: event.RecordingAdvice, Path: "2026/11/23/" + id.String() + ".wav", Channels: 2},
		&event.TalkEnded{Extension: "8003", Leg: 2, By: event.PartyCaller, Talked: 435 * time.Second},
		&event.RecordingClosed{Recording: id, Bytes: 6_960_000, Duration: 435 * time.Second, SHA256: hash},
		&event.LegEnded{Leg: 1, By: event.PartyCaller, Quality: event.Quality{MOS: 4.3, Sent: 21750, Received: 21748, Lost: 2}},
		&event.Closed{Outcome: event.OutcomeAnswered, Stage: event.StageTalk, By: event.PartyCaller},
	)
}

func BenchmarkEncode(b *testing.B) {
	bodies := call()
	b.Run("compact", func(b *testing.B) {
		b.ReportAllocs()
		var enc event.Encoder
		var buf []byte
		var err error
		for b.Loop() {
			buf = buf[:0]
			for _, body := range bodies {
				if buf, err = enc.Append(buf, body); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(len(buf)), "bytes/call")
	})
	b.Run("json", func(b *testing.B) {
		b.ReportAllocs()
		size := 0
		for b.Loop() {
			size = 0
			for _, body := range bodies {
				text, err := json.Marshal(body)
				if err != nil {
					b.Fatal(err)
				}
				size += len(text)
			}
		}
		b.ReportMetric(float64(size), "bytes/call")
	})
}

func BenchmarkDecode(b *testing.B) {
	bodies := call()
	compact, texts := make([][]byte, len(bodies)), make([][]byte, len(bodies))
	for i, body := range bodies {
		var err error
		if compact[i], err = event.Append(nil, body); err != nil {
			b.Fatal(err)
		}
		if texts[i], err = json.Marshal(body); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("compact", func(b *testing.B) {
		b.ReportAllocs()
		var dec event.Decoder
		for b.Loop() {
			for i, body := range bodies {
				if _, err := dec.Decode(body.Kind(), compact[i]); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i, body := range bodies {
				into, err := event.Decode(body.Kind(), compact[i])
				if err != nil {
					b.Fatal(err)
				}
				if err := json.Unmarshal(texts[i], into); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkShow(b *testing.B) {
	bodies := call()
	b.ReportAllocs()
	var enc event.Encoder
	var buf []byte
	for b.Loop() {
		buf = buf[:0]
		for _, body := range bodies {
			buf = enc.AppendJSON(buf, body)
		}
	}
}
