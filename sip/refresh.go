package sip

import (
	"context"
	"time"

	"hotline/sip/internal/wire"
)

// refresh refreshes the session at half of its interval, on a goroutine of its own
// (RFC 4028 section 7.4): by UPDATE where the peer allows it, else by a re-INVITE
// with the description that is in force.
func (d *Dialog) refresh() {
	d.ua.run.crew.Run(func() {
		d.mu.Lock()
		end, updates := d.timer.end, d.path.updates
		d.mu.Unlock()
		ctx, cancel := context.WithDeadline(d.ctx, end)
		defer cancel()
		var err error
		if updates {
			err = d.refreshByUpdate(ctx)
		} else {
			err = d.refreshByInvite(ctx)
		}
		if err == nil || d.ctx.Err() != nil {
			return
		}
		d.ua.log.Info("session not refreshed", "call", d.CallID(), "error", err)
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.state != ended { // the session lives on until its end
			d.timer.timer = time.AfterFunc(time.Until(d.timer.end), d.expire)
		}
	})
}

func (d *Dialog) refreshByUpdate(ctx context.Context) error {
	for tries := 0; ; tries++ {
		d.mu.Lock()
		r := d.request("UPDATE")
		r.Fields = append(r.Fields, d.ua.allow(), wire.Field{Name: "Supported", Value: "timer"})
		r.Fields = append(r.Fields, d.timer.request(d.ua.cfg.Session)...)
		d.mu.Unlock()
		s := finalSink{make(chan result, 1)}
		if _, err := d.dress(ctx, r, s); err != nil {
			return err
		}
		var got result
		select {
		case got = <-s.final:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		m, err := d.result(got)
		switch {
		case err != nil:
			return err
		case m.Status < 300:
			d.mu.Lock()
			d.retarget(m)
			d.timer.take(d, m)
			d.mu.Unlock()
			return nil
		case m.Status == 422 && tries < 2:
			d.lengthen(m)
		case !d.retry(m, tries):
			return d.refused(m)
		}
	}
}

// lengthen takes a longer interval after 422 (RFC 4028 section 7.4).
func (d *Dialog) lengthen(m *wire.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.timer.every = max(d.timer.every, readMinimum(m))
}

// refreshByInvite repeats the description in force. The answer is given to the
// negotiator only if it is another than before.
func (d *Dialog) refreshByInvite(ctx context.Context) error {
	d.mu.Lock()
	offered, before := d.user.offered, d.user.answered
	d.mu.Unlock()
	answer, err := d.Reoffer(ctx, offered)
	if err == nil && string(answer) != string(before) {
		d.user.queue.add(func() { d.takeAnswer(answer) })
	}
	return err
}
