package journal

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Options set how a journal works. The zero value is right for one small machine.
type Options struct {
	Segment int64         // bytes after which a new segment begins; default 16 MiB
	Delay   time.Duration // how long a sync waits for more events; default 40 ms, so that a sync is done within 50 ms
	Memory  int           // bytes of events held while the disk refuses them; default 32 MiB
	Ballast int64         // bytes kept free for when the disk is full; default 8 MiB, negative for none
	Keep    time.Duration // how long segments are kept although all is projected; default 7 days, negative for not at all

	Log        *slog.Logger          // default: discard
	Registerer prometheus.Registerer // default: metrics are counted and not shown

	open func(path string) (file, error) // tests put a failing disk here
}

func (o Options) withDefaults() Options {
	if o.Segment <= 0 {
		o.Segment = 16 << 20
	}
	if o.Delay <= 0 {
		o.Delay = 40 * time.Millisecond
	}
	if o.Memory <= 0 {
		o.Memory = 32 << 20
	}
	if o.Ballast == 0 {
		o.Ballast = 8 << 20
	}
	if o.Keep == 0 {
		o.Keep = 7 * 24 * time.Hour
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	if o.open == nil {
		o.open = openFile
	}
	return o
}
