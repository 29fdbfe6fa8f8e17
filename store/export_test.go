package store

import "time"

// SetLimit shortens how long a transaction may take.
func (p *Projector) SetLimit(limit time.Duration) { p.limit = limit }
