package switchboard

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"hotline/acd"
	"hotline/ivr"
)

// hands is what somebody of the house keys while a talk goes on: a star and what follows it is a code. What a code has done
// is said in that one's ear alone; the caller hears neither keys nor words.
type hands struct {
	call   *Call
	circle *circle
	leg    *Leg
	who    acd.AgentID
	lang   ivr.Lang
	ctx    context.Context //nolint:containedctx // its life is that of the part in the talk
	stop   context.CancelFunc
	over   chan struct{}
	loose  func(keys string) // told of keys that are no code, which must then be one of a call out; nil for nobody

	mu     sync.Mutex // of the words: what is said last is heard
	saying *playing
}

// gesture is what a code does in a talk. It waits for nobody, for the next code may be the one that calls for help.
type gesture struct {
	keys int // at most so many follow the code; # or a pause ends them sooner
	do   func(h *hands, keys string) (words []string)
}

// gestureOf returns what a deed does in a talk; one that is dialled, or unknown, does nothing.
func gestureOf(d Deed) (gesture, bool) {
	switch d {
	case DeedPanic:
		return gesture{do: (*hands).panic}, true
	case DeedEmergency:
		return gesture{keys: 1, do: (*hands).emergency}, true
	case DeedUnsafe:
		return gesture{do: (*hands).unsafe}, true
	case DeedSafe:
		return gesture{do: (*hands).safe}, true
	case DeedWarn:
		return gesture{do: (*hands).warn}, true
	case DeedEndAbuse:
		return gesture{keys: 1, do: (*hands).endAbuse}, true
	case DeedLock:
		return gesture{do: (*hands).shut}, true
	case DeedUnlock:
		return gesture{do: (*hands).open}, true
	case DeedTogether:
		return gesture{do: (*hands).together}, true
	case DeedStandDown:
		return gesture{do: (*hands).standDown}, true
	case DeedPause:
		return gesture{do: (*hands).pause}, true
	case DeedResume:
		return gesture{do: (*hands).resume}, true
	case DeedArticle:
		return gesture{keys: articleLength, do: reads(d)}, true
	default:
		return gesture{do: reads(d)}, slices.Contains(readings(), d)
	}
}

// articleLength is how many digits an article's number has at most.
const articleLength = 4

// reads is a gesture by which something is read to people in the talk.
func reads(d Deed) func(*hands, string) []string {
	return func(h *hands, keys string) []string { return h.ask(d, keys) }
}

// between is the longest pause between two keys of a code.
const between = 4 * time.Second

// seldom is how often a talk in which nothing is keyed is looked at.
const seldom = time.Hour

// hand reads the codes that a leg keys until the function returned is called, which waits for what is still said.
func (o *circle) hand(ctx context.Context, l *Leg, who string) (done func()) {
	if who == "" { // outside
		return func() {}
	}
	return o.handTo(ctx, &hands{leg: l, who: acd.AgentID(who)})
}

// handTo is hand, for hands that have a leg and an extension.
func (o *circle) handTo(ctx context.Context, h *hands) (done func()) {
	h.call, h.circle, h.over = o.call, o, make(chan struct{})
	h.lang = cmp.Or(h.call.languageOf(h.who), houseLang)
	h.ctx, h.stop = context.WithCancel(context.WithoutCancel(ctx)) // a caller whose line drops is called back
	h.leg.dropKeys()                                               // those that opened the door
	f := &h.call.svc.talks
	f.handed(h, true)
	go h.read()
	return func() {
		f.handed(h, false)
		h.stop()
		<-h.over
	}
}

// read does what is keyed. It runs on its own goroutine.
func (h *hands) read() {
	defer close(h.over)
	defer h.hush()
	var typed string
	for {
		wait := between
		if typed == "" {
			wait = seldom // nobody is waited for
		}
		key, err := h.leg.nextKey(h.ctx, wait)
		switch {
		case err != nil:
			return
		case !key.Valid(): // a pause
			typed = h.take(typed, true)
		case key == '*':
			h.take(typed, true)
			typed = "*"
		case typed != "" && key == '#':
			typed = h.take(typed+"#", true)
		case typed != "":
			typed = h.take(typed+string(rune(key)), false)
		default:
			h.bare(key)
		}
	}
}

// codeLength is the keys after which what is no code is told to be none.
const codeLength = 3

// take does what was typed when it is a code, and returns what is typed then. When it has ended, nothing more follows.
func (h *hands) take(typed string, ended bool) string {
	if len(typed) < 2 {
		if ended {
			h.unknown(typed)
			return ""
		}
		return typed
	}
	for _, d := range Deeds() {
		g, ok := gestureOf(d)
		code := h.call.svc.Codes[d]
		if !ok || code == "" || h.loose != nil && !besideCallsOut(d) {
			continue
		}
		keys, is := strings.CutPrefix(strings.TrimSuffix(typed, "#"), code)
		switch {
		case is && (ended || len(keys) >= g.keys):
			h.call.log.Info("code keyed", "agent", h.who, "deed", d)
			h.say(g.do(h, keys)...)
			return ""
		case is, !ended && strings.HasPrefix(code, typed):
			return typed
		}
	}
	if ended || len(typed) >= codeLength || h.loose != nil {
		h.unknown(typed)
		return ""
	}
	return typed
}

// unknown is for keys that are no code: on a call out they are meant for the other side, which may be a menu.
func (h *hands) unknown(typed string) {
	switch {
	case h.loose != nil && typed != "":
		h.loose(typed)
	case len(typed) > 1:
		h.say("D-NO-CODE")
	}
}

// bare is for a key before which no star was pressed: 0 ends what is being read.
func (h *hands) bare(k ivr.Key) {
	if k == '0' && h.call.svc.talks.cut(h.call.contact()) {
		return
	}
	if h.loose != nil {
		h.loose(k.String())
	}
}

// besideCallsOut tells whether a code is known on a call that a counselor made: it ends with the phone that made it, and
// cannot be handed to others.
func besideCallsOut(d Deed) bool {
	switch d {
	case DeedPause, DeedResume, DeedPanic, DeedEmergency, DeedUnsafe, DeedSafe, DeedStandDown:
		return true
	default:
		return slices.Contains(readings(), d)
	}
}

// say says prompts in the ear of who keyed, and nobody else's. It does not wait for their end; what was being said is not
// said to its end.
func (h *hands) say(words ...string) {
	if len(words) == 0 {
		return
	}
	saying := ivr.Saying{}
	for _, id := range words {
		saying.Parts = append(saying.Parts, ivr.Part{Lang: h.lang, ID: id})
	}
	list, err := h.call.svc.Prompts.playlist(saying)
	if err != nil {
		h.call.log.Error("confirmation not said", "agent", h.who, "error", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.saying != nil {
		h.saying.stop()
	}
	if h.ctx.Err() == nil {
		h.saying = h.leg.start(h.ctx, list)
	}
}

// hush ends what is being said.
func (h *hands) hush() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.saying != nil {
		h.saying.stop()
	}
}
