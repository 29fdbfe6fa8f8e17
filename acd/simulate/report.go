package simulate

import (
	"time"

	"hotline/acd"
	"hotline/acd/erlang"
)

// Report is the result of a simulation, by the half-hour of the day and summed over its days.
type Report struct {
	Days   int
	Queues []Total
	Rows   []Row   // by queue in the order of the plan, then by half-hour; those without calls and without staff are left out
	Floor  []Floor // by half-hour; those without staff are left out
}

// Total is one queue over all days.
type Total struct {
	Queue   acd.QueueID
	Tally   acd.Tally
	Refused int           // not let in: closed or full
	Handle  time.Duration // mean of talk and wrap-up
}

// Row is one queue in one half-hour of the day.
type Row struct {
	Queue    acd.QueueID
	From     time.Duration // since midnight
	Tally    acd.Tally     // of the callers who entered then
	Refused  int
	Staff    float64 // mean number at work who hold one of the queue's skills
	Forecast Forecast
}

// Forecast is what Erlang's formulas say of a Row's load with its staff, rounded: for a queue that shares nobody. Ringing
// counts as handling, for they know none.
type Forecast struct {
	Load   erlang.Load
	Agents int
	// C is for callers without end of patience, and Overloaded says that there is no answer. A is for the mean patience seen
	// in the queue; it is zero when nobody gave up.
	C          erlang.Service
	Overloaded bool
	A          erlang.Service
}

// Floor is all counselors in one half-hour of the day.
type Floor struct {
	From      time.Duration // since midnight
	Staff     float64       // mean number at work
	Occupancy float64       // part of their time in talk and wrap-up
}

func (b *book) report() *Report {
	r := &Report{Days: b.plan.Days}
	for _, q := range b.queues {
		halves := b.halves(q)
		total := Total{Queue: q}
		for i := range halves {
			total.Tally.Add(halves[i])
			total.Refused += b.refused[q][i]
		}
		if n := total.Tally.Answered; n > 0 {
			total.Handle = (total.Tally.Times.Talk + total.Tally.Times.Wrap) / time.Duration(n)
		}
		r.Queues = append(r.Queues, total)
		for i := range halves {
			row := Row{Queue: q, From: time.Duration(i) * HalfHour, Tally: halves[i], Refused: b.refused[q][i], Staff: b.mean(b.staff[q][i])}
			if row.Tally.Offered == 0 && row.Refused == 0 && row.Staff == 0 {
				continue
			}
			row.Forecast = b.forecast(row, total)
			r.Rows = append(r.Rows, row)
		}
	}
	for i := range b.present {
		if b.present[i] > 0 {
			r.Floor = append(r.Floor, Floor{
				From: time.Duration(i) * HalfHour, Staff: b.mean(b.present[i]), Occupancy: float64(b.busy[i]) / float64(b.present[i]),
			})
		}
	}
	return r
}

// mean is the mean number of people who spend so much time together in one half-hour of all days.
func (b *book) mean(sum time.Duration) float64 {
	return float64(sum) / float64(HalfHour) / float64(b.plan.Days)
}

// halves sums a queue's days by half-hour.
func (b *book) halves(q acd.QueueID) (halves [halfHours]acd.Tally) {
	for key, day := range b.days {
		if key.queue != q {
			continue
		}
		for i := range day.Intervals {
			halves[i*int(acd.Interval)/int(HalfHour)].Add(day.Intervals[i])
		}
	}
	return halves
}

// forecast puts a row's load and staff into Erlang's formulas.
func (b *book) forecast(row Row, total Total) Forecast {
	f := Forecast{Agents: int(row.Staff + 0.5)}
	f.Load.Calls = float64(row.Tally.Offered+row.Refused) / float64(b.plan.Days) * float64(time.Hour/HalfHour)
	f.Load.Handle = total.Handle + b.ringing(row.Queue)
	if f.Agents == 0 || f.Load.Calls == 0 || total.Handle == 0 {
		return f
	}
	var err error
	f.C, err = f.Load.Service(f.Agents, acd.Thresholds[0])
	f.Overloaded = err != nil
	if t := &total.Tally; t.Abandoned > 0 {
		f.A = f.Load.Patience(f.Agents, acd.Thresholds[0], t.Times.Waited/time.Duration(t.Abandoned))
	}
	return f
}

// ringing is the mean time in which the queue's people answer a phone.
func (b *book) ringing(q acd.QueueID) time.Duration {
	var sum time.Duration
	people := 0
	for s, queues := range b.serves {
		for _, served := range queues {
			if served == q {
				sum += s.Answer * time.Duration(s.Count)
				people += s.Count
			}
		}
	}
	return sum / time.Duration(max(1, people))
}
