package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hotline/ivr"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/store"
)

// tell prints the story of one filed call, from the facts in the database, and checks it.
func (t *tour) tell(ctx context.Context, c told) error {
	facts, err := t.program.storage.db.ContactEvents(ctx, c.contact.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.Stdout, "\n%s\n", c.title)
	s := story{words: t.program.floor.flows.Edition(), began: c.contact.Times.Started}
	for _, l := range s.lines(facts) {
		fmt.Fprintf(t.Stdout, "  %5.1fs  %s\n", l.at.Sub(s.began).Seconds(), l.text)
	}
	fmt.Fprintf(t.Stdout, "   filed  contact %s, case %s, caller %s, outcome %s\n", c.contact.No, c.contact.CaseNo, c.contact.Caller, c.contact.End.Outcome)
	faults := []error{t.recordings(ctx, c)}
	if c.contact.End.Outcome != c.outcome || c.contact.CaseNo == "" {
		faults = append(faults, fmt.Errorf("%s: filed as %s, expected %s", c.title, c.contact.End.Outcome, c.outcome))
	}
	return errors.Join(faults...)
}

// recordings names a call's recordings and checks that each side's tone is in its own channel.
func (t *tour) recordings(ctx context.Context, c told) error {
	files, err := t.program.storage.db.RecordingsOf(ctx, c.contact.ID)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: there is no recording", c.title)
	}
	path := t.config.path("recordings", files[0].Path)
	f, err := wav.Read(path)
	if err != nil {
		return fmt.Errorf("%s: %w", c.title, err)
	}
	fmt.Fprintf(t.Stdout, "recorded  %s (%.1f s, sha256 %s…)\n", path, f.Duration().Seconds(), hex.EncodeToString(files[0].File.SHA256)[:12])
	left, right := tone.In(f, 0, callerTone), tone.In(f, 1, counselorTone)
	leak := max(tone.In(f, 0, counselorTone), tone.In(f, 1, callerTone))
	fmt.Fprintf(t.Stdout, "   heard  caller on the left %.0f dBm0, counselor on the right %.0f dBm0, the other's voice at most %.0f dBm0\n", left, right, leak)
	if left < -30 || leak > -50 || (c.talked && right < -35) {
		return fmt.Errorf("%s: the voices are not each in its own channel", c.title)
	}
	return nil
}

// story turns facts into sentences.
type story struct {
	words *ivr.Edition
	began time.Time
}

// fact has the fields of all kinds that a sentence needs.
type fact struct {
	Prompt, Language, Keys, Queue, Extension, Why, By, Outcome, Question, Line string
	Complete                                                                   bool
	Place, Answer                                                              int
	Played                                                                     int64 `json:"played_ms"`
}

// line is one sentence, and when what it tells began.
type line struct {
	at   time.Time
	text string
}

// lines tells all facts in the order in which they began: words are filed when their last was said.
func (s *story) lines(facts []store.ContactEvent) []line {
	var all []line
	for _, f := range facts {
		var d fact
		if err := json.Unmarshal(f.Data, &d); err != nil {
			continue
		}
		if text := s.sentence(f.Kind, d); text != "" {
			all = append(all, line{f.At.Add(-time.Duration(d.Played) * time.Millisecond), text})
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.at.Compare(b.at) })
	return all
}

func (s *story) sentence(kind string, d fact) string {
	switch kind {
	case "contact_opened":
		return "answered on line " + d.Line
	case "prompted":
		return s.heard(d)
	case "keyed":
		return "pressed " + d.Keys
	case "language_chosen":
		return "goes on in " + d.Language
	case "enqueued":
		return fmt.Sprintf("waits in queue %s, place %d", d.Queue, d.Place)
	case "offered":
		return "the phone of " + d.Extension + " rings"
	case "offer_ended":
		if d.Why != "accepted" {
			return "it stops ringing: " + strings.ReplaceAll(d.Why, "_", " ")
		}
	case "connected":
		return "talks with " + d.Extension
	case "talk_ended":
		return "the talk is ended by " + d.By
	case "survey_answered":
		return fmt.Sprintf("answers the survey, %s: %d", d.Question, d.Answer)
	case "contact_closed":
		return "the call is over, ended by " + d.By
	}
	return ""
}

// heard is what was played, in its words, cut to a line.
func (s *story) heard(d fact) string {
	prompt, ok := s.words.Prompts().Prompt(d.Prompt)
	if !ok {
		return ""
	}
	words := []rune(prompt.Text(ivr.Lang(d.Language)))
	if len(words) > 36 {
		words = append(words[:35], '…')
	}
	cut := ""
	if !d.Complete {
		cut = " (cut short)"
	}
	return fmt.Sprintf("heard %s: %s%s", d.Prompt, string(words), cut)
}
