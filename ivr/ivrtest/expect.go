package ivrtest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hotline/ivr"
	"hotline/ivr/source"
)

// expectation looks back at what happened so far.
type expectation struct {
	form  string
	least int
	holds func(s *stage, args []string) error
}

// expectations are what a script may expect, by the first word.
var expectations = map[string]expectation{ // table
	"queue":    {"queue NAME [protected] [priority N] [prefer COUNSELOR] [private]", 1, expectQueue},
	"duty":     {"duty ROSTER [protected]", 1, expectDuty},
	"language": {"language LANG", 1, func(s *stage, a []string) error { return same("the language", s.lang(), a[0]) }},
	"mark":     {"mark NAME", 1, func(s *stage, a []string) error { return s.marked(a[0], true) }},
	"outcome":  {"outcome NAME", 1, func(s *stage, a []string) error { return same("the outcome", s.outcome(), a[0]) }},
	"variable": {"variable NAME VALUE", 2, func(s *stage, a []string) error { return same(a[0], s.variable(a[0]), a[1]) }},
	"message":  {`message [by "2026-11-24 12:00"] [neutral]`, 0, expectMessage},
	"survey":   {"survey NAME VALUE", 2, func(s *stage, a []string) error { return s.event(ivr.Answered, a[0], a[1]) }},
	"tap":      {"tap VALUE", 1, func(s *stage, a []string) error { return s.event(ivr.Tapped, "", a[0]) }},
	"consent":  {"consent PURPOSE VALUE", 2, func(s *stage, a []string) error { return s.event(ivr.Agreed, a[0], a[1]) }},
	"callback": {"callback [number N] [neutral]", 0, expectCallback},
	"request":  {"request KIND", 1, func(s *stage, a []string) error { return s.event(ivr.Requested, a[0], "") }},
	"booking":  {"booking KIND", 1, func(s *stage, a []string) error { return s.event(ivr.Booked, a[0], "") }},
	"clip":     {"clip ID", 1, func(s *stage, a []string) error { return s.event(ivr.Played, a[0], "") }},
	"fault":    {"fault", 0, func(s *stage, _ []string) error { return s.event(ivr.FaultEvent, "", "") }},
	"heard":    {"heard PROMPT...", 1, expectHeard},
	"node":     {"node FLOW/NAME", 1, expectNode},
}

func checkExpect(args []string) error {
	if args[0] == "no" {
		if len(args) < 2 || args[1] != "recording" && expectations[args[1]].holds == nil {
			return fmt.Errorf("it is written: expect no recording | mark NAME | message | heard PROMPT and the like")
		}
		return nil
	}
	e, ok := expectations[args[0]]
	if !ok {
		hint := source.Suggest(args[0], slices.Collect(maps.Keys(expectations)))
		return fmt.Errorf("unknown thing %q; %s", args[0], hint)
	}
	if len(args)-1 < e.least {
		return fmt.Errorf("it is written: expect %s", e.form)
	}
	return nil
}

func (s *stage) expect(args []string) error {
	if args[0] == "no" {
		return expectNo(s, args[1:])
	}
	return expectations[args[0]].holds(s, args[1:])
}

func same(what, got, want string) error {
	if got != want {
		return fmt.Errorf("%s is %q", what, got)
	}
	return nil
}

// lang is the language of the last event.
func (s *stage) lang() string {
	if n := len(s.report.Events); n > 0 {
		return string(s.report.Events[n-1].Lang)
	}
	return ""
}

func (s *stage) outcome() string {
	if ended := s.report.Find(ivr.FlowEnded); len(ended) > 0 {
		return ended[len(ended)-1].Value
	}
	if s.report.Transcript != nil && slices.Contains(s.report.Transcript, "hangup") {
		return "left"
	}
	return ""
}

func (s *stage) marked(name string, want bool) error {
	has := false
	for _, e := range s.report.Find(ivr.Marked) {
		has = has || slices.Contains(strings.Fields(e.Name), name)
	}
	if has != want {
		return fmt.Errorf("the call is marked: %v", has)
	}
	return nil
}

func (s *stage) variable(name string) string {
	for _, e := range slices.Backward(s.report.Find(ivr.Assigned)) {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}

// event wants an event of a kind; an empty name or value is any.
func (s *stage) event(kind ivr.EventKind, name, value string) error {
	var seen []string
	for _, e := range s.report.Find(kind) {
		if (name == "" || e.Name == name) && (value == "" || e.Value == value) {
			return nil
		}
		seen = append(seen, strings.TrimSpace(e.Name+" "+e.Value))
	}
	return fmt.Errorf("what happened: %q", seen)
}

func expectQueue(s *stage, args []string) error {
	n := len(s.report.Queues)
	if n == 0 {
		return fmt.Errorf("the caller was in no queue")
	}
	q := s.report.Queues[n-1]
	if q.Queue != args[0] {
		return fmt.Errorf("the queue is %q", q.Queue)
	}
	for i := 1; i < len(args); i++ {
		switch args[i] {
		case "protected":
			if !q.Marks.Protected() || q.Limit > 0 {
				return fmt.Errorf("the caller is not protected")
			}
		case "priority":
			if i++; i >= len(args) || args[i] != strconv.Itoa(q.Priority) {
				return fmt.Errorf("the priority is %d", q.Priority)
			}
		case "prefer":
			if i++; i >= len(args) || args[i] != q.Prefer {
				return fmt.Errorf("the counselor rung first is %q", q.Prefer)
			}
		case "private":
			if !q.Marks.Has(ivr.Private) {
				return fmt.Errorf("the call is recorded")
			}
		default:
			return fmt.Errorf("unknown word %q", args[i])
		}
	}
	return nil
}

func expectDuty(s *stage, args []string) error {
	n := len(s.report.Duties)
	if n == 0 || s.report.Duties[n-1].Roster != args[0] {
		return fmt.Errorf("no such roster was rung")
	}
	if len(args) > 1 && args[1] == "protected" && !s.report.Duties[n-1].Marks.Protected() {
		return fmt.Errorf("the caller is not protected")
	}
	return nil
}

func expectMessage(s *stage, args []string) error {
	p, err := pairs(args, "neutral")
	if err != nil {
		return err
	}
	kept := s.report.Find(ivr.Message)
	if len(kept) == 0 {
		return fmt.Errorf("no message was kept")
	}
	m := kept[len(kept)-1]
	if by := p["by"]; by != "" && m.Due.Format("2006-01-02 15:04") != by {
		return fmt.Errorf("it is promised by %s", m.Due.Format("2006-01-02 15:04"))
	}
	if (p["neutral"] != "") != (m.Value == "neutral") {
		return fmt.Errorf("the way to call back is %q", m.Value)
	}
	return nil
}

func expectCallback(s *stage, args []string) error {
	p, err := pairs(args, "neutral")
	if err != nil {
		return err
	}
	all := s.world.Filed.Callbacks
	if len(all) == 0 {
		return fmt.Errorf("no callback was promised")
	}
	c := all[len(all)-1]
	if p["number"] != "" && p["number"] != c.Number {
		return fmt.Errorf("the number is another")
	}
	if (p["neutral"] != "") != c.Neutral {
		return fmt.Errorf("neutral is %v", c.Neutral)
	}
	return nil
}

func expectHeard(s *stage, args []string) error {
	for _, id := range args {
		if s.report.heardIDs[id] == 0 {
			return fmt.Errorf("%s was not heard", id)
		}
	}
	return nil
}

func expectNode(s *stage, args []string) error {
	if !s.report.Nodes[args[0]] {
		return fmt.Errorf("the node was not visited")
	}
	return nil
}

// expectNo wants the contrary of another expectation, or no audio at all.
func expectNo(s *stage, args []string) error {
	if args[0] == "recording" {
		if s.report.recordings > 0 {
			return fmt.Errorf("%d were made", s.report.recordings)
		}
		return nil
	}
	e := expectations[args[0]]
	rest := args[1:]
	for len(rest) < e.least {
		rest = append(rest, "")
	}
	if err := e.holds(s, rest); err == nil {
		return fmt.Errorf("it happened")
	}
	return nil
}
