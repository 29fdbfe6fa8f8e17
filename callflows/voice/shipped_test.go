package voice_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/goccy/go-yaml"

	"hotline/callflows/voice"
	"hotline/ivr/catalogue"
	"hotline/ivr/spoken"
)

const mend = "render it with: go generate ./callflows/voice"

func shipped(t *testing.T) *voice.Studio {
	t.Helper()
	s, err := voice.Open(voice.Config{Prompts: os.DirFS("../prompts"), Shipped: os.DirFS("../audio")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestShippedSounds opens every committed sound: format, loudness, clipping, band,
// ends, length; and no prompt lacks its sound or has one of another text.
func TestShippedSounds(t *testing.T) {
	for _, st := range shipped(t).Lacking() {
		t.Errorf("%s; %s", st, mend)
	}
	for _, fault := range shipped(t).Audit() {
		t.Error(fault)
	}
}

// TestNoSoundWithoutText finds files and manifest entries nobody can hear.
func TestNoSoundWithoutText(t *testing.T) {
	wanted := map[string]bool{"music/hold.wav": true, "tones/ringback.wav": true, "tones/beep.wav": true}
	for _, l := range shipped(t).Book().Lines() {
		wanted[l.Key()+".wav"], wanted[l.Key()+".tts.wav"] = true, true
	}
	audio := os.DirFS("../audio")
	found := map[string]bool{}
	size := int64(0)
	err := fs.WalkDir(audio, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".wav" {
			return err
		}
		if !wanted[name] {
			t.Errorf("%s speaks no text of the catalogue", name)
		}
		found[name] = true
		info, err := d.Info()
		size += info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := fs.ReadFile(audio, "manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var known map[string]voice.Entry
	if err := json.Unmarshal(raw, &known); err != nil {
		t.Fatal(err)
	}
	for name := range known {
		if !found[name] {
			t.Errorf("the manifest knows %s, which is not there", name)
		}
	}
	t.Logf("%d sounds, %.1f MB", len(found), float64(size)/1e6)
	if size > 40e6 {
		t.Errorf("%.1f MB of sound is more than a program should carry", float64(size)/1e6)
	}
}

// TestCutsAsTheFlowsDo: the flow engine and the renderer must agree on where a
// text is cut and what the pieces are called.
func TestCutsAsTheFlowsDo(t *testing.T) {
	c, err := catalogue.Load(os.DirFS(".."), "prompts")
	if err != nil {
		t.Fatal(err)
	}
	b := shipped(t).Book()
	for _, id := range c.IDs() {
		p, _ := c.Prompt(id)
		for _, lang := range spoken.Langs() {
			for _, seg := range p.Segments(lang) {
				if seg.Var != "" {
					continue
				}
				l, err := b.Find(string(lang), seg.Audio)
				if err != nil || l.Text != seg.Text {
					t.Errorf("%s %s: the flows say %q, the renderer %q (%v)", lang, seg.Audio, seg.Text, l.Text, err)
				}
			}
		}
	}
	for _, lang := range spoken.Langs() {
		for _, part := range spoken.Parts(lang) {
			if _, err := b.Find(string(lang), "parts/"+part); err != nil {
				t.Error(err)
			}
		}
	}
}

// prompt is what the rules of the catalogue look at.
type prompt struct {
	texts map[string]string
	vars  map[string]any
}

func catalogues(t *testing.T) map[string]prompt {
	t.Helper()
	all := map[string]prompt{}
	for _, file := range []string{"catalogue.yaml", "extra.yaml", "desk.yaml", "phrases.yaml", "clips.yaml"} {
		raw, err := os.ReadFile("../prompts/" + file)
		if err != nil {
			t.Fatal(err)
		}
		entries := map[string]map[string]any{}
		if err := yaml.Unmarshal(raw, &entries); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for id, e := range entries {
			p := prompt{texts: map[string]string{}}
			for _, lang := range voice.Langs() {
				p.texts[lang], _ = e[lang].(string)
			}
			p.vars, _ = e["vars"].(map[string]any)
			all[id] = p
		}
	}
	return all
}

// TestEveryPromptHasThreeLanguages and a kind for each value it speaks.
func TestEveryPromptHasThreeLanguages(t *testing.T) {
	for id, p := range catalogues(t) {
		for lang, text := range p.texts {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no text in %s", id, lang)
			}
			for name := range vars(text) {
				if kind, _ := p.vars[name].(string); !slices.Contains(catalogue.Kinds(), kind) {
					t.Errorf("%s: {%s} in %s is of no kind", id, name, lang)
				}
			}
			for name := range p.vars {
				if !vars(text)[name] {
					t.Errorf("%s: {%s} is not spoken in %s", id, name, lang)
				}
			}
		}
	}
}

func vars(text string) map[string]bool {
	found := map[string]bool{}
	for _, s := range strings.Split(text, "{")[1:] {
		name, _, _ := strings.Cut(s, "}")
		found[name] = true
	}
	return found
}

// promised are the prompts that the journeys of the hotline are told with.
func promised() []string {
	return []string{
		"A-END", "A-WARN1", "A-WARN2", "L-ACCEPT", "L-WHISPER", "P-AGAIN", "P-AP-OK", "P-AP-REMIND", "P-AP-SLOTS", "P-APP-DONE",
		"P-ARTICLE-SMS", "P-BLOCK", "P-BYE", "P-CB-HELLO", "P-CB-KEY", "P-CB-LATER", "P-CB-NEUTRAL", "P-CB-NUM", "P-CB-OFFER",
		"P-CB-OK", "P-CLIP-OFFER", "P-CLOSED", "P-CLOSED-MENU", "P-CODE", "P-COMMIT-1", "P-COMMIT-2", "P-COMMIT-3", "P-COMMIT-4",
		"P-COMMIT-SMS", "P-CONNECT", "P-CRIM", "P-DET-HELLO", "P-DET-LOGGED", "P-DET-MENU", "P-DET-NOREC", "P-DV-SAFE", "P-EMG-CALL",
		"P-EMG-STAY", "P-GRANT", "P-GREET", "P-HOLIDAY", "P-LACK", "P-LANG", "P-LONG", "P-MED-END", "P-MED-INV", "P-MED-NOT",
		"P-MED-NOTICE", "P-MED-TERM", "P-MENU", "P-NOLAWYER", "P-NOTFOUND", "P-NOTICE", "P-NOTICE-FULL", "P-OBJECT", "P-OUTCOME",
		"P-POS", "P-POS-NEXT", "P-REF", "P-REF-OK", "P-REFNO", "P-REFUSE", "P-REVISIT", "P-RIGHT", "P-SELF", "P-SILENT-1",
		"P-SILENT-2", "P-SILENT-BYE", "P-SORRY-TECH", "P-STATUS", "P-SURGE", "P-SV-1", "P-SV-2", "P-SV-3", "P-URGENT", "P-VM",
		"P-VM-DONE", "P-VM-KEEP", "P-VM-SAFE", "P-WAIT-CLIP", "P-WRONG", "P12355-BYE", "P12355-CODE", "P12355-HELLO",
		"P12355-LAWYER", "P12355-NIGHT", "P12355-NOTALK", "P12355-SECRET", "P12355-SILENT-1", "P12355-SILENT-2", "P12355-SILENT-3",
		"P12355-TAP", "P12355-WAIT",
	}
}

// TestEveryPromisedPromptIsThere; that it has its words and sounds, other tests hold.
func TestEveryPromisedPromptIsThere(t *testing.T) {
	all := catalogues(t)
	for _, id := range promised() {
		if _, ok := all[id]; !ok {
			t.Errorf("there is no %s", id)
		}
	}
}

// long names the prompts that may pass 12 seconds or 45 characters, with the
// reason.
func long() map[string]string {
	return map[string]string{
		"P-MENU":          "five choices and the way to a person",
		"P-NOTICE-FULL":   "asked for by the caller, and all of it is the law's",
		"P12355-BREATHE":  "a breathing exercise",
		"CLIP-MARRIAGE":   "a clip",
		"CLIP-LOANS":      "a clip",
		"CLIP-RENTING":    "a clip",
		"CLIP-NEIGHBOURS": "a clip",
		"CLIP-CHILDREN":   "a clip",
	}
}

// TestPromptsAreShort: at most 45 Chinese characters and 12 seconds, values left
// out; and greeting and notice together within 12 seconds.
func TestPromptsAreShort(t *testing.T) {
	lengths := map[string]float64{}
	for _, st := range shipped(t).Statuses() {
		id, _, _ := strings.Cut(st.Line.Name, ".")
		lengths[st.Line.Lang+"/"+id] += st.Entry.Seconds
	}
	all := catalogues(t)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if long()[id] != "" {
			continue
		}
		for lang, text := range all[id].texts {
			if n := characters(text); n > 45 {
				t.Errorf("%s has %d characters in %s, at most 45", id, n, lang)
			}
			if s := lengths[lang+"/"+id]; s > 12 {
				t.Errorf("%s lasts %.1f s in %s, at most 12", id, s, lang)
			}
		}
	}
	for _, lang := range voice.Langs() {
		if s := lengths[lang+"/P-GREET"] + lengths[lang+"/P-NOTICE"]; s == 0 || s > 12 {
			t.Errorf("greeting and notice last %.1f s in %s, at most 12", s, lang)
		}
	}
}

func characters(text string) int {
	n := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// TestClipsLastAboutFortySeconds: long enough to say something, short enough for
// a queue.
func TestClipsLastAboutFortySeconds(t *testing.T) {
	clips := 0
	for _, st := range shipped(t).Statuses() {
		if st.Line.Kind != voice.Clip {
			continue
		}
		clips++
		if s := st.Entry.Seconds; s < 30 || s > 50 {
			t.Errorf("%s lasts %.1f s", st.Line.Key(), s)
		}
	}
	if clips < 15 {
		t.Errorf("%d clips, want five in three languages", clips)
	}
}
