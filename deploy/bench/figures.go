package main

import (
	"slices"

	"hotline/cmd/phones/load"
)

// measured is a figure of a report that programs are compared by. Less is better in all.
type measured struct {
	name string
	of   func(r *load.Report) float64
}

// figures are compared; of a workload those that are not zero.
func figures() []measured {
	return []measured{
		{"CPU s per 1,000 call-s", used(func(r *load.Report) float64 { return r.Process.CPU })},
		{"CPU ms a call", used(flowing(func(r *load.Report) float64 { return r.Process.CPUCall }))},
		{"database CPU ms a call", used(flowing(func(r *load.Report) float64 { return r.Process.ChildrenCall }))},
		{"memory kB a call", used(standing(func(r *load.Report) float64 { return r.Process.MemoryCall }))},
		{"memory MB", used(func(r *load.Report) float64 { return r.Process.Memory })},
		{"INVITE to 200 p50 ms", func(r *load.Report) float64 { return r.SetUp.Answer.P50 }},
		{"INVITE to 200 p99 ms", func(r *load.Report) float64 { return r.SetUp.Answer.P99 }},
		{"free to next ring p50 ms", func(r *load.Report) float64 { return r.SetUp.NextRing.P50 }},
		{"free to next ring p99 ms", func(r *load.Report) float64 { return r.SetUp.NextRing.P99 }},
		{"jitter p50 ms", func(r *load.Report) float64 { return r.Audio.Jitter.P50 }},
		{"jitter p99 ms", func(r *load.Report) float64 { return r.Audio.Jitter.P99 }},
		{"jitter p99.9 ms", func(r *load.Report) float64 { return r.Audio.Jitter.P999 }},
		{"mouth to ear p99 ms", func(r *load.Report) float64 { return r.Audio.Delay.P99 }},
		{"lost packets", func(r *load.Report) float64 { return float64(r.Audio.Lost) }},
		{"failed calls", func(r *load.Report) float64 { return float64(r.SetUp.Failed) }},
	}
}

// figure is one number of a report.
type figure func(r *load.Report) float64

// used is a figure of the server's process, when that was watched.
func used(f figure) figure {
	return func(r *load.Report) float64 {
		if r.Process == nil {
			return 0
		}
		return f(r)
	}
}

// flowing is a figure that says something when calls come and go.
func flowing(f figure) figure {
	return func(r *load.Report) float64 {
		if r.Workload != "w3" {
			return 0
		}
		return f(r)
	}
}

// standing is a figure that says something when calls last.
func standing(f figure) figure {
	return func(r *load.Report) float64 {
		if r.Workload == "w3" {
			return 0
		}
		return f(r)
	}
}

// median is the middle of some numbers, 0 of none.
func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
