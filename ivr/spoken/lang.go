package spoken

import "slices"

// Lang is a language the hotline speaks, named as in the prompt catalogue.
type Lang string

// The languages with a grammar here.
const (
	ZhCN Lang = "zh-CN" // Mandarin
	Yue  Lang = "yue"   // Cantonese as it is spoken
	En   Lang = "en"    // English
)

// Langs lists the languages in the order of the catalogue's columns.
func Langs() []Lang { return []Lang{ZhCN, Yue, En} }

// Valid tells whether the language has a grammar here.
func (l Lang) Valid() bool { return slices.Contains(Langs(), l) }
