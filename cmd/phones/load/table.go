package load

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Print writes the report for people.
func (r *Report) Print(w io.Writer) {
	fmt.Fprintf(w, "%s: %d calls to %s at %s, %d counselors, %s, measured %.1f s\n",
		r.Workload, r.Calls, r.Number, r.Server, r.Counselors, r.Arrivals, r.Seconds)
	s, a := &r.SetUp, &r.Audio
	fmt.Fprintf(w, "  calls      begun %d, answered %d, failed %d, up %.1f on average; set up %.1f/s, at most %d in a second\n",
		s.Begun, s.Answered, s.Failed, s.Up, s.Rate, s.Peak)
	for _, cause := range slices.Sorted(maps.Keys(s.Ends)) {
		fmt.Fprintf(w, "             %6d  %s\n", s.Ends[cause], cause)
	}
	fmt.Fprintf(w, "  audio      sent %d, heard %d (%.2f %%), lost %d, out of order %d", a.Sent, a.Received, a.Delivered, a.Lost, a.Late)
	if a.Delay.Count > 0 {
		fmt.Fprintf(w, "; marks lost %d (%.3f %%), of another %d", a.MarksLost, a.MarksMissed, a.Crossed)
	}
	fmt.Fprintf(w, "\n  %-22s %9s %9s %9s %9s %9s %9s\n", "milliseconds", "count", "mean", "p50", "p99", "p99.9", "max")
	for _, row := range []struct {
		name string
		t    Times
	}{
		{"INVITE to 200", s.Answer},
		{"200 to first audio", s.FirstAudio},
		{"BYE to 200", s.HangUp},
		{"free to next ring", s.NextRing},
		{"jitter, all packets", a.Jitter},
		{"jitter, p99 by stream", a.Streams},
		{"mouth to ear", a.Delay},
		{"phones: ticks late", r.Phones.Late},
		{"phones: packets late", r.Phones.Sending},
	} {
		row.t.print(w, row.name)
	}
	r.printCost(w)
	for _, doubt := range r.Warnings {
		fmt.Fprintf(w, "  WARNING: %s\n", doubt)
	}
}

func (t *Times) print(w io.Writer, name string) {
	if t.Count == 0 {
		return
	}
	fmt.Fprintf(w, "  %-22s %9d %9.3f %9.3f %9.3f %9.3f %9.3f\n", name, t.Count, t.Mean, t.P50, t.P99, t.P999, t.Max)
}

func (r *Report) printCost(w io.Writer) {
	if p := r.Process; p != nil {
		fmt.Fprintf(w, "  server     CPU %.3f s per 1,000 call-seconds%s, %.1f %% of a processor; memory %.1f MB, %.1f before the calls, %.1f kB a call\n",
			p.CPU, perCall(p.CPUCall), p.Core, p.Memory, p.IdleMemory, p.MemoryCall)
		fmt.Fprintf(w, "  children   CPU %.3f s per 1,000 call-seconds%s; memory %.1f MB\n", p.Children, perCall(p.ChildrenCall), p.ChildMemory)
	}
	p := &r.Phones
	fmt.Fprintf(w, "  phones     CPU %.3f s per 1,000 call-seconds, %.1f %% of a processor; %d SIP messages repeated\n", p.CPU, p.Core, p.Repeats)
}

// perCall is shown only when calls ended while measuring.
func perCall(ms float64) string {
	if ms == 0 {
		return ""
	}
	return strings.TrimRight(fmt.Sprintf(" (%.3f ms a call)", ms), " ")
}
