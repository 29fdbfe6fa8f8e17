package switchboard

import (
	"context"
	"errors"
	"os"
	"time"

	"hotline/ivr"
	"hotline/media"
	"hotline/sip"
	"hotline/store/event"
)

// Takes are the prompts that staff speak into a telephone. A call to FeatureTake, or to it with the number of a take
// behind, records one.
type Takes interface {
	// File is where the sound of a take is to be written. It is ErrNoTake when nothing is asked for under the number.
	File(ctx context.Context, number string) (path string, err error)
	// Keep files what was spoken. Callers hear it when somebody else has approved it.
	Keep(ctx context.Context, number, extension, path string, length time.Duration) error
}

// ErrNoTake says that nothing is to be recorded under a number.
var ErrNoTake = errors.New("nothing is to be recorded under this number")

// FeatureTake is what staff dial to record a prompt.
const FeatureTake = "*77"

// Limits of a dictation.
const (
	takeTries   = 3                // wrong numbers, and questions without an answer
	takeRounds  = 10               // takes and playbacks
	takeLongest = 90 * time.Second // no prompt needs more
	takeFirst   = 15 * time.Second // until the first key of a number
	takeNext    = 4 * time.Second
)

// dictation is a member of staff recording a prompt over the phone.
type dictation struct {
	*Call
	phone beside
	lang  ivr.Lang
}

// serveTake serves a call to FeatureTake: no contact, and no recording but the prompt's own.
func (s *Service) serveTake(ctx context.Context, d *sip.Dialog, number string) {
	c := newCall(s, d, Line{Number: FeatureTake})
	c.file.journal = nowhere{}
	if s.Takes == nil {
		_ = d.Reject(&sip.StatusError{Status: 404})
		return
	}
	leg, err := c.pickUp()
	if err != nil {
		return
	}
	c.caller, leg.role = callerLeg{leg}, event.RoleStaff
	defer leg.hangUp(ctx, sip.NormalClearing())
	if err := c.answer(ctx); err != nil {
		return
	}
	t := &dictation{Call: c, phone: beside{s, leg}, lang: "zh-CN"}
	if a, ok := s.Office.Agent(d.Origin().Extension); ok && len(a.Languages) > 0 {
		t.lang = ivr.Lang(a.Languages[0])
	}
	if err := t.run(ctx, number); err != nil && ctx.Err() == nil {
		c.log.Error("prompt not recorded", "extension", d.Origin().Extension, "error", err)
	}
}

func (t *dictation) run(ctx context.Context, number string) error {
	number, path, err := t.find(ctx, number)
	if err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept {
			_ = os.Remove(path) // it may never have been made
		}
	}()
	length, err := t.speak(ctx, path)
	if err != nil || length == 0 {
		return err
	}
	if err := t.svc.Takes.Keep(ctx, number, t.dialog.Origin().Extension, path, length); err != nil {
		return err
	}
	kept = true
	_, err = t.say(ctx, "L-TAKE-KEPT")
	return err
}

// find asks for a number until something is to be recorded under it.
func (t *dictation) find(ctx context.Context, number string) (found, path string, err error) {
	for range takeTries {
		if number == "" {
			if number, err = t.askNumber(ctx); err != nil {
				return "", "", err
			}
		}
		path, err = t.svc.Takes.File(ctx, number)
		if !errors.Is(err, ErrNoTake) {
			return number, path, err
		}
		number = ""
		if _, err := t.say(ctx, "L-TAKE-NONE"); err != nil {
			return "", "", err
		}
	}
	return "", "", ErrNoTake
}

func (t *dictation) askNumber(ctx context.Context) (string, error) {
	request := ivr.InputRequest{First: takeFirst, Next: takeNext, Max: 6, Stop: ivr.KeyEnd.String()}
	key, err := t.say(ctx, "L-TAKE-NO")
	if err != nil {
		return "", err
	}
	if key.Valid() {
		request.Typed = key.String()
	}
	in, err := t.phone.Input(ctx, request)
	return in.Keys, err
}

// speak records until the speaker keeps a take; its length is zero when none is kept.
func (t *dictation) speak(ctx context.Context, path string) (time.Duration, error) {
	again, length, tries := true, time.Duration(0), 0
	for range takeRounds {
		var err error
		if again {
			if length, err = t.take(ctx, path); err != nil {
				return 0, err
			}
		}
		key, err := t.judge(ctx, path)
		if err != nil {
			return 0, err
		}
		again = key == '2'
		switch key {
		case '1':
			return length, nil
		case '2', '3':
		default:
			if tries++; tries >= takeTries {
				return 0, nil
			}
		}
	}
	return 0, nil
}

// take records one attempt in place of an earlier one.
func (t *dictation) take(ctx context.Context, path string) (time.Duration, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, err
	}
	if _, err := t.say(ctx, "L-TAKE-SPEAK"); err != nil {
		return 0, err
	}
	beep := media.Playlist{Prompts: []*media.Prompt{t.svc.Prompts.Tone("beep")}}
	if err := t.caller.audio.Play(ctx, beep); err != nil {
		return 0, playError(ctx, err)
	}
	t.caller.dropKeys()
	recorder, err := t.svc.Media.Record(media.RecordOptions{Path: path, Channels: 1})
	if err != nil {
		return 0, err
	}
	err = recorder.Attach(t.caller.audio, callerChannel)
	if err == nil {
		err = t.listen(ctx, ivr.RecordRequest{Limit: takeLongest, Stop: "#"})
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealing)
	defer cancel()
	made, closeErr := recorder.Close(closing)
	return made.Duration, errors.Join(err, closeErr)
}

// judge plays the attempt back and asks what to do with it: 1 keep, 2 again, 3 hear.
func (t *dictation) judge(ctx context.Context, path string) (ivr.Key, error) {
	sound, err := os.ReadFile(path)
	if err != nil {
		return ivr.NoKey, err
	}
	prompt, err := media.LoadPrompt(sound)
	if err != nil {
		return ivr.NoKey, err
	}
	key, err := t.caller.play(ctx, media.Playlist{Prompts: []*media.Prompt{prompt}}, ivr.Saying{})
	if err != nil || key.Valid() {
		return key, err
	}
	if key, err = t.say(ctx, "L-TAKE-KEEP"); err != nil || key.Valid() {
		return key, err
	}
	return t.caller.nextKey(ctx, takeFirst)
}

// say says a prompt; the speaker may cut it short.
func (t *dictation) say(ctx context.Context, id string) (ivr.Key, error) {
	words, err := t.svc.Flows.Edition().Saying(t.lang, nil, id)
	if err != nil {
		return ivr.NoKey, err
	}
	return t.phone.Say(ctx, words)
}
