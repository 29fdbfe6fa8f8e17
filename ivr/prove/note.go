package prove

import (
	"strings"

	"hotline/ivr"
)

// Note turns events of the flow into facts.
func (w *world) Note(e ivr.Event) {
	switch e.Kind {
	case ivr.Entered:
		w.factOf("node", e.Where.Kind)
		w.factOf("flow", e.Flow)
	case ivr.LeftNode:
		if e.Where.Kind == "hangup" && e.Way == "end" {
			w.fact("goodbye")
		}
	case ivr.Marked:
		for _, m := range strings.Fields(e.Name) {
			w.factOf("mark", m)
		}
	case ivr.Agreed:
		w.fact("consent " + e.Name + " " + e.Value)
	case ivr.Asked:
		w.factOf("asked", e.Name)
	case ivr.Answered:
		w.factOf("answered", e.Name)
	case ivr.Requested:
		w.factOf("request", e.Name)
	case ivr.Unserved:
		w.factOf("away", e.Name)
	case ivr.Tapped:
		w.factOf("tap", e.Value)
	case ivr.FlowEnded:
		w.factOf("ended", e.Value)
	case ivr.Message, ivr.Promised, ivr.Booked, ivr.FaultEvent:
		w.fact(string(e.Kind))
	default:
	}
}
