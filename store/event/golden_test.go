package event_test

import (
	"bufio"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"hotline/store/event"
)

var update = flag.Bool("update", false, "add new kinds to the golden file; lines of old ones are never changed")

const golden = "testdata/version1.txt"

// Every kind, with every field set, as version 1 wrote it. Journals outlive programs:
// what stands in this file must be read for ever, so its lines are only added to.
func TestVersionOneStaysReadable(t *testing.T) {
	written := map[string]string{}
	if f, err := os.Open(golden); err == nil {
		for lines := bufio.NewScanner(f); lines.Scan(); {
			name, payload, _ := strings.Cut(lines.Text(), " ")
			written[name] = payload
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	for _, body := range filled(t) {
		name := body.Kind().String()
		if written[name] == "" && *update {
			payload, err := event.Append(nil, body)
			if err != nil {
				t.Fatal(err)
			}
			written[name] = hex.EncodeToString(payload)
		}
		fmt.Fprintf(&out, "%s %s\n", name, written[name])
		payload, err := hex.DecodeString(written[name])
		if err != nil {
			t.Fatal(err)
		}
		got, err := event.Decode(body.Kind(), payload)
		if err != nil || !reflect.DeepEqual(got, body) {
			t.Errorf("%s: read as %+v, %v; want %+v", name, got, err, body)
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The places of the members of closed lists are written in the journal.
func TestClosedListsKeepTheirOrder(t *testing.T) {
	tests := []struct {
		name string
		got  string
		want string
	}{
		{"channels", join(event.Channels()), "call_in callback call_out"},
		{"classes", join(event.Classes()), "ordinary minor danger"},
		{"outcomes", join(event.Outcomes()), "answered abandoned callback message self_service closed silent refused blocked referred unreached failed interrupted"},
		{"stages", join(event.Stages()), "setup greeting menu queue ringing talk message after"},
		{"parties", join(event.Parties()), "caller staff system network"},
		{"roles", join(event.Roles()), "caller staff lawyer supervisor agency emergency mediator party"},
		{"directions", join(event.Directions()), "in out"},
		{"key sources", join(event.KeySources()), "rfc4733 info inband"},
		{"leave reasons", join(event.LeaveReasons()), "gone key timeout closed full callback message moved stopped"},
		{"offer ends", join(event.OfferEnds()), "accepted declined timeout busy unreachable caller_gone elsewhere withdrawn failed"},
		{"recording classes", join(event.RecordingClasses()), "advice minors crisis mediation committee voicemail survey"},
		{"questions", join(event.Questions()), "score solved comment"},
		{"callback ends", join(event.CallbackEnds()), "reached unreached put_off"},
		{"requests", join(event.RequestKinds()), "forward notice presence objection referral"},
		{"purposes", join(event.ConsentPurposes()), "recording referral sensitive_data mediation_recording survey guardian commitment"},
		{"answers", join(event.ConsentAnswers()), "yes no not_needed silent"},
		{"bases", join(event.Bases()), "statutory_duty vital_interest consent_self consent_guardian"},
		{"staff states", join(event.StaffStates()), "offline ready reserved busy wrap_up break training mobile_duty"},
	}
	for _, tt := range tests {
		if !strings.HasPrefix(tt.got, tt.want) {
			t.Errorf("%s are %s, must begin with %s", tt.name, tt.got, tt.want)
		}
	}
}

func join[T ~string](list []T) string {
	var words []string
	for _, v := range list {
		words = append(words, string(v))
	}
	return strings.Join(words, " ")
}

// A decoder that has seen much is no different from a fresh one.
func TestADecoderKeepsNothingButTexts(t *testing.T) {
	var dec event.Decoder
	for round := range 3 {
		for _, body := range filled(t) {
			payload, err := event.Append(nil, body)
			if err != nil {
				t.Fatal(err)
			}
			got, err := dec.Decode(body.Kind(), payload)
			clear(payload) // the body must not lean on it
			if err != nil || !reflect.DeepEqual(got, body) {
				t.Errorf("round %d, %s: %+v, %v", round, body.Kind(), got, err)
			}
			if _, err := dec.Decode(body.Kind(), nil); err == nil {
				t.Errorf("%s: read from nothing", body.Kind())
			}
		}
	}
	for n := range 10_000 { // more texts than it keeps
		payload, err := event.Append(nil, &event.SurveySkipped{Reason: fmt.Sprint(n)})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := dec.Decode(event.KindSurveySkipped, payload); err != nil || got.(*event.SurveySkipped).Reason != fmt.Sprint(n) {
			t.Fatalf("text %d: %+v, %v", n, got, err)
		}
	}
}
