package ivr

import (
	"context"

	"hotline/ivr/source"
)

// lookupNode finds something the office knows: the caller's file, a case, an
// appointment or a mediation by reference and code, a facility by code and
// PIN, or the nearest station. Numbers alone open nothing, and three wrong
// codes end the trying.
type lookupNode struct {
	Lookup      subject  `flow:"lookup" doc:"what is looked up"`
	By          variable `flow:"by,optional" doc:"the variable with the reference, the facility's code or the district"`
	Code        variable `flow:"code,optional" doc:"the variable with the query code or PIN"`
	Found       Way      `flow:"found" doc:"it is there"`
	Missing     Way      `flow:"missing" doc:"it is not there, or the code is wrong: the caller is not told which"`
	Locked      Way      `flow:"locked,optional" doc:"three wrong codes"`
	Unavailable Way      `flow:"unavailable" doc:"the source gives no answer"`
}

// subject is what can be looked up.
type subject string

const (
	ofCaller      subject = "caller"
	ofCase        subject = "case"
	ofAppointment subject = "appointment"
	ofMediation   subject = "mediation"
	ofFacility    subject = "facility"
	ofStation     subject = "station"
)

func (s *subject) read(r *reader, n *source.Node) { *s = subject(choose(r, n, subjects()...)) }
func (s *subject) shape() schema                  { return oneOfWords(subjects()...) }

func subjects() []string {
	return []string{"caller", "case", "appointment", "mediation", "facility", "station"}
}

// secret tells whether the subject is opened by a code.
func (s subject) secret() bool { return s != ofCaller && s != ofStation }

// coded tells whether the code is a number of its own. A facility's PIN follows
// its four digits, and a mediation's number is itself the secret.
func (s subject) coded() bool { return s == ofCase || s == ofAppointment }

// counter names the count of wrong codes.
func (s subject) counter() string { return "lookup " + string(s) }

// facilityDigits is the length of a facility's code, which its PIN follows.
const facilityDigits = 4

// maxMisses is how many wrong codes one call may try on one kind of thing.
const maxMisses = 3

func (n *lookupNode) check(c *checker) {
	if n.Lookup == ofCaller {
		return
	}
	if n.By.text == "" {
		c.fault("lookup %s needs \"by\"", n.Lookup)
	}
	if n.Lookup.secret() && !n.Locked.given() || n.Lookup.coded() && n.Code.text == "" {
		c.fault("lookup %s needs \"code\" and \"locked\": a number alone opens nothing", n.Lookup)
	}
}

func (n *lookupNode) gives() []declared {
	switch n.Lookup {
	case ofCase:
		return []declared{{"case_id", WordSort}, {"status", PhraseSort}, {"date", TimeSort}}
	case ofAppointment:
		return []declared{{"appointment", WordSort}, {"when", TimeSort}, {"place", PhraseSort}}
	case ofMediation:
		return []declared{{"mediation", WordSort}}
	case ofFacility:
		return []declared{{"facility", WordSort}}
	case ofStation:
		return []declared{{"station", PhraseSort}, {"hours", PhraseSort}}
	default:
		return []declared{{"caller", WordSort}, {"facility", WordSort}}
	}
}

func (n *lookupNode) step(ctx context.Context, v *visit) (Way, error) {
	finding, ok, err := behind(ctx, v, string(n.Lookup), func(ctx context.Context) (Finding, error) {
		return n.find(ctx, v)
	})
	switch {
	case err != nil || !ok:
		return n.Unavailable, err
	case finding == Found:
		return n.Found, nil
	case finding == Locked:
		return n.Locked.or(n.Missing), nil
	case !n.Lookup.secret():
		return n.Missing, nil
	}
	if v.state.count(n.Lookup.counter()) >= maxMisses {
		return n.Locked.or(n.Missing), nil
	}
	return n.Missing, nil
}

func (n *lookupNode) find(ctx context.Context, v *visit) (Finding, error) {
	by, code := v.state.vars[n.By.text].Text(), v.state.vars[n.Code.text].Text()
	desk := v.call.Desk
	switch n.Lookup {
	case ofFacility:
		if desk.Facilities == nil {
			return Missing, errAway
		}
		if n.Code.text == "" && len(by) > facilityDigits {
			by, code = by[:facilityDigits], by[facilityDigits:]
		}
		a, err := desk.Facilities.Facility(ctx, by, code)
		if err == nil && a.Finding == Found {
			v.assign("facility", Word(a.ID), false)
		}
		return a.Finding, err
	case ofStation:
		return n.station(ctx, v, by)
	case ofCaller:
		return n.caller(ctx, v)
	default:
		if desk.Cases == nil {
			return Missing, errAway
		}
		a, err := desk.Cases.Case(ctx, string(n.Lookup), by, code)
		if err == nil && a.Finding == Found {
			n.keep(v, a)
		}
		return a.Finding, err
	}
}

// keep fills the variables of what was found.
func (n *lookupNode) keep(v *visit, a CaseAnswer) {
	switch n.Lookup {
	case ofAppointment:
		v.assign("appointment", Word(a.ID), false)
		v.assign("when", Instant(a.Due), false)
		v.assign("place", Phrase(a.Place), false)
	case ofMediation:
		v.assign("mediation", Word(a.ID), false)
	default:
		v.assign("case_id", Word(a.ID), false)
		v.assign("status", Phrase(a.Status), false)
		v.assign("date", Instant(a.Due), false)
	}
}

func (n *lookupNode) station(ctx context.Context, v *visit, district string) (Finding, error) {
	if v.call.Desk.Stations == nil {
		return Missing, errAway
	}
	s, err := v.call.Desk.Stations.Station(ctx, district)
	if err != nil || !s.Found {
		return Missing, err
	}
	v.assign("station", Phrase(s.Name), false)
	v.assign("hours", Phrase(s.Hours), false)
	return Found, nil
}

// caller reads the caller's file. The flags have an order: a minor is a minor
// whatever else the file says.
func (n *lookupNode) caller(ctx context.Context, v *visit) (Finding, error) {
	if v.call.Desk.Files == nil {
		return Missing, errAway
	}
	f, err := v.call.Desk.Files.File(ctx, v.call.Caller, v.call.Line)
	if err != nil {
		return Missing, err
	}
	v.know(f)
	kind := "unknown"
	switch {
	case f.Minor:
		kind = "minor"
	case f.Facility != "":
		kind = "facility"
		v.assign("facility", Word(f.Facility), false)
	case f.Blocked:
		kind = "blocked"
	case f.Known:
		kind = "known"
	}
	v.assign("caller", Word(kind), false)
	if kind == "unknown" {
		return Missing, nil
	}
	return Found, nil
}

// know takes over what a file says about how to talk with the caller.
func (v *visit) know(f File) {
	if f.Minor {
		v.mark(Marks{}.With(Minor))
	}
	v.state.slow = v.state.slow || f.Slow
	if f.Counselor != "" {
		v.state.set("counselor", Word(f.Counselor))
	}
	if v.state.chosen || f.Lang == "" {
		return
	}
	for _, lang := range v.flow.Languages {
		if lang == f.Lang {
			v.speakIn(lang)
		}
	}
}
