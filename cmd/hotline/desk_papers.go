package main

import (
	"context"
	"errors"
	"time"

	"hotline/casework"
	"hotline/ivr"
	"hotline/store"
	"hotline/store/event"
	"hotline/switchboard"
)

// Paper implements switchboard.Papers: what is prepared stands in the database.
func (d *desk) Paper(ctx context.Context, q switchboard.Question) (switchboard.Paper, error) {
	p, err := d.paper(ctx, q)
	if errors.Is(err, store.ErrNotFound) {
		return p, switchboard.ErrNoPaper
	}
	return p, err
}

func (d *desk) paper(ctx context.Context, q switchboard.Question) (switchboard.Paper, error) {
	contact := q.Visit.Contact
	switch q.Flow {
	case "commitment":
		p, err := d.db.OpenCommitment(ctx, contact)
		return given(p, err, values{"group": ivr.Phrase(p.Phrase)})
	case "referral":
		p, err := d.db.OpenReferral(ctx, contact)
		return given(p, err, values{"agency": ivr.Phrase(p.Phrase)})
	case "outcome":
		p, err := d.db.OpenOutcome(ctx, contact)
		return given(p, err, values{"sum": ivr.Cents(p.Cents)})
	case "refusal":
		return d.application(ctx, contact)
	case "reminder":
		p, err := d.db.NextAppointment(ctx, forWhom(q))
		return given(p, err, values{"when": ivr.Instant(p.At), "place": ivr.Phrase(p.Phrase), "appointment": ivr.Word(p.ID.String())})
	case "revisit":
		p, err := d.db.OpenRevisit(ctx, contact)
		return given(p, err, nil)
	case "article":
		return d.article(ctx, q.About)
	default:
		return d.mediation(ctx, q)
	}
}

// values are what a flow is given, by name.
type values = map[string]ivr.Value

func given(p store.Paper, err error, vars values) (switchboard.Paper, error) {
	return switchboard.Paper{Subject: p.ID, Vars: vars}, err
}

// application is how an application stands; a refusal has a flow of its own, with the way to object.
func (d *desk) application(ctx context.Context, contact event.ID) (switchboard.Paper, error) {
	s, err := d.db.Application(ctx, contact)
	if err != nil {
		return switchboard.Paper{}, err
	}
	paper := switchboard.Paper{Subject: s.Case, About: s.State}
	if s.State == "refused" {
		paper.Vars = values{"reason": ivr.Phrase(s.Phrase), "case_id": ivr.Word(s.Case.String())}
		return paper, nil
	}
	paper.Flow = "application"
	paper.Vars = values{
		"state": ivr.Word(s.State), "no": ivr.Text(s.No), "due": ivr.Instant(s.Due), "list": ivr.Phrase(s.Lacking...), "name": ivr.Phrase(s.Phrase),
	}
	return paper, nil
}

func forWhom(q switchboard.Question) store.For {
	return store.For{Contact: q.Visit.Contact, Number: q.Visit.Caller, Guest: q.Guest, At: time.Now()}
}

// article is an article of the Civil Code that the library explains, by its number.
func (d *desk) article(ctx context.Context, number string) (switchboard.Paper, error) {
	has, err := d.db.HasArticle(ctx, number)
	if err == nil && !has {
		err = store.ErrNotFound
	}
	return switchboard.Paper{About: number, Vars: values{"article": ivr.Word(number)}}, err
}

// mediation is what a side of a mediation is asked or told.
func (d *desk) mediation(ctx context.Context, q switchboard.Question) (switchboard.Paper, error) {
	side, err := d.db.Party(ctx, forWhom(q))
	if err != nil {
		return switchboard.Paper{}, err
	}
	paper := switchboard.Paper{Party: side.ID, Subject: side.Mediation}
	switch q.Flow {
	case "mediation-invite":
		paper.Vars = values{"side": ivr.Phrase(side.Other)}
	case "mediation-term":
		term, err := d.db.NextTerm(ctx, side)
		if err != nil {
			return switchboard.Paper{}, err
		}
		paper.Subject = term.ID
		paper.Vars = values{"i": ivr.Number(int64(term.No)), "text": ivr.ClipOf(term.Clip)}
	default:
		agreed, err := d.db.Agreed(ctx, side.Mediation)
		if err != nil {
			return switchboard.Paper{}, err
		}
		paper.About, paper.Due = "not-agreed", d.statutory(time.Now(), casework.ConfirmDays)
		if agreed {
			paper.About = "agreed"
		}
		paper.Vars = values{"result": ivr.Word(paper.About), "date": ivr.Instant(paper.Due)}
	}
	return paper, nil
}
