package journal_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"hotline/store/event"
	"hotline/store/journal"
)

func BenchmarkAppend(b *testing.B) {
	j := open(b, b.TempDir(), journal.Options{Ballast: -1})
	e := event.Event{
		Contact: event.NewID(time.Now()), At: time.Now(),
		Body: &event.NodeLeft{Flow: "12348", Node: "menu", Outcome: "1", Took: 3300 * time.Millisecond},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := j.Append(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendParallel(b *testing.B) {
	j := open(b, b.TempDir(), journal.Options{Ballast: -1})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, err := j.Append(event.Event{Body: &event.NodeLeft{Flow: "12348", Node: "menu", Outcome: "1", Took: 3300 * time.Millisecond}})
			if err != nil && !errors.Is(err, journal.ErrFull) {
				b.Error(err)
			}
		}
	})
}

func BenchmarkAppendSync(b *testing.B) {
	j := open(b, b.TempDir(), journal.Options{Ballast: -1})
	e := event.Event{At: time.Now(), Body: &event.NodeLeft{Flow: "12348", Node: "menu", Outcome: "1"}}
	b.ReportAllocs()
	for b.Loop() {
		seq, err := j.Append(e)
		if err == nil {
			err = j.Sync(b.Context(), seq)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	const n = 10000
	j := open(b, b.TempDir(), journal.Options{Ballast: -1})
	var last journal.Seq
	for i := range n {
		seq, err := j.Append(note(i))
		if err != nil {
			b.Fatal(err)
		}
		last = seq
	}
	synced(b, j, last)
	b.ReportAllocs()
	for b.Loop() {
		r, err := j.Read(0)
		if err != nil {
			b.Fatal(err)
		}
		for range n {
			if _, err := r.Next(); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := r.Next(); !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
		_ = r.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/event")
}
