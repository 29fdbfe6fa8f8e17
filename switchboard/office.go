package switchboard

import (
	"hotline/acd"
	"hotline/ivr"
	"hotline/store/event"
)

// Line is a number that can be dialled, and how its calls are served.
type Line struct {
	Number    string // the DID
	Flow      string
	Lang      ivr.Lang
	Protected bool                 // for minors: the last to be refused
	Class     event.RecordingClass // of its calls' recordings
}

// Visit is a call as the office behind the flows must know it, to find the caller's file and to keep what it promises.
type Visit struct {
	Contact  event.ID
	Line     string
	Caller   event.Number    // sealed; withheld when the caller did not show it
	Language func() ivr.Lang // being spoken now
}

// Office is what the switchboard knows of lines and staff. It answers from memory: an immutable snapshot that is
// replaced whole when people or lines change.
type Office interface {
	// Line finds the line of a number dialled.
	Line(number string) (Line, bool)
	// Agent finds who works at an extension.
	Agent(extension string) (acd.Agent, bool)
}
