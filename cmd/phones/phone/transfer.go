package phone

import (
	"context"
	"errors"
	"sync"
	"time"

	"hotline/media/sdp"
	"hotline/sip"
)

// Transfer hands the other side to another number: at once, or after a talk with that number while the other side is on
// hold. It ends when the transfer is reported done, or refused: then the talk goes on.
type Transfer struct {
	To string
	// Consult is how long to talk with the number first; 0 for not at all.
	Consult time.Duration
	// Leave hangs up as soon as the wish is taken, as many phones do.
	Leave bool
	// Swap asks on the call with the number, to take the place of the other, instead of the other way round.
	Swap bool
}

func (t Transfer) do(ctx context.Context, l *line) error {
	wish := sip.Transfer{To: "sip:" + t.To + "@" + l.Server, Credentials: l.credentials()}
	if t.Consult > 0 {
		if err := Hold(true).do(ctx, l); err != nil {
			return err
		}
		second, err := l.dial(ctx, t.To)
		if err != nil {
			return err
		}
		silent := make(chan struct{})
		go func() {
			defer close(silent)
			second.sound(second.dialog.Context())
		}()
		defer func() {
			_ = second.dialog.Hangup(context.WithoutCancel(ctx), sip.NormalClearing())
			_ = second.audio.Close()
			<-silent
		}()
		if err := Wait(t.Consult).do(ctx, l); err != nil {
			return err
		}
		wish.Replaces = second.dialog
		if t.Swap {
			wish.Replaces = l.dialog
			return t.ask(ctx, second, wish)
		}
	}
	return t.ask(ctx, l, wish)
}

// ask asks for the transfer and waits for its end.
func (t Transfer) ask(ctx context.Context, l *line, wish sip.Transfer) error {
	if t.Leave {
		leave := sync.OnceFunc(func() { go func() { _ = l.dialog.Hangup(context.WithoutCancel(ctx), sip.NormalClearing()) }() })
		wish.Progress = func(int) { leave() }
	}
	err := l.dialog.Transfer(ctx, wish)
	var refused *sip.StatusError
	if errors.As(err, &refused) {
		l.Log.Warn("transfer refused", "status", refused.Status)
		return nil // the person is still there
	}
	return err
}

// String is the step as written.
func (t Transfer) String() string {
	if t.Consult > 0 {
		return "attend " + t.To
	}
	return "transfer " + t.To
}

// consulting is how long a phone talks with whom it hands a call to.
const consulting = time.Second

// dial places a call beside the one that goes on.
func (p *Phone) dial(ctx context.Context, number string) (*line, error) {
	audio, err := p.audio.Open(nil)
	if err != nil {
		return nil, err
	}
	l := &line{Phone: p, audio: audio, terms: sdp.NewExchange(audio.Local())}
	l.dialog, err = p.ua.Invite(ctx, sip.Invite{
		To: sip.URI("sip:" + number + "@" + p.Server), Offer: l.terms.Offer(sdp.SendRecv),
		From: sip.Caller{Number: p.Number, Anonymous: p.Number == ""}, Credentials: p.credentials(),
	})
	if err != nil {
		return nil, errors.Join(err, audio.Close())
	}
	if err := l.TakeAnswer(l.dialog.Answered()); err != nil {
		return nil, errors.Join(err, l.dialog.Hangup(ctx, sip.NormalClearing()), audio.Close())
	}
	l.dialog.Serve(l)
	return l, nil
}
