package ivr

import (
	"reflect"
	"time"
)

// kinds is the closed set of nodes. Each kind is the first word of its node in
// a flow file, and a type in a file of its own.
var kinds = map[string]func() Node{ // table
	"say":      func() Node { return &sayNode{} },
	"menu":     func() Node { return &menuNode{Tries: 2} },
	"input":    func() Node { return &inputNode{Tries: 2} },
	"language": func() Node { return &languageNode{} },
	"open":     func() Node { return &openNode{} },
	"when":     func() Node { return &whenNode{} },
	"set":      func() Node { return &setNode{} },
	"lookup":   func() Node { return &lookupNode{} },
	"book":     func() Node { return &bookNode{} },
	"request":  func() Node { return &requestNode{} },
	"consent":  func() Node { return &consentNode{} },
	"queue":    func() Node { return &queueNode{} },
	"duty": func() Node {
		return &dutyNode{Ring: span(20 * time.Second), Within: span(8 * time.Second), Most: 3}
	},
	"voicemail": func() Node { return &voicemailNode{} },
	"callback":  func() Node { return &callbackNode{} },
	"clip":      func() Node { return &clipNode{} },
	"survey":    func() Node { return &surveyNode{} },
	"tap":       func() Node { return &tapNode{} },
	"flow":      func() Node { return &flowNode{} },
	"hangup":    func() Node { return &hangupNode{} },
}

// kindOf is the word by which a node's kind is written.
func kindOf(n Node) string {
	fields := reflect.TypeOf(n).Elem()
	return fields.Field(0).Tag.Get("flow")
}
