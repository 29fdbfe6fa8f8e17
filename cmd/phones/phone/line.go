package phone

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"hotline/media"
	"hotline/media/sdp"
	"hotline/sip"
)

// line is one call of a phone.
type line struct {
	*Phone
	dialog *sip.Dialog
	audio  *media.Session
	terms  *sdp.Exchange
}

// AnswerOffer implements sip.Negotiator.
func (l *line) AnswerOffer(offer []byte) ([]byte, error) {
	answer, agreed, err := l.terms.Answer(offer)
	if err != nil {
		return nil, err
	}
	return answer, l.audio.Apply(agreed)
}

// MakeOffer implements sip.Negotiator.
func (l *line) MakeOffer() ([]byte, error) { return l.terms.Offer(sdp.SendRecv), nil }

// TakeAnswer implements sip.Negotiator.
func (l *line) TakeAnswer(answer []byte) error {
	agreed, err := l.terms.Take(answer)
	if err != nil {
		return err
	}
	return l.audio.Apply(agreed)
}

// answer rings for as long as it should and takes the call.
func (l *line) answer(ctx context.Context) error {
	if err := l.dialog.Ring(); err != nil {
		return err
	}
	timer := time.NewTimer(l.Answering.After)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
	}
	body, err := l.MakeOffer()
	offered := l.dialog.Offer() != nil
	if offered {
		body, err = l.AnswerOffer(l.dialog.Offer())
	}
	if err != nil {
		return errors.Join(err, l.dialog.Reject(&sip.StatusError{Status: 488}))
	}
	answer, err := l.dialog.Answer(ctx, body)
	if err == nil && !offered {
		err = l.TakeAnswer(answer)
	}
	return err
}

// talk follows the script, talking with the tone meanwhile, and hangs up.
func (l *line) talk(ctx context.Context, s Script) Report {
	l.dialog.Serve(l)
	if l.Answering.Mute {
		_ = l.audio.Close()
	}
	report := Report{Answered: time.Now(), Status: 200}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	gone := context.AfterFunc(l.dialog.Context(), func() { end(context.Cause(l.dialog.Context())) })
	defer gone()
	tape := l.record(&report)
	sounding := make(chan struct{})
	go func() {
		defer close(sounding)
		l.sound(ctx)
	}()
	for _, step := range s {
		if err := step.do(ctx, l); err != nil {
			break
		}
	}
	report.Ending = "hung up"
	if ctx.Err() != nil {
		report.Ending = context.Cause(ctx).Error()
	}
	end(nil)
	<-sounding
	l.hangUp(&report, tape)
	return report
}

func (l *line) hangUp(report *Report, tape *media.Recorder) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.dialog.Context()), 5*time.Second)
	defer cancel()
	_ = l.dialog.Hangup(ctx, sip.NormalClearing())
	report.Ended = time.Now()
	if tape != nil {
		if done, err := tape.Close(ctx); err == nil {
			report.File = done.Path
		}
	}
	_ = l.audio.Close()
	var keys strings.Builder
	for k := range l.audio.Keys() {
		keys.WriteByte(k.Digit)
	}
	report.Keys, report.Stats = keys.String(), l.audio.Stats()
}

// sound talks with the phone's tone until the context ends; pressing keys interrupts it.
func (l *line) sound(ctx context.Context) {
	if l.Tone == 0 {
		return
	}
	list := media.Playlist{Prompts: []*media.Prompt{media.Tone(l.Tone, -10, time.Second)}, Loop: true}
	for ctx.Err() == nil {
		if err := l.audio.Play(ctx, list); err != nil && !errors.Is(err, media.ErrStopped) {
			return
		}
	}
}

func (l *line) record(r *Report) *media.Recorder {
	if l.Answering.Record == "" {
		return nil
	}
	name := r.Answered.UTC().Format("150405.000000000") + ".wav"
	tape, err := l.Phone.audio.Record(media.RecordOptions{Path: filepath.Join(l.Answering.Record, name), Channels: 1})
	if err != nil {
		l.Log.Error("not recorded", "error", err)
		return nil
	}
	if err := tape.Attach(l.audio, 0); err != nil {
		l.Log.Error("not recorded", "error", err)
	}
	return tape
}
