package switchboard

import (
	"errors"
	"fmt"
	"time"

	"hotline/acd"
	"hotline/media"
	"hotline/store/event"
)

// ErrNotRecorded means a talk of which nothing is recorded, so that there is nothing to pause.
var ErrNotRecorded = errors.New("this talk is not recorded")

// pausedFor is why a recording is paused by hand: while an identity number, or what else nobody needs to hear again, is said.
const pausedFor = "identity"

// omission is a stretch of a call that is not recorded because somebody said so. The file goes on in silence, so that every
// moment keeps its place.
type omission struct {
	by    string
	from  time.Duration
	limit *time.Timer
}

// PauseRecording leaves out what is said in the talk of a contact until ResumeRecording, or until Config.Pause has gone by:
// then who serves the caller is told. by is the extension that wants it, as filed. A second pause changes nothing. It returns
// ErrNoTalk, ErrPrivate and ErrNotRecorded.
func (s *Service) PauseRecording(by acd.AgentID, contact acd.ContactID) error {
	o, err := s.talks.find(contact)
	if err != nil {
		return fmt.Errorf("pause recording: %w", err)
	}
	if !o.call.pause(string(by)) {
		return fmt.Errorf("pause recording: %w", ErrNotRecorded)
	}
	return nil
}

// ResumeRecording records the talk of a contact again. It returns ErrNoTalk and ErrPrivate.
func (s *Service) ResumeRecording(by acd.AgentID, contact acd.ContactID) error {
	o, err := s.talks.find(contact)
	if err != nil {
		return fmt.Errorf("resume recording: %w", err)
	}
	o.call.tape.resume(string(by))
	return nil
}

// pause pauses the call's recording, for so long at most.
func (c *Call) pause(by string) bool {
	contact := acd.ContactID(c.file.contact.String())
	return c.tape.pause(by, c.svc.Pause, func() {
		if h := c.svc.talks.server(contact); h != nil {
			h.say("D-REC-ON")
		}
	})
}

// pause is the code that pauses the recording.
func (h *hands) pause(string) []string {
	if !h.call.pause(string(h.who)) {
		return []string{"D-NOT-RECORDED"}
	}
	return []string{"D-REC-PAUSED"}
}

// resume is the code that goes on recording.
func (h *hands) resume(string) []string {
	if !h.call.tape.running() {
		return []string{"D-NOT-RECORDED"}
	}
	h.call.tape.resume(string(h.who))
	return []string{"D-REC-ON"}
}

// pause leaves out what is said from now on, until resume or the limit; then over is called. It is false when nothing is
// recorded.
func (t *tape) pause(by string, limit time.Duration, over func()) bool {
	if !t.running() {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hushed {
		return false
	}
	if t.pausal != nil {
		return true
	}
	p := &omission{by: by, from: t.position()}
	p.limit = time.AfterFunc(limit, func() {
		if t.end(p, "limit") {
			over()
		}
	})
	t.pausal = p
	t.each(func(r *media.Recorder) { r.Pause(pausedFor) })
	t.file.note(&event.Noted{Name: "recording.paused", Value: fmt.Sprintf("%s by %s at %s", pausedFor, by, shortly(p.from))})
	return true
}

// resume records again. Where it is not paused it changes nothing.
func (t *tape) resume(by string) {
	if !t.running() {
		return
	}
	t.mu.Lock()
	p := t.pausal
	t.mu.Unlock()
	if p != nil {
		t.end(p, by)
	}
}

// end ends a pause, unless it has ended, and files the stretch.
func (t *tape) end(p *omission, by string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pausal != p {
		return false
	}
	p.limit.Stop()
	t.pausal = nil
	t.each(func(r *media.Recorder) { r.Resume() })
	t.file.note(&event.Noted{Name: "recording.resumed", Value: fmt.Sprintf(
		"%s by %s from %s to %s, ended by %s", pausedFor, p.by, shortly(p.from), shortly(t.position()), by)})
	return true
}

// shortly writes a place of a recording.
func shortly(d time.Duration) string { return d.Round(10 * time.Millisecond).String() }
