// Package spoken turns values into speech: numbers, digits, dates, times,
// durations, money and references become the ids of short recorded parts, in
// the order a speaker of the language says them.
//
// It is pure grammar. It knows no audio and no prompt, only which part follows
// which: "两" before a thing counted and "二" as a label, "零" over a gap, "一"
// as "yāo" inside a telephone number, "三月五日星期四上午十点", Cantonese
// "兩點半" and "十二蚊", English "March fifth" and "ten oh five a.m.". Every id
// it can return is listed by [Parts] and has a text in
// callflows/prompts/parts.yaml and a sound in callflows/audio/<lang>/parts.
//
// The kinds of a prompt's variables map to functions thus:
//
//	cardinal   Number     a quantity, spoken before what is counted (两位)
//	index      Index      a number used as a label (第二条, term two)
//	ordinal    Ordinal    a place in line (第二, second)
//	digits     Digits     one by one, grouped like a telephone number
//	reference  Reference  letters, digits and hyphens of a case number
//	date       Date       month and day
//	weekday    Weekday    day of the week
//	clock      Clock      time of day
//	datetime   DateTime   all three
//	duration   Duration   days, hours, minutes, seconds
//	money      Money      an amount with its unit
//	amount     Amount     an amount whose unit stands in the prompt's text
//
// The kinds phrase and clip name sounds of their own and need no grammar.
//
// A language that is not one of [Langs] is spoken as Mandarin, the service's
// default, because a caller must hear something.
package spoken
