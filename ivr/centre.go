package ivr

import (
	"maps"
	"slices"

	"hotline/ivr/source"
)

// Centre is what flows may name of the house behind the phones: its queues
// and duty rosters. The file centre.yaml lists them:
//
//	queues: {labour: {}, minors: {minors: true}}
//	rosters: [night, facility]
type Centre struct {
	Queues  map[string]QueueInfo
	Rosters []string
}

// QueueInfo is what a flow must know of a queue.
type QueueInfo struct {
	Minors bool // only counselors qualified for minors take its calls
}

// QueueNames lists the queues, sorted.
func (c *Centre) QueueNames() []string { return slices.Sorted(maps.Keys(c.Queues)) }

func readCentre(root *source.Node, faults *source.Faults) *Centre {
	c := &Centre{Queues: map[string]QueueInfo{}}
	for _, f := range root.Fields {
		switch f.Key {
		case "queues":
			for _, q := range f.Value.Fields {
				c.Queues[q.Key] = readQueue(q, faults)
			}
		case "rosters":
			for _, item := range f.Value.Items {
				c.Rosters = append(c.Rosters, item.Text)
			}
		default:
			faults.AddHint(f.At, source.Suggest(f.Key, []string{"queues", "rosters"}), "unknown field %q of the centre", f.Key)
		}
	}
	return c
}

func readQueue(q source.Field, faults *source.Faults) QueueInfo {
	var info QueueInfo
	for _, f := range q.Value.Fields {
		if f.Key != "minors" || f.Value.Text != "true" && f.Value.Text != "false" {
			faults.Add(f.At, "queue %q: only minors: true or false can be said of a queue here", q.Key)
		}
		info.Minors = f.Value.Text == "true"
	}
	return info
}
