package event

import "time"

// RecordingClass decides who may listen to a recording and for how long it is kept.
type RecordingClass string

// The classes of recordings.
const (
	RecordingAdvice    RecordingClass = "advice"
	RecordingMinors    RecordingClass = "minors"
	RecordingCrisis    RecordingClass = "crisis"
	RecordingMediation RecordingClass = "mediation"
	RecordingCommittee RecordingClass = "committee"
	RecordingVoicemail RecordingClass = "voicemail"
	RecordingSurvey    RecordingClass = "survey"
)

// RecordingClasses lists the classes; their places are written in the journal.
func RecordingClasses() []RecordingClass {
	return []RecordingClass{
		RecordingAdvice, RecordingMinors, RecordingCrisis, RecordingMediation, RecordingCommittee, RecordingVoicemail, RecordingSurvey,
	}
}

// RecordingStarted says that audio is being written to a file.
type RecordingStarted struct {
	Recording ID
	Class     RecordingClass
	Path      string // relative to the recordings folder, never leaving it
	Channels  int
	Tracks    string // who is on which channel, such as "caller,staff"
}

// Kind is KindRecordingStarted.
func (*RecordingStarted) Kind() Kind { return KindRecordingStarted }

func (e *RecordingStarted) fields(c *codec) {
	c.ident("recording", &e.Recording)
	choice(c, "class", &e.Class, RecordingClasses())
	c.path("path", &e.Path)
	count(c, "channels", &e.Channels)
	c.text("tracks", &e.Tracks)
}

// RecordingGap says that a stretch of a recording holds no audio, and why.
type RecordingGap struct {
	Recording ID
	From      time.Duration // since the recording began
	To        time.Duration
	Reason    string // paused, disk_full, disk_slow, interrupted ...
}

// Kind is KindRecordingGap.
func (*RecordingGap) Kind() Kind { return KindRecordingGap }

func (e *RecordingGap) fields(c *codec) {
	c.ident("recording", &e.Recording)
	c.span("from_ms", &e.From)
	c.span("to_ms", &e.To)
	c.text("reason", &e.Reason)
}

// RecordingClosed says that a recording's file is complete and what it must hash to.
type RecordingClosed struct {
	Recording ID
	Bytes     uint64
	Duration  time.Duration
	SHA256    []byte // of the whole file; empty when there is no file to hash
	Partial   string // why it does not hold everything; empty when it does
	Repaired  bool   // mended after a crash
}

// Kind is KindRecordingClosed.
func (*RecordingClosed) Kind() Kind { return KindRecordingClosed }

func (e *RecordingClosed) fields(c *codec) {
	if c.mode == encoding && len(e.SHA256) != 0 && len(e.SHA256) != 32 {
		c.invalid("sha256", "not 32 bytes")
	}
	c.ident("recording", &e.Recording)
	count(c, "bytes", &e.Bytes)
	c.span("duration_ms", &e.Duration)
	c.raw("sha256", &e.SHA256)
	c.text("partial", &e.Partial)
	c.flag("repaired", &e.Repaired)
}

// VoicemailKept says that the caller kept the message they recorded, and by when an
// answer was promised.
type VoicemailKept struct {
	Recording ID
	Queue     string // whose counselors answer it
	Promised  time.Time
}

// Kind is KindVoicemailKept.
func (*VoicemailKept) Kind() Kind { return KindVoicemailKept }

func (e *VoicemailKept) fields(c *codec) {
	c.ident("recording", &e.Recording)
	c.text("queue", &e.Queue)
	c.moment("promised", &e.Promised)
}
