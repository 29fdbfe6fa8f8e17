package switchboard

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"hotline/acd"
	"hotline/ivr"
	"hotline/media/sdp"
	"hotline/sip"
)

// serveDeed serves a code that a member of staff dialled: it is done, and what is so from now on is said.
func (s *Service) serveDeed(ctx context.Context, d *sip.Dialog, deed Deed, digit string) {
	c := newCall(s, d, Line{Number: d.Called()})
	c.file.journal = nowhere{}
	leg, err := c.pickUp()
	if err != nil {
		return
	}
	extension := d.Origin().Extension
	leg.lit(&s.lamps, extension)
	defer s.inUse(extension)() // nobody is rung while listening
	defer leg.hangUp(ctx, sip.NormalClearing())
	body := leg.pending
	if d.Offer() == nil {
		body = leg.terms.Offer(sdp.SendRecv)
	}
	leg.serve()
	answer, err := d.Answer(ctx, body)
	if err == nil && d.Offer() == nil {
		err = leg.TakeAnswer(answer)
	}
	if err != nil {
		return
	}
	words := s.do(extension, deed, breakReasons[digit])
	s.Log.Info("code dialled", "agent", extension, "deed", deed, "words", words)
	saying := ivr.Saying{}
	lang := cmp.Or(c.languageOf(acd.AgentID(extension)), houseLang)
	for _, id := range words {
		saying.Parts = append(saying.Parts, ivr.Part{Lang: lang, ID: id})
	}
	list, err := s.Prompts.playlist(saying)
	if err == nil {
		_, err = leg.play(ctx, list, saying)
	}
	if err != nil && ctx.Err() == nil {
		s.Log.Error("confirmation not said", "agent", extension, "error", err)
	}
}

// houseLang is what staff hear of whom no language is known.
const houseLang = ivr.Lang("zh-CN")

// CodeWords lists the prompts that codes are answered by.
func CodeWords() []string {
	words := []string{
		"D-NO-SEAT", "D-SIGNED-IN", "D-SIGNED-OUT", "D-AFTER-CALL", "D-NO-CODE", "D-NOT-HERE", "D-HELP-COMES", "D-DANGER-OVER",
		"D-SUPERVISOR", "D-REDIAL", "D-REDIAL-NO", "D-REDIAL-YES", "D-DIALLING", "D-NOT-REACHED", "D-TOGETHER", "D-WARNED-1", "D-WARNED-2", "D-PROTECTED",
		"D-NOT-WARNED", "D-LOCKED", "D-UNLOCKED", "D-OVERHEARD", "D-NOT-OVERHEARD", "D-REC-PAUSED", "D-REC-ON", "D-NOT-RECORDED",
	}
	for _, id := range stateWords {
		words = append(words, id)
	}
	for _, why := range breakReasons {
		words = append(words, why.phrase)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// What is said of the states, and of deeds that are not done at once.
var stateWords = map[acd.State]string{ // table
	acd.Offline: "D-OFFLINE", acd.Ready: "D-READY", acd.Reserved: "D-READY", acd.Busy: "D-IN-CALL", acd.WrapUp: "D-WRAP", acd.Break: "D-BREAK",
}

// do does what was dialled and returns the prompts that say what is so now.
func (s *Service) do(extension string, deed Deed, why breakReason) []string {
	id := acd.AgentID(extension)
	agent, works := s.Office.Agent(extension)
	if !works {
		return []string{"D-NO-SEAT"}
	}
	before := s.stateOf(id)
	if before == acd.Offline && deed != DeedSignIn {
		return []string{"D-OFFLINE"}
	}
	var err error
	said := ""
	switch deed {
	case DeedSignIn:
		if err = s.Router.SignIn(agent); errors.Is(err, acd.ErrSignedIn) {
			err = nil
		}
		said = "D-SIGNED-IN"
	case DeedSignOut:
		err, said = s.Router.SignOut(id), "D-SIGNED-OUT"
	case DeedReady:
		err = s.Router.Ready(id)
	case DeedBreak:
		err, said = s.Router.Break(id, why.name), "D-BREAK"
	case DeedWrap:
		err = s.Router.EndWrap(id)
	default: // to hear how things stand
	}
	now := s.stateOf(id)
	switch {
	case err != nil:
		s.Log.Error("code not done", "agent", extension, "deed", deed, "error", err)
		return []string{stateWords[now]}
	case now == acd.Busy && (deed == DeedSignOut || deed == DeedBreak):
		return []string{"D-AFTER-CALL"}
	case said == "D-BREAK":
		return []string{said, why.phrase}
	case said != "":
		return []string{said}
	}
	return []string{stateWords[now]}
}

// stateOf is what somebody is doing.
func (s *Service) stateOf(id acd.AgentID) acd.State {
	for _, a := range s.Router.Snapshot().Agents {
		if a.ID == id {
			return a.State
		}
	}
	return acd.Offline
}
