package event

import "strconv"

// Kind is the fixed number of a fact's type, as written in the journal.
type Kind uint16

// The kinds. Numbers are never reused; new ones go to the end of their family.
const (
	KindOpened     Kind = 1
	KindClassified Kind = 2
	KindClosed     Kind = 3

	KindLegAdded    Kind = 10
	KindLegRinging  Kind = 11
	KindLegAnswered Kind = 12
	KindLegEnded    Kind = 13

	KindFlowEntered    Kind = 20
	KindNodeEntered    Kind = 21
	KindNodeLeft       Kind = 22
	KindKeyed          Kind = 23
	KindPrompted       Kind = 24
	KindLanguageChosen Kind = 25
	KindNoted          Kind = 26

	KindEnqueued   Kind = 30
	KindDequeued   Kind = 31
	KindOffered    Kind = 32
	KindOfferEnded Kind = 33
	KindConnected  Kind = 34
	KindHeld       Kind = 35
	KindResumed    Kind = 36
	KindTalkEnded  Kind = 37
	KindWrapped    Kind = 38

	KindRecordingStarted Kind = 40
	KindRecordingGap     Kind = 41
	KindRecordingClosed  Kind = 42
	KindVoicemailKept    Kind = 43

	KindSurveyAsked    Kind = 50
	KindSurveyAnswered Kind = 51
	KindSurveySkipped  Kind = 52
	KindConsented      Kind = 53

	KindStaffChanged Kind = 60

	KindNodeStarted Kind = 70
	KindNodeStopped Kind = 71
	KindEventsLost  Kind = 72

	KindCallbackPromised Kind = 80
	KindRequestFiled     Kind = 81
	KindClipPlayed       Kind = 82
	KindCallbackTried    Kind = 83
	KindDecided          Kind = 84
)

// Kinds lists every kind this program knows, in the order of their numbers.
func Kinds() []Kind {
	return []Kind{
		KindOpened, KindClassified, KindClosed,
		KindLegAdded, KindLegRinging, KindLegAnswered, KindLegEnded,
		KindFlowEntered, KindNodeEntered, KindNodeLeft, KindKeyed, KindPrompted, KindLanguageChosen, KindNoted,
		KindEnqueued, KindDequeued, KindOffered, KindOfferEnded, KindConnected, KindHeld, KindResumed, KindTalkEnded, KindWrapped,
		KindRecordingStarted, KindRecordingGap, KindRecordingClosed, KindVoicemailKept,
		KindSurveyAsked, KindSurveyAnswered, KindSurveySkipped, KindConsented,
		KindStaffChanged,
		KindNodeStarted, KindNodeStopped, KindEventsLost,
		KindCallbackPromised, KindRequestFiled, KindClipPlayed, KindCallbackTried, KindDecided,
	}
}

// String gives the kind's name as stored beside its facts, such as "leg_added".
func (k Kind) String() string {
	if entry := k.entry(); entry.name != "" {
		return entry.name
	}
	return "kind_" + strconv.Itoa(int(k))
}

// empty gives a body of the kind to be filled; nil for a kind this program does not
// know.
func (k Kind) empty() Body {
	if entry := k.entry(); entry.make != nil {
		return entry.make()
	}
	return nil
}

type kindEntry struct {
	name string
	make func() Body
}

func (k Kind) entry() kindEntry {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return kindEntry{}
}

var kinds = [...]kindEntry{ // table
	KindOpened:     {"contact_opened", func() Body { return new(Opened) }},
	KindClassified: {"contact_classified", func() Body { return new(Classified) }},
	KindClosed:     {"contact_closed", func() Body { return new(Closed) }},

	KindLegAdded:    {"leg_added", func() Body { return new(LegAdded) }},
	KindLegRinging:  {"leg_ringing", func() Body { return new(LegRinging) }},
	KindLegAnswered: {"leg_answered", func() Body { return new(LegAnswered) }},
	KindLegEnded:    {"leg_ended", func() Body { return new(LegEnded) }},

	KindFlowEntered:    {"flow_entered", func() Body { return new(FlowEntered) }},
	KindNodeEntered:    {"node_entered", func() Body { return new(NodeEntered) }},
	KindNodeLeft:       {"node_left", func() Body { return new(NodeLeft) }},
	KindKeyed:          {"keyed", func() Body { return new(Keyed) }},
	KindPrompted:       {"prompted", func() Body { return new(Prompted) }},
	KindLanguageChosen: {"language_chosen", func() Body { return new(LanguageChosen) }},
	KindNoted:          {"noted", func() Body { return new(Noted) }},

	KindEnqueued:   {"enqueued", func() Body { return new(Enqueued) }},
	KindDequeued:   {"dequeued", func() Body { return new(Dequeued) }},
	KindOffered:    {"offered", func() Body { return new(Offered) }},
	KindOfferEnded: {"offer_ended", func() Body { return new(OfferEnded) }},
	KindConnected:  {"connected", func() Body { return new(Connected) }},
	KindHeld:       {"held", func() Body { return new(Held) }},
	KindResumed:    {"resumed", func() Body { return new(Resumed) }},
	KindTalkEnded:  {"talk_ended", func() Body { return new(TalkEnded) }},
	KindWrapped:    {"wrapped", func() Body { return new(Wrapped) }},

	KindRecordingStarted: {"recording_started", func() Body { return new(RecordingStarted) }},
	KindRecordingGap:     {"recording_gap", func() Body { return new(RecordingGap) }},
	KindRecordingClosed:  {"recording_closed", func() Body { return new(RecordingClosed) }},
	KindVoicemailKept:    {"voicemail_kept", func() Body { return new(VoicemailKept) }},

	KindSurveyAsked:    {"survey_asked", func() Body { return new(SurveyAsked) }},
	KindSurveyAnswered: {"survey_answered", func() Body { return new(SurveyAnswered) }},
	KindSurveySkipped:  {"survey_skipped", func() Body { return new(SurveySkipped) }},
	KindConsented:      {"consented", func() Body { return new(Consented) }},

	KindStaffChanged: {"staff_changed", func() Body { return new(StaffChanged) }},

	KindNodeStarted: {"node_started", func() Body { return new(NodeStarted) }},
	KindNodeStopped: {"node_stopped", func() Body { return new(NodeStopped) }},
	KindEventsLost:  {"events_lost", func() Body { return new(EventsLost) }},

	KindCallbackPromised: {"callback_promised", func() Body { return new(CallbackPromised) }},
	KindRequestFiled:     {"request_filed", func() Body { return new(RequestFiled) }},
	KindClipPlayed:       {"clip_played", func() Body { return new(ClipPlayed) }},
	KindCallbackTried:    {"callback_tried", func() Body { return new(CallbackTried) }},
	KindDecided:          {"decided", func() Body { return new(Decided) }},
}
