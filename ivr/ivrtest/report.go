package ivrtest

import (
	"fmt"
	"strings"

	"hotline/ivr"
)

// Report is what happened in a call.
type Report struct {
	Result     ivr.Result
	Transcript []string        // the call as a person would tell it
	Nodes      map[string]bool // visited, as flow/node
	Events     []ivr.Event
	Queues     []ivr.QueueRequest
	Duties     []ivr.DutyRequest
	Filed      // what was asked of the office
	recordings int
	heardIDs   map[string]int
	last       []string // prompts of the last saying
}

func (r *Report) say(line string) { r.Transcript = append(r.Transcript, line) }

func (r *Report) heard(y ivr.Saying) {
	if y.Music != "" {
		return
	}
	if r.heardIDs == nil {
		r.heardIDs = map[string]int{}
	}
	for _, id := range y.Prompts {
		r.heardIDs[id]++
	}
	r.last = y.Prompts
	r.say(fmt.Sprintf("hear %s  # %s", strings.Join(y.Prompts, " "), strings.TrimSpace(y.Text)))
}

func (r *Report) note(e ivr.Event) {
	r.Events = append(r.Events, e)
	if r.Nodes == nil {
		r.Nodes = map[string]bool{}
	}
	if e.Kind == ivr.Entered {
		r.Nodes[e.Flow+"/"+e.Node] = true
	}
}

func (r *Report) queue(q ivr.QueueRequest) {
	r.Queues = append(r.Queues, q)
	line := "queue " + q.Queue
	if q.Marks != (ivr.Marks{}) {
		line += "  # " + q.Marks.String()
	}
	r.say(line)
}

func (r *Report) duty(d ivr.DutyRequest) {
	r.Duties = append(r.Duties, d)
	r.say("duty " + d.Roster)
}

// Find lists the events of a kind.
func (r *Report) Find(kind ivr.EventKind) []ivr.Event {
	var out []ivr.Event
	for _, e := range r.Events {
		if e.Kind == kind {
			out = append(out, e)
		}
	}
	return out
}
