package switchboard

import (
	"encoding/hex"
	"strconv"
	"strings"

	"hotline/ivr"
	"hotline/store/event"
)

// Note files what the flow reports; see ivr.Phone.
func (c *Call) Note(e ivr.Event) {
	c.svc.tally.Note(e)
	switch e.Kind {
	case ivr.Entered:
		c.entered(e, "phone")
	case ivr.LeftNode:
		c.left(e, c.caller.Leg)
	case ivr.Marked:
		c.marked(e)
	case ivr.Spoke:
		c.progress.speaks(ivr.Lang(e.Value))
		c.file.note(&event.LanguageChosen{Language: e.Value, How: "keyed"})
	case ivr.Agreed:
		c.agreed(e)
	case ivr.Answered:
		c.surveyed(e)
	case ivr.Comment:
		id, _ := event.ParseID(e.Name)
		c.file.note(&event.SurveyAnswered{Question: event.QuestionComment, Comment: id})
	case ivr.Message:
		c.kept(e)
	case ivr.Promised:
		c.progress.came(event.OutcomeCallback)
		c.noted(e)
	case ivr.Played:
		if e.Value != "" { // while waiting it is a pastime, and told without a value
			c.progress.came(event.OutcomeSelfService)
		}
		c.file.note(&event.ClipPlayed{Clip: e.Name, Language: string(e.Lang), Whole: e.Value == "whole"})
	case ivr.Booked, ivr.Requested:
		c.progress.came(event.OutcomeSelfService)
		c.noted(e)
	case ivr.FaultEvent, ivr.Unserved:
		c.log.Warn("flow", "fault", e.Kind, "node", e.Node, "source", e.Name, "error", e.Value)
		c.svc.metrics.faults.WithLabelValues(e.Flow).Inc()
		c.noted(e)
	default:
		c.noted(e)
	}
}

func (c *Call) entered(e ivr.Event, channel string) {
	var facts []event.Body
	if c.progress.enters(e.Flow) {
		facts = append(facts, &event.FlowEntered{Flow: e.Flow, Hash: e.Hash})
	}
	switch e.Where.Kind {
	case "menu", "input", "consent":
		if c.progress.now() == event.StageGreeting {
			c.progress.at(event.StageMenu)
		}
	case "voicemail":
		c.progress.at(event.StageMessage)
	case "survey":
		facts = append(facts, &event.SurveyAsked{Channel: channel})
	}
	c.file.note(append(facts, &event.NodeEntered{Flow: e.Flow, Node: e.Node, Type: e.Where.Kind})...)
}

func (c *Call) left(e ivr.Event, l *Leg) {
	var facts []event.Body
	if e.Keys != "" {
		secret := strings.Contains(e.Keys, "•")
		keyed := &event.Keyed{Node: e.Node, Masked: secret, Count: len([]rune(e.Keys)), Source: l.source()}
		if !secret {
			keyed.Keys = e.Keys
		}
		facts = append(facts, keyed)
	}
	way := e.Way
	if e.HungUp {
		way = "gone"
	}
	c.file.note(append(facts, &event.NodeLeft{Flow: e.Flow, Node: e.Node, Outcome: way, Took: e.Took})...)
}

// marked raises the contact's class at once; a class is never lowered by a flow.
func (c *Call) marked(e ivr.Event) {
	class := event.Class("")
	for name := range strings.FieldsSeq(e.Name) {
		mark, _ := ivr.MarkNamed(name)
		c.progress.mark(ivr.Marks{}.With(mark))
		switch mark {
		case ivr.Private:
			c.tape.hush()
		case ivr.Danger:
			class = event.ClassDanger
		case ivr.Minor:
			if class == "" {
				class = event.ClassMinor
			}
		default:
		}
	}
	if class != "" {
		c.file.note(&event.Classified{Class: class, By: e.Node, Reason: "flow"})
		c.tape.raise(class)
	}
	c.noted(e)
}

func (c *Call) agreed(e ivr.Event) {
	if e.Consent == nil {
		c.noted(e)
		return
	}
	hash, _ := hex.DecodeString(e.Consent.Hash)
	answer := event.ConsentNo
	if e.Value == "agreed" {
		answer = event.ConsentYes
	}
	c.file.note(&event.Consented{
		Purpose: consentPurpose(e.Name), Answer: answer, Basis: event.BasisSelf, Method: "key",
		Text: strings.Join(e.Consent.Prompts, " "), TextHash: hash, Language: string(e.Lang),
		Key: e.Consent.Key.String(), Recording: c.tape.id(), Offset: c.tape.position(),
	})
}

// consentPurpose is the closed list's name for a flow's; a purpose of the flow's own is filed as sensitive data, the
// strictest.
func consentPurpose(name string) event.ConsentPurpose {
	for _, known := range event.ConsentPurposes() {
		if string(known) == name {
			return known
		}
	}
	switch name {
	case "hardship-pledge":
		return event.ConsentCommitment
	case "mediation-recording":
		return event.ConsentMediation
	case "mediation-term":
		return event.ConsentTerm
	}
	return event.ConsentSensitive
}

func (c *Call) surveyed(e ivr.Event) {
	answer, err := strconv.Atoi(e.Value)
	question := event.Question(e.Name)
	if err != nil || (question != event.QuestionScore && question != event.QuestionSolved) {
		c.noted(e)
		return
	}
	c.file.note(&event.SurveyAnswered{Question: question, Answer: answer})
}

// kept files a message that the caller kept, with the promise made for it.
func (c *Call) kept(e ivr.Event) {
	id, err := event.ParseID(e.Name)
	if err != nil {
		c.log.Error("message without a recording", "error", err)
		return
	}
	c.progress.came(event.OutcomeMessage)
	c.file.note(&event.VoicemailKept{Recording: id, Queue: c.line.Number, Promised: e.Due})
	c.file.note(&event.Noted{Node: e.Node, Name: "message_safe", Value: e.Value})
}

func (c *Call) noted(e ivr.Event) {
	name := string(e.Kind)
	if e.Name != "" {
		name += "." + e.Name
	}
	c.file.note(&event.Noted{Node: e.Node, Name: name, Value: e.Value})
}
