package ivr_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"hotline/ivr"
	"hotline/ivr/source"
	"hotline/ivr/spoken"
)

// withAudio adds a recording for every prompt and every spoken part.
func withAudio(t *testing.T, flows map[string]string) fstest.MapFS {
	t.Helper()
	fsys := files(flows)
	e, err := ivr.Load(fsys, now)
	if err != nil {
		t.Fatal(err)
	}
	fsys["audio/music/hold.wav"] = &fstest.MapFile{}
	for _, lang := range spoken.Langs() {
		for _, id := range spoken.Parts(lang) {
			fsys["audio/"+string(lang)+"/parts/"+id+".tts.wav"] = &fstest.MapFile{}
		}
		for _, id := range e.Prompts().IDs() {
			p, _ := e.Prompts().Prompt(id)
			for _, s := range p.Segments(lang) {
				if s.Audio != "" {
					fsys["audio/"+string(lang)+"/"+s.Audio+".tts.wav"] = &fstest.MapFile{}
				}
			}
		}
	}
	return fsys
}

func TestAudioOfEverythingSaid(t *testing.T) {
	fsys := withAudio(t, map[string]string{"main": line("  a: {say: P-A, then: bye}")})
	e, err := ivr.Load(fsys, now)
	if err != nil {
		t.Fatal(err)
	}
	if !e.Audio().Has("en", "P-A") || !e.Audio().Has("yue", "P-POS.1") || !e.Audio().Has("zh-CN", "parts/n1") || e.Audio().Has("en", "P-NONE") {
		t.Error("the recordings are not found")
	}
	// A human recording stands in for a rendered one.
	delete(fsys, "audio/en/P-A.tts.wav")
	fsys["audio/en/P-A.wav"] = &fstest.MapFile{}
	if _, err := ivr.Load(fsys, now); err != nil {
		t.Errorf("a human recording alone: %v", err)
	}
}

func TestMissingAudioIsAFault(t *testing.T) {
	for _, row := range []struct{ file, want string }{
		{"audio/en/P-A.tts.wav", "prompt P-A has no audio in en: audio/en/P-A.wav or .tts.wav is missing"},
		{"audio/yue/P-POS.1.tts.wav", "prompt P-POS has no audio in yue: audio/yue/P-POS.1.wav or .tts.wav is missing"},
		{"audio/zh-CN/parts/yao.tts.wav", `the spoken part "yao" has no audio in zh-CN: audio/zh-CN/parts/yao.wav or .tts.wav is missing`},
	} {
		fsys := withAudio(t, map[string]string{"main": line("  a: {say: P-A, then: bye}")})
		delete(fsys, row.file)
		_, err := ivr.Load(fsys, now)
		all := source.All(err)
		if len(all) != 1 || all[0].Text != row.want {
			t.Errorf("without %s: %v", row.file, err)
		}
	}
	fsys := withAudio(t, map[string]string{"main": line("  a: {say: P-A, then: bye}")})
	fsys["audio/en/P-A.txt"] = fsys["audio/en/P-A.tts.wav"]
	delete(fsys, "audio/en/P-A.tts.wav")
	if _, err := ivr.Load(fsys, now); err == nil {
		t.Error("a text file was taken for audio")
	}
}

func TestHoldMusicMustBeThere(t *testing.T) {
	flows := queueLine("waiting: {music: waltz}")
	fsys := withAudio(t, flows)
	_, err := ivr.Load(fsys, now)
	if err == nil || err.Error() != `flows/main.yaml:8:40: there is no hold music "waltz"; known: hold` {
		t.Errorf("got %v", err)
	}
	fsys["audio/music/waltz.wav"] = &fstest.MapFile{}
	if _, err := ivr.Load(fsys, now); err != nil {
		t.Error(err)
	}
	delete(fsys, "audio/music/hold.wav")
	fsys["flows/main.yaml"] = &fstest.MapFile{Data: []byte(queueLine("waiting: {position: true}")["main"])}
	if _, err := ivr.Load(fsys, now); err == nil || !strings.Contains(err.Error(), `there is no hold music "hold"`) {
		t.Errorf("got %v", err)
	}
}

func TestWhatACounselorReadsNeedsNoAudio(t *testing.T) {
	flows := map[string]string{"words/": "P-READ: {zh-CN: 我在, yue: 我喺度, en: I am here, spoken-by: counselor}", "main": line("  a: {say: P-A, then: bye}")}
	fsys := withAudio(t, flows)
	delete(fsys, "audio/en/P-READ.tts.wav")
	if _, err := ivr.Load(fsys, now); err != nil {
		t.Error(err)
	}
}

func TestAudioThatWasNotLookedAtIsThere(t *testing.T) {
	var a ivr.Audio
	if !a.Has("en", "anything") {
		t.Error("a folder without audio has faults")
	}
}

func TestTheEditionsHashFollowsWordsAndFlows(t *testing.T) {
	flows := map[string]string{"main": line("  a: {say: P-A, then: bye}"), "words/": "P-A: {zh-CN: 甲, yue: 甲, en: A}"}
	first := load(t, flows)
	again := load(t, flows)
	flows["words/"] = "P-A: {zh-CN: 甲, yue: 甲, en: Another}"
	words := load(t, flows)
	if first.Hash() != again.Hash() || first.Hash() == words.Hash() {
		t.Error("the hash does not follow the words")
	}
	if flow(t, first, "main").Hash() != flow(t, words, "main").Hash() {
		t.Error("a flow's hash follows words that are not in it")
	}
	if got := strings.Join(first.Flows(), " "); got != "main" {
		t.Errorf("flows: %s", got)
	}
	if _, ok := first.Flow("other"); ok {
		t.Error("a flow that is not there was found")
	}
	if got := first.Centre().QueueNames(); strings.Join(got, " ") != "general minors" || !first.Centre().Queues["minors"].Minors || first.Calendars()["office"] == nil {
		t.Errorf("the centre is %v", got)
	}
}

func TestCentreFaults(t *testing.T) {
	for text, want := range map[string]string{
		"queues: {a: {minor: true}}":  `centre.yaml:1:14: queue "a": only minors: true or false can be said of a queue here`,
		"queues: {a: {minors: many}}": `centre.yaml:1:14: queue "a": only minors: true or false can be said of a queue here`,
		"queues: [":                   "centre.yaml:1:9: sequence end token ']' not found",
	} {
		fsys := files(map[string]string{"main": line("  a: {say: P-A, then: bye}")})
		fsys["centre.yaml"] = &fstest.MapFile{Data: []byte(text)}
		if _, err := ivr.Load(fsys, now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	fsys := files(map[string]string{"main": line("  a: {say: P-A, then: bye}")})
	delete(fsys, "centre.yaml")
	delete(fsys, "flows/main.yaml")
	_, err := ivr.Load(fsys, now)
	if err == nil || !strings.Contains(err.Error(), "centre.yaml: read centre.yaml:") || !strings.Contains(err.Error(), "flows: there are no flows here") {
		t.Errorf("an empty folder: %v", err)
	}
}
