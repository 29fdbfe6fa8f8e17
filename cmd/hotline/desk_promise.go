package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hotline/casework"
	"hotline/ivr"
	"hotline/store"
	"hotline/store/event"
	"hotline/store/phone"
	"hotline/switchboard"
)

type callbacks struct{ window }

// Promise implements ivr.Callbacks. The promise is in the journal when it is given, so it holds while the database is away.
func (c callbacks) Promise(_ context.Context, b ivr.Callback) (ivr.Receipt, error) {
	number := c.Caller
	if b.Number != "" {
		number = c.keys.Number(c.numbers.Parse(b.Number), "keyed")
	}
	if !c.reaches(number) {
		return ivr.Receipt{Refused: true}, nil
	}
	now := time.Now()
	promise := &event.CallbackPromised{
		Callback: event.NewID(now), Reference: c.db.Reference(now), Number: number, Queue: b.Queue, Since: b.Since,
		Language: string(b.Lang), Class: classOf(b.Marks), Neutral: b.Neutral,
	}
	return ivr.Receipt{Reference: promise.Reference}, c.keep(promise)
}

// reaches reports whether a number can be called back: none is promised a call that no trunk takes.
func (d *desk) reaches(n event.Number) bool {
	if n.Withheld() {
		return false
	}
	number, err := d.keys.Dial(n.Sealed)
	return err == nil && mobileOf(phone.Plan{}.Parse(number), d.routes).Number != ""
}

// backlog lists the promises still to be kept.
func (d *desk) backlog(ctx context.Context) ([]switchboard.Promised, error) {
	list, err := d.db.Callbacks(ctx)
	all := make([]switchboard.Promised, 0, len(list))
	for _, c := range list {
		if mobileOf(c.Number, d.routes).Number == "" {
			continue // a trunk was taken away; it stays promised until one is there
		}
		all = append(all, switchboard.Promised{
			ID: c.ID, Number: c.Number, Queue: c.Queue, Since: c.Since, Lang: ivr.Lang(c.Language), Class: c.Class,
			Neutral: c.Neutral, Tries: c.Tries, Next: c.Next,
		})
	}
	return all, err
}

// keep writes a promise down.
func (w window) keep(promise event.Body) error {
	_, err := w.journal.Append(event.Event{Contact: w.Contact, Body: promise})
	return err
}

func classOf(m ivr.Marks) event.Class {
	switch {
	case m.Has(ivr.Danger):
		return event.ClassDanger
	case m.Has(ivr.Minor):
		return event.ClassMinor
	default:
		return event.ClassOrdinary
	}
}

type requests struct{ window }

// texted are the requests that a text message fulfils.
func texted() []string { return []string{"papers", "station", "article", "signing-link"} }

// File implements ivr.Requests.
func (r requests) File(ctx context.Context, q ivr.Request) (ivr.Receipt, error) {
	switch {
	case slices.Contains(texted(), q.Kind):
		return r.text(ctx, q)
	case q.Kind == "cancel":
		return r.cancel(ctx, q)
	case slices.Contains(event.RequestKinds(), event.RequestKind(q.Kind)):
		return r.ask(ctx, q)
	default:
		return ivr.Receipt{}, fmt.Errorf("nobody takes requests of the kind %s", q.Kind)
	}
}

// text puts a text message on its way. Without a program that sends it the request is refused, and a person helps.
func (r requests) text(ctx context.Context, q ivr.Request) (ivr.Receipt, error) {
	if !r.texts {
		return ivr.Receipt{Refused: true}, nil
	}
	params := map[string]string{}
	for name, value := range q.Values {
		params[name] = value.Text()
	}
	reference, err := r.db.SendText(ctx, store.Text{
		Template: strings.ReplaceAll(q.Kind, "-", "_"), Language: string(r.Language()), To: r.Caller, Params: params,
		Protected: q.Marks.Protected() || q.Marks.Has(ivr.Danger) || q.Marks.Has(ivr.Silent), Contact: r.Contact, At: time.Now(),
	})
	if errors.Is(err, store.ErrNoText) {
		return ivr.Receipt{Refused: true}, nil
	}
	return ivr.Receipt{Reference: reference}, err
}

func (r requests) cancel(ctx context.Context, q ivr.Request) (ivr.Receipt, error) {
	id, err := event.ParseID(q.Values["appointment"].Text())
	if err != nil {
		return ivr.Receipt{}, err
	}
	reference, err := r.db.CancelAppointment(ctx, "caller", id)
	if errors.Is(err, store.ErrNotFound) {
		return ivr.Receipt{Refused: true}, nil
	}
	return ivr.Receipt{Reference: reference}, err
}

// ask keeps a request whose time is set by law.
func (r requests) ask(ctx context.Context, q ivr.Request) (ivr.Receipt, error) {
	now := time.Now()
	due, err := r.dueOf(ctx, q, now)
	if err != nil {
		return ivr.Receipt{}, err
	}
	filed := &event.RequestFiled{
		Request: event.NewID(now), What: event.RequestKind(q.Kind), Reference: r.db.Reference(now), Facility: q.Values["facility"].Text(),
		Day: presenceOf(q), Due: due.Truncate(time.Second),
	}
	if text := q.Values["case_id"].Text(); text != "" {
		id, err := event.ParseID(text)
		if err != nil {
			return ivr.Receipt{}, err
		}
		filed.Case = id
	}
	return ivr.Receipt{Reference: filed.Reference, Due: filed.Due}, r.keep(filed)
}

// dueOf is when a request must be done. A calendar that does not know the days ahead leaves out the grace that holidays
// give: what is due too early is not lost.
func (r requests) dueOf(ctx context.Context, q ivr.Request, now time.Time) (time.Time, error) {
	switch event.RequestKind(q.Kind) {
	case event.RequestNotice:
		return r.statutory(now, casework.AppointDays), nil
	case event.RequestObjection:
		return r.statutory(now, casework.ObjectionDays), nil
	case event.RequestReferral:
		days, err := r.db.ReplyDays(ctx, q.Values["agency"].Text())
		return r.workingDays(now, days), err
	case event.RequestPresence:
		return presenceOf(q), nil
	default:
		return now.Add(casework.ForwardTime), nil
	}
}

// presenceOf is when a lawyer is to be there: the half of the day begins at half past eight, or at two.
func presenceOf(q ivr.Request) time.Time {
	day := q.Values["day"].Time()
	if day.IsZero() {
		return day
	}
	hour, minute := 8, 30
	if q.Values["half"].Text() == "pm" {
		hour, minute = 14, 0
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, day.Location())
}
