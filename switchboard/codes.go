package switchboard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Deed is what a member of staff does by a code: dialled, or keyed in a talk.
type Deed string

// The deeds that are dialled.
const (
	DeedSignIn  Deed = "sign_in"
	DeedSignOut Deed = "sign_out"
	DeedReady   Deed = "ready"
	DeedBreak   Deed = "break" // the reason's digit follows, or nothing
	DeedWrap    Deed = "end_wrap"
	DeedState   Deed = "state"   // hear it, change nothing
	DeedPickUp  Deed = "pick_up" // the extension that rings follows, or nothing
)

// The deeds that are keyed in a talk.
const (
	DeedPanic     Deed = "panic"      // call for help
	DeedEmergency Deed = "emergency"  // call an emergency number, whose digit follows
	DeedUnsafe    Deed = "unsafe"     // the caller must not be called back
	DeedSafe      Deed = "safe"       // the caller may be called back
	DeedWarn      Deed = "warn"       // the abusive caller hears the first or second warning
	DeedEndAbuse  Deed = "end_abuse"  // end the call by rule after two warnings; the reason's digit follows, or nothing
	DeedLock      Deed = "lock"       // nobody joins the talk any more
	DeedUnlock    Deed = "unlock"     // others may join the talk again
	DeedTogether  Deed = "together"   // all hear each other
	DeedStandDown Deed = "stand_down" // the danger is over, for supervisors
	DeedPause     Deed = "pause"      // record nothing until DeedResume, for identity numbers
	DeedResume    Deed = "resume"     // record again
)

// The deeds by which something is read to people in a talk; the last lets somebody in.
const (
	DeedInvite     Deed = "ask_mediation_invite" // whether a side joins a mediation
	DeedCommitment Deed = "ask_commitment"       // a pledge instead of proof
	DeedReferral   Deed = "ask_referral"
	DeedOutcome    Deed = "ask_outcome" // whether the closing sum is right
	DeedRefusal    Deed = "ask_refusal" // how an application stands: received, granted, refused and whether to object
	DeedArticle    Deed = "ask_article" // the article's number and # follow
	DeedReminder   Deed = "ask_reminder"
	DeedRevisit    Deed = "ask_revisit"
	DeedTerm       Deed = "ask_mediation_term" // the next term, of each side in the talk
	DeedSettled    Deed = "ask_mediation_end"  // how the mediation ended, to each side
	DeedAdmit      Deed = "admit_side"         // lets the other side of the mediation, who waits in the lobby, into the talk
)

// readings lists the deeds by which something is read to people in a talk.
func readings() []Deed {
	return []Deed{
		DeedInvite, DeedCommitment, DeedReferral, DeedOutcome, DeedRefusal, DeedArticle, DeedReminder, DeedRevisit, DeedTerm, DeedSettled,
		DeedAdmit,
	}
}

// Deeds lists the deeds.
func Deeds() []Deed {
	return append(append(dialled(), readings()...), DeedPanic, DeedEmergency, DeedUnsafe, DeedSafe, DeedWarn, DeedEndAbuse, DeedTogether, DeedLock, DeedUnlock,
		DeedStandDown, DeedPause, DeedResume)
}

// dialled lists the deeds that a phone does by calling their codes.
func dialled() []Deed {
	return []Deed{DeedSignIn, DeedSignOut, DeedReady, DeedBreak, DeedWrap, DeedState, DeedPickUp}
}

// Codes are the numbers that stand for deeds, dialled or keyed in a talk. They begin with a star, so that no telephone
// number is lost to them.
type Codes map[Deed]string

// DefaultCodes are those of a centre that has chosen no others.
func DefaultCodes() Codes {
	return Codes{
		DeedSignIn: "*41", DeedSignOut: "*42", DeedReady: "*43", DeedBreak: "*44", DeedWrap: "*45", DeedState: "*46", DeedPickUp: "*47",
		DeedPanic: "*60", DeedEmergency: "*61", DeedUnsafe: "*62", DeedSafe: "*63", DeedWarn: "*66", DeedEndAbuse: "*67", DeedTogether: "*680", DeedLock: "*681", DeedUnlock: "*682",
		DeedStandDown: "*69", DeedPause: "*64", DeedResume: "*65",
		DeedInvite: "*50", DeedCommitment: "*51", DeedReferral: "*52", DeedOutcome: "*53", DeedRefusal: "*54", DeedArticle: "*55",
		DeedReminder: "*56", DeedRevisit: "*57", DeedAdmit: "*580", DeedTerm: "*581", DeedSettled: "*582",
	}
}

// With returns the codes with one changed; an empty one turns the deed off.
func (c Codes) With(d Deed, code string) (Codes, error) {
	switch {
	case !slices.Contains(Deeds(), d):
		return c, fmt.Errorf("no deed is called %q", d)
	case code != "" && (len(code) < 2 || code[0] != '*' || strings.Trim(code[1:], "0123456789*#") != ""):
		return c, errors.New("a code is a star and keys, such as *41")
	case code != "" && !slices.Contains(dialled(), d) && strings.Trim(code[1:], "0123456789") != "":
		return c, errors.New("a code keyed in a talk is a star and digits")
	}
	out := Codes{}
	for other, has := range c {
		if other != d {
			out[other] = has
		}
	}
	if code != "" {
		out[d] = code
	}
	return out, out.clash()
}

// clash names two codes of which one begins like the other: the shorter would never be known from the longer.
func (c Codes) clash() error {
	for _, a := range Deeds() {
		for _, b := range Deeds() {
			if a != b && c[a] != "" && strings.HasPrefix(c[b], c[a]) {
				return fmt.Errorf("the code of %s begins like that of %s", b, a)
			}
		}
	}
	return nil
}

// read finds the deed of a number dialled, and what follows its code: the digit of a break, the extension of a pick-up.
func (c Codes) read(number string) (d Deed, digits string, ok bool) {
	for _, d := range dialled() {
		if c[d] == "" {
			continue
		}
		rest, has := strings.CutPrefix(number, c[d])
		switch {
		case has && rest == "":
			return d, "", true
		case has && d == DeedBreak && breakReasons[rest].name != "":
			return d, rest, true
		case has && d == DeedPickUp && strings.Trim(rest, "0123456789") == "":
			return d, rest, true
		}
	}
	return "", "", false
}

// breakReason is why somebody is on break: its name as filed, and the phrase that is heard.
type breakReason struct{ name, phrase string }

// breakReasons are those that phones can give, by the digit after the code; "" is that of the code alone.
var breakReasons = map[string]breakReason{ // table
	"":  {"rest", "BREAK-REST"},
	"1": {"meal", "BREAK-MEAL"},
	"2": {"rest", "BREAK-REST"},
	"3": {"meeting", "BREAK-MEETING"},
	"4": {"training", "BREAK-TRAINING"},
	"5": {"paperwork", "BREAK-PAPERS"},
}
