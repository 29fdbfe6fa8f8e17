package event

import "time"

// SurveyAsked says that the caller was asked how it was. The response rate counts
// from here.
type SurveyAsked struct {
	Channel string // phone, sms
}

// Kind is KindSurveyAsked.
func (*SurveyAsked) Kind() Kind { return KindSurveyAsked }

func (e *SurveyAsked) fields(c *codec) { c.text("channel", &e.Channel) }

// Question is one question of the survey.
type Question string

// The questions of the survey.
const (
	QuestionScore   Question = "score"   // 1 very satisfied to 5 very dissatisfied
	QuestionSolved  Question = "solved"  // 1 yes, 2 partly, 3 no
	QuestionComment Question = "comment" // spoken, in Comment
)

// Questions lists the questions; their places are written in the journal.
func Questions() []Question { return []Question{QuestionScore, QuestionSolved, QuestionComment} }

// SurveyAnswered is the caller's answer to one question.
type SurveyAnswered struct {
	Question Question
	Answer   int
	Comment  ID // recording of a spoken comment
}

// Kind is KindSurveyAnswered.
func (*SurveyAnswered) Kind() Kind { return KindSurveyAnswered }

func (e *SurveyAnswered) fields(c *codec) {
	choice(c, "question", &e.Question, Questions())
	count(c, "answer", &e.Answer)
	c.ident("comment", &e.Comment)
}

// SurveySkipped says why the caller was not asked, or did not answer.
type SurveySkipped struct {
	Reason string // skipped, gone, risk, minor, silent, abusive, duty_line
}

// Kind is KindSurveySkipped.
func (*SurveySkipped) Kind() Kind { return KindSurveySkipped }

func (e *SurveySkipped) fields(c *codec) { c.text("reason", &e.Reason) }

// ConsentPurpose is what a consent is for.
type ConsentPurpose string

// The purposes of a consent (PIPL art. 13, 23, 29, 31).
const (
	ConsentRecording  ConsentPurpose = "recording"
	ConsentReferral   ConsentPurpose = "referral"
	ConsentSensitive  ConsentPurpose = "sensitive_data"
	ConsentMediation  ConsentPurpose = "mediation_recording"
	ConsentSurvey     ConsentPurpose = "survey"
	ConsentGuardian   ConsentPurpose = "guardian"
	ConsentCommitment ConsentPurpose = "commitment"
	ConsentTerm       ConsentPurpose = "settlement_term" // agreement to one term of a mediation
)

// ConsentPurposes lists the purposes; their places are written in the journal.
func ConsentPurposes() []ConsentPurpose {
	return []ConsentPurpose{
		ConsentRecording, ConsentReferral, ConsentSensitive, ConsentMediation, ConsentSurvey, ConsentGuardian, ConsentCommitment,
		ConsentTerm,
	}
}

// ConsentAnswer is what the caller said.
type ConsentAnswer string

// The answers to a request for consent.
const (
	ConsentYes       ConsentAnswer = "yes"
	ConsentNo        ConsentAnswer = "no"
	ConsentNotNeeded ConsentAnswer = "not_needed" // there is another legal basis
	ConsentSilent    ConsentAnswer = "silent"     // no answer came
)

// ConsentAnswers lists the answers; their places are written in the journal.
func ConsentAnswers() []ConsentAnswer {
	return []ConsentAnswer{ConsentYes, ConsentNo, ConsentNotNeeded, ConsentSilent}
}

// Basis is the legal basis on which data are used.
type Basis string

// The legal bases (PIPL art. 13).
const (
	BasisDuty     Basis = "statutory_duty"
	BasisVital    Basis = "vital_interest"
	BasisSelf     Basis = "consent_self"
	BasisGuardian Basis = "consent_guardian"
)

// Bases lists the legal bases; their places are written in the journal.
func Bases() []Basis { return []Basis{BasisDuty, BasisVital, BasisSelf, BasisGuardian} }

// Consented is an answer to a request for consent, with all that is needed to show
// later what was heard and what was answered.
type Consented struct {
	Purpose  ConsentPurpose
	Answer   ConsentAnswer
	Basis    Basis
	Method   string // key, speech, sms, ink, notice
	Text     string // prompt id and version
	TextHash []byte // SHA-256 of the words
	Language string
	Key      string
	// Recording and Offset say where in which recording it can be heard.
	Recording ID
	Offset    time.Duration
}

// Kind is KindConsented.
func (*Consented) Kind() Kind { return KindConsented }

func (e *Consented) fields(c *codec) {
	if c.mode == encoding && len(e.TextHash) != 0 && len(e.TextHash) != 32 {
		c.invalid("text_sha256", "not 32 bytes")
	}
	choice(c, "purpose", &e.Purpose, ConsentPurposes())
	choice(c, "answer", &e.Answer, ConsentAnswers())
	choice(c, "basis", &e.Basis, Bases())
	c.text("method", &e.Method)
	c.text("text", &e.Text)
	c.raw("text_sha256", &e.TextHash)
	c.text("language", &e.Language)
	c.text("key", &e.Key)
	c.ident("recording", &e.Recording)
	c.span("offset_ms", &e.Offset)
}
