// Package voice makes the words of the prompt catalogue audible. It reads the
// texts, renders them with a speech engine where nobody has recorded them yet,
// takes in recordings of people, and tells which sounds are missing, stale or
// unfit for the telephone.
//
// A sound is a file below the audio folder: <lang>/<name>.wav recorded by a
// person, or <lang>/<name>.tts.wav rendered by the engine; the person always
// wins. manifest.json keeps, for each file, the SHA-256 of the text it speaks and
// of the file itself, its length and who speaks. A file whose text has changed
// since is stale.
//
// The engine is espeak-ng, run as a program of its own. It speaks like a machine,
// clearly enough for testing and for a first day; a centre records its own voices.
package voice

//go:generate go run gen.go
