package prove

import (
	"strings"

	"hotline/ivr"
)

// Note turns events of the flow into facts.
func (w *world) Note(e ivr.Event) {
	switch e.Kind {
	case ivr.Entered:
		w.fact("node " + e.Where.Kind)
		w.fact("flow " + e.Flow)
	case ivr.LeftNode:
		if e.Where.Kind == "hangup" && e.Way == "end" {
			w.fact("goodbye")
		}
	case ivr.Marked:
		for _, m := range strings.Fields(e.Name) {
			w.fact("mark " + m)
		}
	case ivr.Agreed:
		w.fact("consent " + e.Name + " " + e.Value)
	case ivr.Asked:
		w.fact("asked " + e.Name)
	case ivr.Answered:
		w.fact("answered " + e.Name)
	case ivr.Requested:
		w.fact("request " + e.Name)
	case ivr.Unserved:
		w.fact("away " + e.Name)
	case ivr.Tapped:
		w.fact("tap " + e.Value)
	case ivr.FlowEnded:
		w.fact("ended " + e.Value)
	case ivr.Message, ivr.Promised, ivr.Booked, ivr.FaultEvent:
		w.fact(string(e.Kind))
	default:
	}
}
