package switchboard

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"hotline/media"
	"hotline/store/event"
)

// Channels of a call's recording.
const (
	callerChannel = 0
	staffChannel  = 1
)

// tape is one recording on its way to the file. A nil tape records nothing, as on a private line.
type tape struct {
	file      *file
	recorder  *media.Recorder
	recording event.ID
	log       *slog.Logger
	failed    func()

	mu     sync.Mutex
	class  event.RecordingClass
	hushed bool      // to the end
	pausal *omission // nil while it records
	others []*tape   // of those who have one of their own, which pause with it
}

// startRecording begins the call's recording: from the answer on, caller left, counselor right.
func (c *Call) startRecording() {
	if c.private() {
		return
	}
	c.tape = c.svc.record(c.file, c.recordingClass(), 2, "caller,staff", c.log)
	c.tape.attach(c.caller.Leg, callerChannel)
}

func (c *Call) recordingClass() event.RecordingClass {
	if c.line.Class != "" {
		return c.line.Class
	}
	if c.line.Protected || c.flow.Protected() {
		return event.RecordingMinors
	}
	return event.RecordingAdvice
}

// record opens a recording. One that cannot be opened is filed with the reason, and the call goes on.
func (s *Service) record(f *file, class event.RecordingClass, channels int, tracks string, log *slog.Logger) *tape {
	now := time.Now()
	t := &tape{file: f, recording: event.NewID(now), class: class, log: log, failed: s.metrics.unrecorded.Inc}
	name := filepath.Join(now.UTC().Format("2006/01/02"), t.recording.String()+".wav")
	path := filepath.Join(s.Recordings, name)
	var err error
	t.recorder, err = s.Media.Record(media.RecordOptions{Path: path, Channels: channels})
	if errors.Is(err, fs.ErrNotExist) { // the day's first
		if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			t.recorder, err = s.Media.Record(media.RecordOptions{Path: path, Channels: channels})
		}
	}
	f.note(&event.RecordingStarted{Recording: t.recording, Class: class, Path: filepath.ToSlash(name), Channels: channels, Tracks: tracks})
	if err != nil {
		t.failed()
		log.Error("not recorded", "error", err)
		f.note(&event.RecordingClosed{Recording: t.recording, Partial: "could not be opened: " + reason(err)})
	}
	return t
}

// reason is the innermost text of an error, which names no file.
func reason(err error) string {
	for {
		inner, ok := err.(interface{ Unwrap() error }) //nolint:errorlint // the chain itself is walked
		if !ok || inner.Unwrap() == nil {
			return err.Error()
		}
		err = inner.Unwrap()
	}
}

func (t *tape) running() bool { return t != nil && t.recorder != nil }

func (t *tape) attach(l *Leg, channel int) {
	if !t.running() {
		return
	}
	if err := t.recorder.Attach(l.audio, channel); err != nil {
		t.failed()
		t.log.Error("leg not recorded", "leg", l.number, "error", err)
	}
}

// join records a leg on a channel that another is recorded on: both are heard there.
func (t *tape) join(l *Leg, channel int) {
	if !t.running() {
		return
	}
	if err := t.recorder.Join(l.audio, channel); err != nil {
		t.failed()
		t.log.Error("leg not recorded", "leg", l.number, "error", err)
	}
}

func (t *tape) detach(l *Leg) {
	if t.running() {
		t.recorder.Detach(l.audio)
	}
}

// position is how long the recording is by now.
func (t *tape) position() time.Duration {
	if !t.running() {
		return 0
	}
	return t.recorder.Position()
}

func (t *tape) id() event.ID {
	if t == nil {
		return event.ID{}
	}
	return t.recording
}

// raise makes the recording one of a stricter class: what a child says is kept as a child's.
func (t *tape) raise(class event.Class) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch class {
	case event.ClassDanger:
		t.class = event.RecordingCrisis
	case event.ClassMinor:
		if t.class == event.RecordingAdvice {
			t.class = event.RecordingMinors
		}
	default:
	}
}

// hush keeps nothing more of what is said, to the end of the call: it has turned out to be a private one.
func (t *tape) hush() {
	if t.running() {
		t.resume("private")
		t.mu.Lock()
		defer t.mu.Unlock()
		t.hushed = true
		t.each(func(r *media.Recorder) { r.Pause("private") })
	}
}

// close brings the recording to disk and files its length, its gaps and its hash.
func (t *tape) close(ctx context.Context) time.Duration {
	if !t.running() {
		return 0
	}
	t.resume("end")
	t.unbranch(t.branches()...)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealing)
	defer cancel()
	result, err := t.recorder.Close(ctx)
	facts := make([]event.Body, 0, len(result.Gaps)+1)
	for _, g := range result.Gaps {
		facts = append(facts, &event.RecordingGap{Recording: t.recording, From: g.From, To: g.From + g.For, Reason: g.Reason})
	}
	closed := &event.RecordingClosed{Recording: t.recording, Bytes: uint64(max(result.Bytes, 0)), Duration: result.Duration} //nolint:gosec // not negative
	closed.SHA256, _ = hex.DecodeString(result.SHA256)
	switch {
	case err != nil:
		closed.Partial = "not sealed: " + reason(err)
	case !result.Whole():
		closed.Partial = "the disk did not take all of it"
	}
	if closed.Partial != "" {
		t.failed()
		t.log.Error("recording not whole", "why", closed.Partial)
	}
	t.file.note(append(facts, closed)...)
	return result.Duration
}

// sealing is how long the disk may take to bring a recording down and hash it.
const sealing = 30 * time.Second
