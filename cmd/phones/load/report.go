package load

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"
)

// Report is what a run found.
type Report struct {
	Workload   string   `json:"workload"`
	Server     string   `json:"server"`
	Number     string   `json:"number"`
	Calls      int      `json:"calls"`
	Counselors int      `json:"counselors"`
	Arrivals   string   `json:"arrivals"`
	Seconds    float64  `json:"measured_seconds"`
	SetUp      SetUp    `json:"set_up"`
	Audio      Audio    `json:"audio"`
	Process    *Process `json:"process,omitempty"` // nil when none was watched
	Phones     Phones   `json:"phones"`
	Warnings   []string `json:"warnings"` // why the figures may not be the server's
}

// SetUp is how calls began and ended.
type SetUp struct {
	Begun      int            `json:"begun"`
	Answered   int            `json:"answered"`
	Failed     int            `json:"failed"`
	Finished   int            `json:"finished"`   // within the measured time
	Up         float64        `json:"up"`         // on average while measuring
	Rate       float64        `json:"per_second"` // answered, from the first to the last
	Peak       int            `json:"peak_per_second"`
	Answer     Times          `json:"answer"`      // INVITE to 200
	FirstAudio Times          `json:"first_audio"` // 200 to the first packet
	HangUp     Times          `json:"hang_up"`     // BYE to its 200
	NextRing   Times          `json:"next_ring"`   // counselor free to the phone ringing again
	Ends       map[string]int `json:"ends"`
}

// Audio is what was heard while measuring.
type Audio struct {
	Sent        int     `json:"sent"`
	Received    int     `json:"received"`
	Delivered   float64 `json:"delivered_percent"` // of what was sent
	Lost        int     `json:"lost"`
	Late        int     `json:"out_of_order"`
	Jitter      Times   `json:"jitter"`      // of all packets: how far from 20 ms
	Streams     Times   `json:"streams_p99"` // of all streams: the p99 of each
	Delay       Times   `json:"mouth_to_ear"`
	MarksLost   int     `json:"marks_lost"`
	MarksMissed float64 `json:"marks_lost_percent"`
	Crossed     int     `json:"marks_of_another"`
}

// Process is what the server used.
type Process struct {
	CPU          float64 `json:"cpu_s_per_1000_call_s"`
	CPUCall      float64 `json:"cpu_ms_per_call"` // of the calls finished while measuring
	Core         float64 `json:"core_percent"`
	Children     float64 `json:"children_cpu_s_per_1000_call_s"`
	ChildrenCall float64 `json:"children_cpu_ms_per_call"`
	Memory       float64 `json:"memory_mb"`
	IdleMemory   float64 `json:"idle_memory_mb"` // before the first call
	MemoryCall   float64 `json:"memory_kb_per_call"`
	ChildMemory  float64 `json:"children_memory_mb"`
	Threads      int     `json:"threads"`
}

// Phones is what the phones themselves used, and how punctual they were.
type Phones struct {
	CPU     float64 `json:"cpu_s_per_1000_call_s"`
	Core    float64 `json:"core_percent"`
	Late    Times   `json:"tick_late"`
	Sending Times   `json:"send_late"`
	Skipped int     `json:"skipped_ticks"`
	Unsent  int     `json:"unsent"`
	Repeats int     `json:"sip_repeats"`
	Turned  int     `json:"arrivals_turned_away"`
	Runtime string  `json:"runtime"`
}

func (f *fleet) report() Report {
	p := f.plan
	r := Report{
		Workload: p.Name, Server: p.Server.String(), Number: p.Number, Calls: p.Calls,
		Counselors: len(p.Staff.Accounts), Arrivals: p.Arrivals.String(), Seconds: f.pace.length.Seconds(),
		SetUp: f.reportSetUp(), Audio: f.reportAudio(), Process: f.reportProcess(), Phones: f.reportPhones(),
	}
	r.Warnings = r.doubts()
	return r
}

func (f *fleet) reportSetUp() SetUp {
	g := &f.figures
	s := SetUp{
		Begun: f.phones.numbered, Answered: g.answers.total, Finished: f.tally.finished,
		Up: ratio(f.tally.talked.Seconds(), f.pace.length.Seconds()), Rate: g.answers.mean(), Peak: g.answers.most,
		Answer: g.answer.times(), FirstAudio: g.audio.times(), HangUp: g.hangup.times(), NextRing: g.next.times(),
		Ends: maps.Clone(f.log.causes),
	}
	for cause, n := range f.log.causes {
		if !slices.Contains([]string{completed, byServer, endOfRun}, cause) {
			s.Failed += n
		}
	}
	return s
}

func (f *fleet) reportAudio() Audio {
	t, g := &f.tally, &f.figures
	return Audio{
		Sent: t.sent, Received: t.received, Delivered: 100 * ratio(float64(t.received), float64(t.sent)), Lost: t.lost, Late: t.late,
		Jitter: g.jitter.times(), Streams: g.streams.times(), Delay: g.delay.times(),
		MarksLost: t.unheard, MarksMissed: 100 * ratio(float64(t.unheard), float64(t.marks+t.unheard)), Crossed: t.crossed,
	}
}

func (f *fleet) reportProcess() *Process {
	if f.plan.Process == 0 {
		return nil
	}
	from, to, calls := f.pace.from, f.pace.to, float64(f.tally.finished)
	cpu, children := (to.cpu - from.cpu).Seconds(), (to.childCPU - from.childCPU).Seconds()
	talked := f.tally.talked.Seconds()
	p := &Process{
		CPU: 1000 * ratio(cpu, talked), CPUCall: 1000 * ratio(cpu, calls), Core: 100 * ratio(cpu, f.pace.length.Seconds()),
		Children: 1000 * ratio(children, talked), ChildrenCall: 1000 * ratio(children, calls),
		Memory: mega(to.memory), IdleMemory: mega(f.pace.idle.memory), ChildMemory: mega(to.childMemory), Threads: to.threads,
	}
	p.MemoryCall = 1000 * ratio(p.Memory-p.IdleMemory, ratio(talked, f.pace.length.Seconds()))
	return p
}

func (f *fleet) reportPhones() Phones {
	used := (f.pace.to.own - f.pace.from.own).Seconds()
	t, g := &f.tally, &f.figures
	return Phones{
		CPU: 1000 * ratio(used, t.talked.Seconds()), Core: 100 * ratio(used, f.pace.length.Seconds()),
		Late: g.late.times(), Sending: g.sending.times(), Skipped: t.skipped, Unsent: t.unsent, Repeats: t.repeated, Turned: f.pace.turned,
		Runtime: runtime.Version(),
	}
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func mega(bytes int64) float64 { return float64(bytes) / 1e6 }

// Beyond these, what was measured may be the phones' own doing.
const (
	doubtfulDelay = 2.0  // ms by which one packet in a thousand left late
	doubtfulCore  = 85.0 // percent of a processor
)

// doubts tells why the figures may not be the server's.
func (r *Report) doubts() []string {
	p, doubts := &r.Phones, []string{}
	doubt := func(is bool, format string, args ...any) {
		if is {
			doubts = append(doubts, fmt.Sprintf(format, args...))
		}
	}
	doubt(r.Seconds == 0, "nothing was measured: the run ended before")
	doubt(p.Core > doubtfulCore, "the phones used %.0f %% of a processor: they were the limit", p.Core)
	doubt(p.Sending.P999 > doubtfulDelay, "one packet in a thousand left the phones %.1f ms late or more: jitter through a bridge may be theirs", p.Sending.P999)
	doubt(p.Skipped > 0, "the phones stood still for %s in all: something else used their processor", time.Duration(p.Skipped)*tick)
	doubt(p.Unsent > 0, "the kernel refused %d packets of the phones", p.Unsent)
	doubt(p.Turned > 0, "%d arrivals found every caller busy: allow more calls", p.Turned)
	return doubts
}
