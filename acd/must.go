package acd

import (
	"errors"
	"slices"
)

// Must is what an agent has to fulfil before a caller may be offered at all: a minor's counselor holds the minors
// qualification, a lawyer has never advised the other side. Nothing takes a requirement out of a Must, and no step of a
// ladder looks at it; And is the only operation. What may be given up after a while is a Preference.
//
// The zero Must asks for nothing.
type Must struct {
	qualifications []Qualification
	languages      []Language
	woman          bool
	not            []AgentID
}

// Qualified asks for every one of these qualifications, valid at the instant of the match.
func Qualified(all ...Qualification) Must { return Must{qualifications: slices.Clone(all)} }

// Speaking asks for a language, for a caller who speaks no other.
func Speaking(only Language) Must { return Must{languages: []Language{only}} }

// Woman asks for a woman counselor.
func Woman() Must { return Must{woman: true} }

// Except keeps these agents away from the caller: those in conflict with the caller's opponent, the one complained about.
func Except(agents ...AgentID) Must { return Must{not: slices.Clone(agents)} }

// And asks for everything that m and more ask for.
func (m Must) And(more Must) Must {
	return Must{
		qualifications: slices.Concat(m.qualifications, more.qualifications),
		languages:      slices.Concat(m.languages, more.languages),
		woman:          m.woman || more.woman,
		not:            slices.Concat(m.not, more.not),
	}
}

// Bars says whether m keeps this agent away whatever the agent holds.
func (m Must) Bars(id AgentID) bool { return slices.Contains(m.not, id) }

// traits is what an agent has to hold for m.
func (m Must) traits(x lexicon) (traits, error) {
	held, err := union(x, traitQualification, m.qualifications)
	spoken, err2 := union(x, traitLanguage, m.languages)
	if m.woman {
		woman, err3 := x.bit(traitWoman, "")
		return held | spoken | woman, errors.Join(err, err2, err3)
	}
	return held | spoken, errors.Join(err, err2)
}
