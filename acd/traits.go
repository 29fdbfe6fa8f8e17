package acd

import (
	"errors"
	"fmt"
)

// ErrTraits is returned when one Router would have to tell more than 64 qualifications, languages and districts apart.
var ErrTraits = errors.New("more than 64 different qualifications, languages and districts")

// traits is a set of things an agent may hold, one bit each.
type traits uint64

func (t traits) has(all traits) bool { return t&all == all }

type traitKind uint8

const (
	traitQualification traitKind = iota
	traitLanguage
	traitDistrict
	traitWoman
)

// trait names one bit of traits.
type trait struct {
	kind traitKind
	name string
}

// lexicon gives each trait its bit, in the order of first mention.
type lexicon map[trait]traits

func (x lexicon) bit(kind traitKind, name string) (traits, error) {
	key := trait{kind, name}
	if bit, ok := x[key]; ok {
		return bit, nil
	}
	if len(x) == 64 {
		return 0, fmt.Errorf("%q: %w", name, ErrTraits)
	}
	bit := traits(1) << len(x)
	x[key] = bit
	return bit, nil
}

// union adds the bits of several names of one kind.
func union[T ~string](x lexicon, kind traitKind, names []T) (traits, error) {
	var all traits
	for _, name := range names {
		bit, err := x.bit(kind, string(name))
		if err != nil {
			return 0, err
		}
		all |= bit
	}
	return all, nil
}
