package main

import (
	"bytes"
	"maps"
	"path/filepath"
	"slices"
)

// draw makes all pictures of what was measured.
func (c plotsCommand) draw(g *growth) error {
	for name, one := range pictures(g) {
		var b bytes.Buffer
		if err := one.draw(&b); err != nil {
			return err
		}
		if err := write(filepath.Join(c.Out, name+".svg"), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// pictures are the charts by the names of their files.
func pictures(g *growth) map[string]*chart {
	both := func(title, up string, of func(size) float64) *chart {
		return &chart{title, "calls at once", up, []series{sizes("prompt loop", g.Listeners, of), sizes("recorded pairs", g.Pairs, of)}}
	}
	return map[string]*chart{
		"cpu":    both("Processor time of the server for 1,000 call-seconds", "s", func(s size) float64 { return s.CPU }),
		"memory": both("Memory of the server for each call", "kB", func(s size) float64 { return s.Memory }),
		"jitter": both("Deviation of arrivals from 20 ms, p99", "ms", func(s size) float64 { return s.JitterP99 }),
		"answer": {"From INVITE to 200", "calls at once", "ms", []series{
			sizes("prompt loop p50", g.Listeners, func(s size) float64 { return s.AnswerP50 }),
			sizes("prompt loop p99", g.Listeners, func(s size) float64 { return s.AnswerP99 }),
		}},
		"dispatch": {"A counselor becomes free: time to decide who is next", "callers waiting", "ns", []series{
			metric("p50", g.Dispatch["decision-p50-ns"]), metric("p99", g.Dispatch["decision-p99-ns"]),
		}},
		"projector": {"Facts on their way into the database", "events a second", "µs, ms", []series{
			metric("CPU µs an event", g.Projector["cpu-µs/event"]), metric("delay p50 ms", g.Projector["delay-p50-ms"]),
			metric("longest delay ms", g.Projector["delay-max-ms"]),
		}},
	}
}

// sizes is one figure of all sizes.
func sizes(name string, all []size, of func(size) float64) series {
	s := series{name: name}
	for _, one := range all {
		if v := of(one); v > 0 { // a difference may be lost in noise
			s.points = append(s.points, point{float64(one.Calls), v})
		}
	}
	return s
}

// metric is one metric of a benchmark.
func metric(name string, all points) series {
	s := series{name: name}
	for _, n := range slices.Sorted(maps.Keys(all)) {
		s.points = append(s.points, point{float64(n), all[n]})
	}
	return s
}
