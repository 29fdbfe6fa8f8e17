package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestLawsHaveTheirMeans(t *testing.T) {
	laws := []Law{
		Constant(time.Minute), Exponential(time.Minute),
		LogNormal{time.Minute, 0.5},
		LogNormal{time.Minute, 2},
		LogNormal{time.Minute, 0},
		Seen{30 * time.Second, 90 * time.Second},
	}
	for _, law := range laws {
		t.Run(fmt.Sprintf("%T", law), func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			var sum, squares float64
			const n = 400_000
			for range n {
				d := law.Draw(random)
				if d < 0 {
					t.Fatalf("drew %s", d)
				}
				sum += d.Seconds()
				squares += d.Seconds() * d.Seconds()
			}
			mean := sum / n
			if math.Abs(mean-60) > 1 || law.Mean() != time.Minute {
				t.Errorf("mean %.2f s, says %s", mean, law.Mean())
			}
			if l, ok := law.(LogNormal); ok {
				if spread := math.Sqrt(squares/n-mean*mean) / mean; math.Abs(spread-l.Spread) > 0.1*l.Spread {
					t.Errorf("spread %.3f, want %.3f", spread, l.Spread)
				}
			}
		})
	}
	if d := (Seen{}).Draw(nil); d != 0 || (Seen{}).Mean() != 0 {
		t.Errorf("nothing seen: %s", d)
	}
}

func TestTasksAreDoneInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var q tasks
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for range 1000 {
		q.plan(start.Add(time.Duration(random.IntN(50))*time.Second), func() {})
	}
	for last := (task{}); len(q.heap) > 0; {
		next := q.next()
		if next.at.Before(last.at) || next.at.Equal(last.at) && next.seq < last.seq {
			t.Fatal("out of order")
		}
		last = next
	}
}

// Arrivals follow the rates of their half-hours and weekdays.
func TestArrivals(t *testing.T) {
	s := Stream{Week: [7]float64{0, 2, 1, 1, 1, 1, 1}}
	s.PerHour[3], s.PerHour[20] = 100, 40
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	a := &arrivals{Stream: &s, at: monday, random: rand.New(rand.NewPCG(5, 6))}
	seen := map[time.Weekday]map[int]int{}
	const weeks = 100
	for a.next(monday.AddDate(0, 0, 7*weeks)) {
		half, _ := halfHour(a.at)
		if seen[a.at.Weekday()] == nil {
			seen[a.at.Weekday()] = map[int]int{}
		}
		seen[a.at.Weekday()][half]++
	}
	if len(seen) != 6 || seen[time.Sunday] != nil {
		t.Fatalf("days %v", seen)
	}
	for day, halves := range seen {
		factor := s.Week[day]
		for half, n := range halves {
			want := s.PerHour[half] / 2 * factor * weeks
			if math.Abs(float64(n)-want) > 5*math.Sqrt(want) {
				t.Errorf("%s, half-hour %d: %d calls, want about %.0f", day, half, n, want)
			}
		}
		if len(halves) != 2 {
			t.Errorf("%s: calls in half-hours %v", day, halves)
		}
	}
}
