package media

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// collector shows an engine's metrics. It reads what the planes put up after each turn and touches
// nothing a packet passes.
type collector struct {
	engine *Engine
	descs  descs
}

// descs are the metrics' descriptions.
type descs struct {
	packets, dropped, lost, unsent *prometheus.Desc
	reports, keys, panics          *prometheus.Desc
	sessions, ports                *prometheus.Desc
	late, skipped                  *prometheus.Desc
	recording                      recordingDescs
}

// recordingDescs are those of recordings.
type recordingDescs struct{ live, failed, unrecorded, buffer, bytes *prometheus.Desc }

// quality is what sessions had when they were closed.
type quality struct{ jitter, mos prometheus.Histogram }

// newQuality makes the histograms of quality.
func newQuality() quality {
	return quality{
		jitter: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hotline_rtp_jitter_seconds", Help: "Jitter of what peers sent, at the end of their sessions.",
			Buckets: []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1},
		}),
		mos: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "hotline_media_mos_score", Help: "Estimated mean opinion score of what was heard of peers, 1 to 4.5.",
			Buckets: []float64{1.5, 2, 2.5, 3, 3.5, 4, 4.2, 4.4},
		}),
	}
}

// observe notes how a session fared.
func (q quality) observe(st Stats) {
	if st.Received > 0 {
		q.jitter.Observe(st.Jitter.Seconds())
		q.mos.Observe(st.MOS)
	}
}

// newCollector describes the metrics.
func newCollector(e *Engine) *collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("hotline_"+name, help, labels, nil)
	}
	return &collector{e, descs{
		packets:  desc("rtp_packets_total", "RTP packets received from peers and sent to them.", "direction"),
		dropped:  desc("rtp_dropped_packets_total", "Received packets of no use, by reason.", "reason"),
		lost:     desc("rtp_lost_packets_total", "Packets sent to us that never came."),
		unsent:   desc("rtp_unsent_packets_total", "Packets the kernel refused to send."),
		reports:  desc("rtp_reports_total", "RTCP reports received and sent.", "direction"),
		keys:     desc("media_keys_total", "Keys pressed by peers."),
		panics:   desc("media_panics_total", "Sessions given up after a fault of ours."),
		sessions: desc("media_sessions", "Sessions open."),
		ports:    desc("media_port_pairs", "Port pairs lent to sessions and resting after use.", "state"),
		late:     desc("media_tick_late_seconds", "How late a slot of the pacing clock was served."),
		skipped:  desc("media_skipped_slots_total", "Slots of the pacing clock that were left out because it was held up."),
		recording: recordingDescs{
			live:       desc("media_recordings", "Recordings under way."),
			failed:     desc("media_recordings_failed_total", "Recordings that lost audio because the disk did not take it."),
			unrecorded: desc("media_unrecorded_seconds_total", "Audio that was to be recorded and was not."),
			buffer:     desc("media_recording_buffer_bytes", "Audio of recordings that is in memory."),
			bytes:      desc("media_recorded_bytes_total", "Bytes of audio written to recordings."),
		},
	}}
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	d, r := c.descs, c.descs.recording
	for _, desc := range []*prometheus.Desc{
		d.packets, d.dropped, d.lost, d.unsent, d.reports, d.keys, d.panics, d.sessions, d.ports, d.late, d.skipped,
		r.live, r.failed, r.unrecorded, r.buffer, r.bytes,
	} {
		out <- desc
	}
	c.engine.quality.jitter.Describe(out)
	c.engine.quality.mos.Describe(out)
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	sum := c.engine.counted()
	d := c.descs
	counter := func(desc *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, v, labels...)
	}
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	counter(d.packets, float64(sum.received), "in")
	counter(d.packets, float64(sum.sent), "out")
	counter(d.reports, float64(sum.reportsIn), "in")
	counter(d.reports, float64(sum.reportsOut), "out")
	for why := range reasons {
		counter(d.dropped, float64(sum.dropped[why]), why.String())
	}
	counter(d.lost, float64(sum.lost))
	counter(d.unsent, float64(sum.unsent))
	counter(d.keys, float64(sum.keys))
	counter(d.panics, float64(sum.panics))
	counter(d.skipped, float64(sum.skipped))
	c.engine.roster.mu.Lock()
	sessions := len(c.engine.roster.sessions)
	c.engine.roster.mu.Unlock()
	gauge(d.sessions, float64(sessions))
	lent, resting := c.engine.ports.count()
	gauge(d.ports, float64(lent), "lent")
	gauge(d.ports, float64(resting), "resting")
	out <- sum.histogram(d.late)
	live, held := c.engine.scribe.load()
	gauge(d.recording.live, float64(live))
	gauge(d.recording.buffer, float64(held))
	c.engine.quality.jitter.Collect(out)
	c.engine.quality.mos.Collect(out)
	counter(d.recording.bytes, float64(c.engine.scribe.tally.bytes.Load()))
	counter(d.recording.failed, float64(c.engine.scribe.tally.failed.Load()))
	counter(d.recording.unrecorded, float64(c.engine.scribe.tally.lost.Load())*sample.Seconds())
}

// histogram returns the lateness of slots.
func (c *counters) histogram(desc *prometheus.Desc) prometheus.Metric {
	count, buckets := uint64(0), map[float64]uint64{}
	for i, n := range c.late {
		count += n
		if i < len(lateBounds) {
			buckets[lateBounds[i].Seconds()] = count
		}
	}
	return prometheus.MustNewConstHistogram(desc, count, c.lateSum.Seconds(), buckets)
}

// counted returns the sum of what the planes have counted.
func (e *Engine) counted() (sum counters) {
	for _, p := range e.planes {
		b := &p.board
		sum.received += b.received.Load()
		sum.sent += b.sent.Load()
		sum.unsent += b.unsent.Load()
		sum.reportsIn += b.reportsIn.Load()
		sum.reportsOut += b.reportsOut.Load()
		sum.lost += b.lost.Load()
		sum.keys += b.keys.Load()
		sum.panics += b.panics.Load()
		sum.skipped += b.skipped.Load()
		for i := range sum.dropped {
			sum.dropped[i] += b.dropped[i].Load()
		}
		for i := range sum.late {
			sum.late[i] += b.late[i].Load()
		}
		sum.lateSum += time.Duration(b.lateSum.Load())
	}
	return sum
}

// load returns how many recordings are under way and how much of them is in memory.
func (s *scribe) load() (live, held int) {
	all := s.recorders()
	for _, r := range all {
		r.mu.Lock()
		held += r.reel.held()
		r.mu.Unlock()
	}
	return len(all), held
}
