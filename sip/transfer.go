package sip

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"hotline/sip/internal/digest"
	"hotline/sip/internal/transaction"
	"hotline/sip/internal/wire"
)

// Transfer is the wish that the other side of a call call somebody else instead (RFC
// 3515): what a phone does by its transfer key.
type Transfer struct {
	// To is the URI to call, such as "sip:8002@192.0.2.1".
	To string
	// Replaces is another call of ours with the same other side, whose place the
	// transferred party takes (RFC 3891); nil in a blind transfer.
	Replaces *Dialog
	// Credentials answer a challenge; those of the call when nil.
	Credentials *Credentials
	// Progress is told of provisional reports. It must not block.
	Progress func(code int)
}

// transfer is one that is being reported to us.
type transfer struct {
	progress func(code int)
	final    chan int
}

// Transfer asks the other side for a transfer and returns when it is reported done.
// A refusal, of the wish or of the new call, is a *StatusError. The call itself goes
// on, whatever the outcome; who sees it ended before the last report gets its cause.
func (d *Dialog) Transfer(ctx context.Context, t Transfer) error {
	if err := d.transferTo(ctx, t); err != nil {
		return fmt.Errorf("transfer: %w", err)
	}
	return nil
}

func (d *Dialog) transferTo(ctx context.Context, t Transfer) error {
	report := &transfer{progress: t.Progress, final: make(chan int, 1)}
	d.mu.Lock()
	if d.user.transfer != nil || d.state != confirmed {
		d.mu.Unlock()
		return ErrState
	}
	d.user.transfer = report
	d.mu.Unlock()
	defer func() {
		d.mu.Lock()
		d.user.transfer = nil
		d.mu.Unlock()
	}()
	if err := d.sendRefer(ctx, t); err != nil {
		return err
	}
	select {
	case code := <-report.final:
		return verdict(code)
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-d.ctx.Done():
	}
	select { // the last report and the end may come together
	case code := <-report.final:
		return verdict(code)
	default:
		return d.cause()
	}
}

func verdict(code int) error {
	if code >= 300 {
		return &StatusError{Status: code}
	}
	return nil
}

// sendRefer sends REFER until it is taken, with credentials when asked for them.
func (d *Dialog) sendRefer(ctx context.Context, t Transfer) error {
	auth := d.peer.auth
	if t.Credentials != nil {
		auth = digest.NewClient(t.Credentials.Username, t.Credentials.Password)
	}
	to := t.To
	if o := t.Replaces; o != nil {
		to += "?Replaces=" + url.QueryEscape(o.replaces())
	}
	for tries := 0; ; tries++ {
		d.mu.Lock()
		r := d.request("REFER")
		d.mu.Unlock()
		r.Fields = append(r.Fields, wire.Field{Name: "Refer-To", Value: "<" + to + ">"}, wire.Field{Name: "Referred-By", Value: bare(d.peer.local)})
		if auth != nil && auth != d.peer.auth {
			if field, ok := auth.Field(r.Method, r.URI); ok {
				r.Fields = append(r.Fields, field)
			}
		}
		m, err := d.inquire(ctx, r)
		switch {
		case err != nil:
			return err
		case m.Status < 300:
			return nil
		case (m.Status == 401 || m.Status == 407) && tries < 2 && auth != nil && auth.Learn(m) == nil:
		default:
			return d.refused(m)
		}
	}
}

// inquire sends a request within the dialog and returns the final answer.
func (d *Dialog) inquire(ctx context.Context, r *wire.Request) (*wire.Message, error) {
	s := finalSink{make(chan result, 1)}
	c, err := d.dress(ctx, r, s)
	if err != nil {
		return nil, err
	}
	select {
	case got := <-s.final:
		return d.result(got)
	case <-d.ctx.Done():
		return nil, d.cause()
	case <-ctx.Done():
		c.Abandon()
		return nil, errors.Join(ErrUnreachable, context.Cause(ctx))
	}
}

// replaces is the Replaces value that means d to its other side.
func (d *Dialog) replaces() string {
	return d.peer.id.callID + ";to-tag=" + d.peer.id.remote + ";from-tag=" + d.peer.id.local
}

// bare is a From or To value without its parameters.
func bare(v string) string {
	a, ok := wire.ParseAddress(v)
	if !ok {
		return v
	}
	return "<" + a.URI.String() + ">"
}

// notified takes a NOTIFY: the reports of our transfer, and no others.
func (d *Dialog) notified(m *wire.Message, server *transaction.Server) {
	d.mu.Lock()
	t := d.user.transfer
	d.mu.Unlock()
	event, _ := wire.Value(m.Header("Event"))
	state, _ := wire.Value(m.Header("Subscription-State"))
	code, ok := sipfrag(m.Body)
	switch {
	case event != "refer":
		d.reply(m, server, wire.Reply{Status: 489})
		return
	case t == nil:
		d.reply(m, server, wire.Reply{Status: 481})
		return
	case !ok:
		d.reply(m, server, wire.Reply{Status: 400})
		return
	}
	d.reply(m, server, wire.Reply{Status: 200})
	switch {
	case code >= 200, state == "terminated":
		select {
		case t.final <- code:
		default:
		}
	case t.progress != nil:
		t.progress(code)
	}
}

// sipfrag is the status in a report (RFC 3420).
func sipfrag(body []byte) (int, bool) {
	line, _, _ := strings.Cut(string(body), "\n")
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "SIP/2.0" || len(words[1]) != 3 {
		return 0, false
	}
	code, err := strconv.Atoi(words[1])
	return code, err == nil && code >= 100 && code < 700
}
