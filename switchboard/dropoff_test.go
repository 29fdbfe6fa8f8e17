package switchboard_test

import (
	"strings"
	"testing"

	"hotline/store/event"
)

// series are the values of a metric by its labels, each followed by a space.
func (r *rig) series(name string) map[string]float64 {
	r.t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			var labels strings.Builder
			for _, l := range m.GetLabel() {
				labels.WriteString(l.GetName() + "=" + l.GetValue() + " ")
			}
			found[labels.String()] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return found
}

// A caller who hangs up in the menu is counted there, with the version of the flow.
func TestDropOffIsCounted(t *testing.T) {
	t.Parallel()
	r := newRig(t, options{})
	<-r.call("12348", "wait 700ms")
	await[*event.Closed](r, nil)
	entered, left := all[*event.NodeEntered](r), all[*event.NodeLeft](r)
	if len(entered) == 0 || len(left) == 0 || left[len(left)-1].Outcome != "gone" {
		t.Fatalf("story: %s", r.story())
	}
	visits := r.series("hotline_switchboard_node_visits_total")
	var hungUp, came float64
	for labels, n := range visits {
		if strings.Contains(labels, "what=hung_up") {
			hungUp += n
			if n > 0 && !strings.Contains(labels, "node="+left[len(left)-1].Node+" ") {
				t.Errorf("hung up at %s, want node %s", labels, left[len(left)-1].Node)
			}
		}
		if strings.Contains(labels, "what=entered") {
			came += n
		}
		if !strings.Contains(labels, "version="+all[*event.FlowEntered](r)[0].Hash[:12]) {
			t.Errorf("%s has another version", labels)
		}
	}
	if hungUp != 1 || came != float64(len(entered)) {
		t.Errorf("%v hung up, %v entered, want 1 and %d: %v", hungUp, came, len(entered), visits)
	}
}
