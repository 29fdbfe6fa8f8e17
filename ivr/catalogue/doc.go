// Package catalogue holds the words of the hotline: prompts by id, each with
// its text in every language, its flags and the kinds of its spoken values.
//
// A prompt file is a YAML map:
//
//	P-POS: {zh-CN: 您前面有{n}位。, yue: 你前面有{n}位。, en: "{n} people are before you.", vars: {n: cardinal}}
//
// The text between two values is one recorded segment. A prompt without values
// is recorded whole under its id; segment k of another under "ID.k", k from 1,
// counting only the segments in which something is said.
package catalogue
