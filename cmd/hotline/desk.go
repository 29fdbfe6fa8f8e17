package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"hotline/casework"
	"hotline/ivr"
	"hotline/store"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/phone"
	"hotline/store/secret"
	"hotline/switchboard"
)

// desk is the office that flows ask: the database for what callers want to know, the journal for what they are promised.
type desk struct {
	db      *store.DB
	journal interface {
		Append(facts ...event.Event) (journal.Seq, error)
	}
	keys    *secret.Keys
	numbers phone.Plan
	routes  []switchboard.Route // of calls to the outside
	texts   bool                // another program sends text messages
	hours   func() (casework.Office, error)
	log     *slog.Logger
}

func (p *program) desk() *desk {
	return &desk{
		db: p.storage.db, journal: p.storage.journal, keys: p.storage.keys,
		numbers: phone.Plan{Area: p.config.AreaCode}, routes: p.config.routes(), texts: p.config.Texts.Gateway != "", log: p.log,
		hours: func() (casework.Office, error) { return officeOf(p.floor.flows.Edition()) },
	}
}

// at is the desk as one call sees it.
func (d *desk) at(v switchboard.Visit) ivr.Desk {
	w := window{d, v}
	return ivr.Desk{
		Files: files{w}, Cases: cases{w}, Facilities: facilities{w}, Stations: stations{w}, Slots: slots{w},
		Requests: requests{w}, Callbacks: callbacks{w}, Clips: clips{w},
	}
}

// window is where one caller stands.
type window struct {
	*desk
	switchboard.Visit
}

type files struct{ window }

// File implements ivr.Files.
func (f files) File(ctx context.Context, _ ivr.Caller, line string) (ivr.File, error) {
	k, err := f.db.Known(ctx, f.Caller, line, time.Now())
	if err != nil {
		return ivr.File{}, err
	}
	return ivr.File{
		Known: k.Anything(), Minor: k.Minor, Blocked: k.Blocked, Slow: k.Slow, Woman: k.Woman, Lang: ivr.Lang(k.Language),
		Facility: k.Facility, Counselor: k.Counselor, Calls: k.Calls,
	}, nil
}

type cases struct{ window }

// Case implements ivr.Cases.
func (c cases) Case(ctx context.Context, kind, reference, code string) (ivr.CaseAnswer, error) {
	ask := map[string]func(context.Context, store.Enquiry) (store.Answer, error){
		"case": c.db.CaseStatus, "appointment": c.db.Appointment, "mediation": c.db.Mediation,
	}[kind]
	if ask == nil {
		return ivr.CaseAnswer{}, fmt.Errorf("nobody can look up a %s", kind)
	}
	a, err := ask(ctx, store.Enquiry{Reference: reference, Code: code, Caller: c.Caller, Contact: c.Contact, At: time.Now()})
	if err != nil || a.Finding != store.Found {
		return ivr.CaseAnswer{Finding: findingOf(a.Finding)}, err
	}
	answer := ivr.CaseAnswer{Finding: ivr.Found, ID: a.ID.String(), Due: a.Due, Place: a.Place}
	if a.Stage != "" {
		answer.Status = "STATUS-" + strings.ToUpper(a.Stage)
	}
	return answer, nil
}

func findingOf(f store.Finding) ivr.Finding {
	switch f {
	case store.Found:
		return ivr.Found
	case store.Locked:
		return ivr.Locked
	default:
		return ivr.Missing
	}
}

type facilities struct{ window }

// Facility implements ivr.Facilities.
func (f facilities) Facility(ctx context.Context, code, pin string) (ivr.FacilityAnswer, error) {
	found, err := f.db.CheckPIN(ctx, store.PINTry{Code: code, PIN: pin, Caller: f.Caller, At: time.Now()})
	return ivr.FacilityAnswer{Finding: findingOf(found), ID: code}, err
}

type stations struct{ window }

// Station implements ivr.Stations.
func (s stations) Station(ctx context.Context, district string) (ivr.Station, error) {
	p, err := s.db.NearestPlace(ctx, district)
	if errors.Is(err, store.ErrNotFound) {
		return ivr.Station{}, nil
	}
	return ivr.Station{Found: err == nil, Name: p.Phrase, Hours: p.Hours}, err
}

type clips struct{ window }

// Clip implements ivr.Clips.
func (c clips) Clip(ctx context.Context, topic string, lang ivr.Lang) (ivr.Clip, error) {
	id, err := c.db.Clip(ctx, topic, string(lang))
	if errors.Is(err, store.ErrNotFound) {
		return ivr.Clip{}, nil
	}
	return ivr.Clip{ID: id}, err
}
