package event

// NodeStarted says that a program instance began to serve.
type NodeStarted struct {
	Node    string
	Boot    ID
	Version string
}

// Kind is KindNodeStarted.
func (*NodeStarted) Kind() Kind { return KindNodeStarted }

func (e *NodeStarted) fields(c *codec) {
	c.text("node", &e.Node)
	c.ident("boot", &e.Boot)
	c.text("version", &e.Version)
}

// NodeStopped says that a program instance ended in good order.
type NodeStopped struct {
	Node string
	Boot ID
	Why  string
}

// Kind is KindNodeStopped.
func (*NodeStopped) Kind() Kind { return KindNodeStopped }

func (e *NodeStopped) fields(c *codec) {
	c.text("node", &e.Node)
	c.ident("boot", &e.Boot)
	c.text("why", &e.Why)
}

// EventsLost states that facts could not be kept: the disk refused them and the
// memory set aside for that was full. The journal writes it itself once it can.
type EventsLost struct {
	Count  uint64
	Reason string
}

// Kind is KindEventsLost.
func (*EventsLost) Kind() Kind { return KindEventsLost }

func (e *EventsLost) fields(c *codec) {
	count(c, "count", &e.Count)
	c.text("reason", &e.Reason)
}
