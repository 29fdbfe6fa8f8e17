package switchboard

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hotline/acd"
	"hotline/ivr"
	"hotline/sip"
	"hotline/store/event"
)

// The reasons for which an abusive caller cannot be warned or sent away.
var (
	// ErrProtected means a child, or somebody in danger: never sent away.
	ErrProtected = errors.New("a child, or somebody in danger, is not sent away")
	// ErrNotWarned means a caller who has not been warned twice.
	ErrNotWarned = errors.New("not warned twice")
	// ErrWarning means that a warning is being said.
	ErrWarning = errors.New("a warning is being said")
)

// AbuseReason is why a call was ended by rule.
type AbuseReason string

// The reasons.
const (
	AbuseInsults    AbuseReason = "insults"
	AbuseHarassment AbuseReason = "harassment"
	AbusePrank      AbuseReason = "prank"
)

// abuseReasons are the reasons by the digit after the code; "" is that of the code alone.
var abuseReasons = map[string]AbuseReason{"": AbuseInsults, "1": AbuseInsults, "2": AbuseHarassment, "3": AbusePrank} // table

// warnings are those that one caller heard.
type warnings struct {
	mu     sync.Mutex
	heard  int
	saying bool
	ended  bool
}

// adult is a caller of whom nothing says that it is a child or somebody in danger. Only grown makes one.
type adult struct{ is bool }

// verdict is the leave to send an abusive caller away. Only warnings.verdict gives one.
type verdict struct{ given bool }

// grown tells whether the caller is one who may be warned and sent away: nobody of a minors line, no child and nobody in danger,
// as far as is known at this moment.
func (c *Call) grown() (adult, error) {
	if c.protected() || c.grip.holds() {
		return adult{}, ErrProtected
	}
	return adult{true}, nil
}

// begin begins a warning and returns its number, 1 or 2.
func (w *warnings) begin(a adult) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !a.is:
		return 0, ErrProtected
	case w.saying:
		return 0, ErrWarning
	}
	w.saying = true
	return min(w.heard+1, enough), nil
}

// said ends a warning: it counts when it was said to its end.
func (w *warnings) said(whole bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.saying = false
	if whole {
		w.heard++
	}
}

// verdict gives leave to send the caller away, after two warnings.
func (w *warnings) verdict(a adult) (verdict, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !a.is:
		return verdict{}, ErrProtected
	case w.heard < enough:
		return verdict{}, ErrNotWarned
	}
	return verdict{true}, nil
}

// carriedOut notes that the caller was sent away.
func (w *warnings) carriedOut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}

func (w *warnings) sentAway() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

// enough warnings come before a call is ended.
const enough = 2

// Warn says the first or second warning to the abusive caller of a contact, in the caller's language, and returns its number
// when it has been said. It returns ErrNoTalk, ErrPrivate, ErrProtected for children and callers in danger, and ErrWarning.
func (s *Service) Warn(ctx context.Context, by acd.AgentID, contact acd.ContactID) (n int, err error) {
	o, err := s.talks.find(contact)
	if err != nil {
		return 0, fmt.Errorf("warn: %w", err)
	}
	c := o.call
	grown, err := c.grown()
	if err == nil {
		n, err = c.warnings.begin(grown)
	}
	if err != nil {
		return 0, fmt.Errorf("warn: %w", err)
	}
	err = c.tellCaller(ctx, o, [...]string{"A-WARN1", "A-WARN2"}[n-1])
	c.warnings.said(err == nil)
	if err != nil {
		return 0, fmt.Errorf("warn: %w", err)
	}
	c.file.note(&event.Noted{Name: "abuse.warned", Value: fmt.Sprintf("%d by %s", n, by)})
	return n, nil
}

// EndAbuse ends the call of a contact by rule: the caller was warned twice, is told, and is sent away. It returns ErrNoTalk,
// ErrPrivate, ErrNotWarned, and ErrProtected for children and callers in danger, also when that is found out while the caller
// is told.
func (s *Service) EndAbuse(ctx context.Context, by acd.AgentID, contact acd.ContactID, why AbuseReason) error {
	o, err := s.talks.find(contact)
	if err == nil {
		err = o.call.sendAway(ctx, o, by, why)
	}
	if err != nil {
		return fmt.Errorf("end for abuse: %w", err)
	}
	return nil
}

// sendAway tells the caller and hangs up, when the rule allows it before and after.
func (c *Call) sendAway(ctx context.Context, o *circle, by acd.AgentID, why AbuseReason) error {
	if _, err := c.judged(); err != nil {
		return err
	}
	if err := c.tellCaller(ctx, o, "A-END"); err != nil {
		return err
	}
	leave, err := c.judged()
	if err != nil {
		return err
	}
	c.progress.mark(ivr.Marks{}.With(ivr.Abusive))
	c.warnings.carriedOut()
	c.file.note(&event.Noted{Name: "abuse.ended", Value: string(why) + " by " + string(by)})
	c.log.Info("ended for abuse", "agent", by, "reason", why)
	bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	c.side().drop(bye, leave, sip.NormalClearing())
	return nil
}

// judged gives leave to hang up on a caller by the rule for abuse.
func (c *Call) judged() (farewell, error) {
	grown, err := c.grown()
	if err != nil {
		return farewell{}, err
	}
	v, err := c.warnings.verdict(grown)
	if err != nil {
		return farewell{}, err
	}
	leave, ok := c.grip.farewell(c.side().dialog.Context())
	if !ok || !v.given {
		return farewell{}, ErrProtected
	}
	return leave, nil
}

// tellCaller says a prompt to the caller of a talk alone, to its end.
func (c *Call) tellCaller(ctx context.Context, o *circle, id string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go endWith(ctx, o.over, cancel)
	caller := c.side()
	lang := c.progress.language(c.line.Lang)
	saying := ivr.Saying{Parts: []ivr.Part{{Lang: lang, ID: id}}, Prompts: []string{id}}
	list, err := c.svc.Prompts.playlist(saying)
	if err != nil {
		return err
	}
	began := time.Now()
	err = caller.audio.Play(ctx, list)
	if c.flow != nil { // a call that a counselor made follows none
		c.filePrompts(saying, c.flow, time.Since(began), err == nil)
	}
	if err != nil && o.isOver() {
		return ErrNoTalk
	}
	return err
}

// side is the caller's leg, for who is not on the call's goroutine.
func (c *Call) side() callerLeg {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.caller
}

// isOver reports whether the talk is.
func (o *circle) isOver() bool {
	select {
	case <-o.over:
		return true
	default:
		return false
	}
}

// warn is the code that warns the caller; the words are said when the caller has heard it.
func (h *hands) warn(string) []string {
	return h.beside(func(ctx context.Context) []string {
		n, err := h.call.svc.Warn(ctx, h.who, h.call.contact())
		if err != nil {
			return refused(err)
		}
		return []string{[...]string{"D-WARNED-1", "D-WARNED-2"}[n-1]}
	})
}

// endAbuse is the code that ends the call by rule, with the reason's digit.
func (h *hands) endAbuse(keys string) []string {
	why, ok := abuseReasons[keys]
	if !ok {
		return []string{"D-NO-CODE"}
	}
	return h.beside(func(ctx context.Context) []string {
		return refused(h.call.svc.EndAbuse(ctx, h.who, h.call.contact(), why))
	})
}

// refused are the words for what cannot be done.
func refused(err error) []string {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrProtected):
		return []string{"D-PROTECTED"}
	case errors.Is(err, ErrNotWarned):
		return []string{"D-NOT-WARNED"}
	default:
		return []string{"D-NOT-HERE"}
	}
}

// beside does something that takes its time while further codes are read, and then says what it returns.
func (h *hands) beside(do func(ctx context.Context) []string) []string {
	asked := h.circle.task(func() {
		ctx, cancel := context.WithCancel(context.WithoutCancel(h.ctx))
		defer cancel()
		go endWith(ctx, h.circle.over, cancel)
		h.say(do(ctx)...)
	})
	if !asked {
		return []string{"D-NOT-HERE"}
	}
	return nil
}
