package switchboard

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hotline/media"
	"hotline/media/sdp"
	"hotline/sip"
	"hotline/store/event"
)

// Leg is a dialog with its audio: one side of a call. It answers the peer's offers (sip.Negotiator).
type Leg struct {
	number  int // within the contact, from 1
	role    event.Role
	file    *file
	dialog  *sip.Dialog
	audio   *media.Session
	terms   *sdp.Exchange
	pending []byte        // our answer to the first offer, until it is sent
	way     atomic.Uint32 // media.Way of the latest key
	lamp    func()        // puts out the lamp of its extension; nil for none

	mu     sync.Mutex // offers come on the dialog's goroutine
	agreed sdp.Params
	since  time.Time     // of the hold that goes on
	held   time.Duration // all holds that are over
}

// no is the leg's number; 0 is nobody's.
func (l *Leg) no() int {
	if l == nil {
		return 0
	}
	return l.number
}

// openLeg lends a media session near another one, or anywhere.
func (s *Service) openLeg(f *file, role event.Role, near *media.Session) (*Leg, error) {
	audio, err := s.Media.Open(near)
	if err != nil {
		return nil, err
	}
	return &Leg{number: f.nextLeg(), role: role, file: f, audio: audio, terms: sdp.NewExchange(audio.Local())}, nil
}

// pickUp prepares the answer to the caller's INVITE, or refuses it.
func (c *Call) pickUp() (*Leg, error) {
	leg, err := c.svc.openLeg(c.file, event.RoleCaller, nil)
	if err != nil {
		_ = c.dialog.Reject(&sip.StatusError{Status: 503, RetryAfter: c.svc.Retry})
		c.svc.metrics.refused.WithLabelValues("no_media").Inc()
		return nil, err
	}
	leg.dialog = c.dialog
	leg.expect(c.dialog.Origin().Trunk != "", c.dialog.Remote().Addr())
	if c.dialog.Offer() == nil {
		return leg, nil
	}
	leg.pending, err = leg.AnswerOffer(c.dialog.Offer())
	if err != nil {
		_ = leg.audio.Close()
		_, text := sdp.Warning(err)
		_ = c.dialog.Reject(&sip.StatusError{Status: 488, Warning: text})
		c.svc.metrics.refused.WithLabelValues("no_codec").Inc()
		return nil, err
	}
	return leg, nil
}

// expect says where the peer's audio may come from: a trunk sends from where it said, a phone may sit behind a NAT.
func (l *Leg) expect(trunk bool, signalling netip.Addr) {
	l.audio.Pin(trunk)
	if !trunk {
		l.audio.Expect(signalling)
	}
}

// answer takes the call: 200, until the caller's phone has acknowledged it.
func (c *Call) answer(ctx context.Context) error {
	leg := c.caller.Leg
	c.file.legAdded(leg, event.DirectionIn, c.dialog.Origin())
	leg.serve()
	c.dialog.OnInfo(leg.info)
	body := leg.pending
	if c.dialog.Offer() == nil {
		body = leg.terms.Offer(sdp.SendRecv)
	}
	answer, err := c.dialog.Answer(ctx, body)
	if err == nil && c.dialog.Offer() == nil {
		err = leg.TakeAnswer(answer)
	}
	if err != nil {
		return err
	}
	c.file.legAnswered(leg)
	return nil
}

// serve takes the peer's offers from now on; what goes wrong with them is told in the call's log.
func (l *Leg) serve() {
	l.dialog.Log(l.file.log)
	l.dialog.Serve(l)
}

// AnswerOffer answers the peer's offer: the first, a hold, a moved address, another codec (RFC 3264).
func (l *Leg) AnswerOffer(offer []byte) ([]byte, error) {
	answer, agreed, err := l.terms.Answer(offer)
	if err != nil {
		return nil, err
	}
	return answer, l.apply(agreed)
}

// MakeOffer makes our offer for a re-INVITE that has none.
func (l *Leg) MakeOffer() ([]byte, error) { return l.terms.Offer(sdp.SendRecv), nil }

// TakeAnswer takes the answer to an offer of ours.
func (l *Leg) TakeAnswer(answer []byte) error {
	agreed, err := l.terms.Take(answer)
	if err != nil {
		return err
	}
	return l.apply(agreed)
}

func (l *Leg) apply(agreed sdp.Params) error {
	if err := l.audio.Apply(agreed); err != nil {
		return err
	}
	l.mu.Lock()
	was := l.agreed.Held()
	l.agreed = agreed
	var fact event.Body
	switch now := agreed.Held(); {
	case now && !was:
		l.since = time.Now()
		fact = &event.Held{Leg: l.number, By: l.party()}
	case was && !now:
		held := time.Since(l.since)
		l.held += held
		fact = &event.Resumed{Leg: l.number, Held: held}
	}
	l.mu.Unlock()
	if fact != nil {
		l.file.note(fact)
	}
	return nil
}

// heldFor is how long the peer has kept the other side on hold.
func (l *Leg) heldFor() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.agreed.Held() {
		return l.held + time.Since(l.since)
	}
	return l.held
}

// codec is the law agreed on.
func (l *Leg) codec() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.agreed.Codec.String()
}

// info takes digits told by SIP INFO: the two body types in use, "Signal=5" and a bare "5".
func (l *Leg) info(contentType string, body []byte) error {
	kind, _, _ := strings.Cut(contentType, ";")
	text := strings.TrimSpace(string(body))
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "application/dtmf-relay":
		for line := range strings.Lines(text) {
			name, value, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(name), "signal") {
				text = strings.TrimSpace(value)
			}
		}
	case "application/dtmf":
	default:
		return errors.New("no digits in this body")
	}
	if digit, ok := infoDigit(text); ok {
		l.audio.Press(digit)
	}
	return nil
}

// infoDigit understands a key as printed, or by the event number some phones send (10 is *, 11 is #).
func infoDigit(text string) (byte, bool) {
	switch {
	case text == "10":
		return '*', true
	case text == "11":
		return '#', true
	case len(text) == 1 && strings.Contains("0123456789*#ABCDabcd", text):
		return strings.ToUpper(text)[0], true
	}
	return 0, false
}

func (l *Leg) party() event.Party {
	if l.role == event.RoleCaller {
		return event.PartyCaller
	}
	return event.PartyStaff
}

// hangUp ends the leg's dialog, if it has one, and its audio, and files how it went.
func (l *Leg) hangUp(ctx context.Context, r sip.Reason) {
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if l.dialog != nil {
		_ = l.dialog.Hangup(bye, r) // a peer that does not answer BYE is gone, too
	}
	_ = l.audio.Close()
	l.dark()
	l.file.legEnded(l)
}

// goodbye is how long a peer may take to answer BYE before we let go.
const goodbye = 2 * time.Second
