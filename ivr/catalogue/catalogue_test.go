package catalogue_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hotline/ivr/catalogue"
	"hotline/ivr/spoken"
)

const good = `
P-GREET: {zh-CN: 您好。, yue: 你好。, en: Hello.}
P-POS: {zh-CN: "您前面有{n}位，大约等{m}分钟。", yue: "你前面有{n}位，大約等{m}分鐘。", en: "{n} before you, about {m} minutes.", vars: {n: cardinal, m: cardinal}}
P-NO: {zh-CN: "编号{no}。", yue: "編號{no}。", en: "Number {no}.", vars: {no: reference}}
P-COMMIT-1: {zh-CN: 告知, yue: 告知, en: Notice, legal: true}
L-WHISPER: {zh-CN: "{queue}", yue: "{queue}", en: "{queue}", whisper: true, vars: {queue: phrase}}
P-SILENT-1: {zh-CN: 我在。, yue: 我喺度。, en: I am here., spoken-by: counselor}
`

func TestParse(t *testing.T) {
	c, err := catalogue.Parse("p.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.IDs(), " "); got != "L-WHISPER P-COMMIT-1 P-GREET P-NO P-POS P-SILENT-1" {
		t.Errorf("ids: %s", got)
	}
	p, _ := c.Prompt("P-COMMIT-1")
	w, _ := c.Prompt("L-WHISPER")
	s, _ := c.Prompt("P-SILENT-1")
	if !p.Legal || !w.Whisper || s.SpokenBy != "counselor" || p.Whisper || w.Legal {
		t.Error("flags are mixed up")
	}
	if _, ok := c.Prompt("P-NONE"); ok {
		t.Error("a prompt that is not there was found")
	}
}

func TestSegments(t *testing.T) {
	c, err := catalogue.Parse("p.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		id   string
		lang spoken.Lang
		want []catalogue.Segment
	}{
		{"P-GREET", "en", []catalogue.Segment{{Audio: "P-GREET", Text: "Hello."}}},
		{"P-POS", "zh-CN", []catalogue.Segment{{Audio: "P-POS.1", Text: "您前面有"}, {Var: "n"}, {Audio: "P-POS.2", Text: "位，大约等"}, {Var: "m"}, {Audio: "P-POS.3", Text: "分钟。"}}},
		{"P-POS", "en", []catalogue.Segment{{Var: "n"}, {Audio: "P-POS.1", Text: " before you, about "}, {Var: "m"}, {Audio: "P-POS.2", Text: " minutes."}}},
		{"P-NO", "yue", []catalogue.Segment{{Audio: "P-NO.1", Text: "編號"}, {Var: "no"}}},
		{"L-WHISPER", "en", []catalogue.Segment{{Var: "queue"}}},
	} {
		p, _ := c.Prompt(row.id)
		if got := p.Segments(row.lang); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s in %s: %+v, want %+v", row.id, row.lang, got, row.want)
		}
	}
}

func TestHashNamesTheExactWords(t *testing.T) {
	a, _ := catalogue.Parse("p.yaml", []byte("P-A: {zh-CN: 甲, en: A}\n"))
	b, _ := catalogue.Parse("p.yaml", []byte("P-A: {zh-CN: 甲, en: B}\n"))
	pa, _ := a.Prompt("P-A")
	pb, _ := b.Prompt("P-A")
	if pa.Hash("zh-CN") != pb.Hash("zh-CN") || pa.Hash("en") == pb.Hash("en") || len(pa.Hash("en")) != 64 {
		t.Error("the hash does not follow the words of its language")
	}
	if pa.Has("yue") || !pa.Has("en") || pa.Text("en") != "A" {
		t.Error("languages are mixed up")
	}
}

func TestParseFaults(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"unknown field", "P-A: {zh-CN: 甲, legel: true}", `p.yaml:1:17: unknown field "legel" in prompt P-A; did you mean "legal"?`},
		{"unknown kind", "P-A: {en: \"{n}\", vars: {n: cardinel}}", `p.yaml:1:28: unknown kind "cardinel" of value {n}; did you mean "cardinal"?`},
		{"undeclared", "P-A: {en: \"{m}\", vars: {n: cardinal}}", "p.yaml:1:1: prompt P-A does not speak {n} in en\np.yaml:1:1: prompt P-A speaks {m} in en but does not say what kind of value it is; known: n"},
		{"not in every language", "P-A: {en: \"{n}\", yue: 你好, vars: {n: cardinal}}", "p.yaml:1:1: prompt P-A does not speak {n} in yue"},
		{"stray brace", "P-A: {en: \"a {} b\"}", "p.yaml:1:1: prompt P-A has a stray brace in en; a value is written {name}"},
		{"empty text", "P-A: {en: \"\"}", "p.yaml:1:1: prompt P-A has no text\np.yaml:1:11: prompt P-A has no words in en"},
		{"bad id", "p_a: {en: A}", `p.yaml:1:1: a prompt id is made of capital letters, digits and hyphens, not "p_a"`},
		{"no map", "P-A: hello", "p.yaml:1:6: prompt P-A needs a map of texts, here is a single value"},
		{"no prompts", "- a", "p.yaml:1:1: a prompt file is a map from prompt ids to texts, here is a list"},
		{"flag", "P-A: {en: A, legal: yes}", `p.yaml:1:21: legal is true or false, not "yes"`},
		{"speaker", "P-A: {en: A, spoken-by: robot}", `p.yaml:1:25: spoken-by can only be counselor, not "robot"`},
		{"not YAML", "P-A: {en: A", "p.yaml:1:6: could not find flow mapping end token '}'"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := catalogue.Parse("p.yaml", []byte(row.text))
			if err == nil || err.Error() != row.want {
				t.Errorf("got\n%v\nwant\n%s", err, row.want)
			}
		})
	}
}

func TestLoadJoinsFiles(t *testing.T) {
	fsys := fstest.MapFS{
		"prompts/a.yaml":     {Data: []byte("P-A: {en: A}\n")},
		"prompts/b.yaml":     {Data: []byte("P-B: {en: B}\n")},
		"prompts/parts.yaml": {Data: []byte("n1: {en: one}\n")},
	}
	c, err := catalogue.Load(fsys, "prompts")
	if err != nil || !slices.Equal(c.IDs(), []string{"P-A", "P-B"}) {
		t.Fatalf("%v, %v", c.IDs(), err)
	}
	fsys["prompts/b.yaml"].Data = []byte("P-A: {en: again}\nP-C: {}\n")
	_, err = catalogue.Load(fsys, "prompts")
	want := "prompts/b.yaml:1:1: prompt P-A stands here a second time; the first is at prompts/a.yaml:1:1\nprompts/b.yaml:2:1: prompt P-C has no text"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("P-A: {en: \"{\", vars: {n: cardinal}}"))
	f.Add([]byte("P-A: {en: \"}{}{a\"}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, _ := catalogue.Parse("p.yaml", text)
		for _, id := range c.IDs() {
			p, _ := c.Prompt(id)
			for _, lang := range spoken.Langs() {
				for _, s := range p.Segments(lang) {
					if (s.Var == "") == (s.Audio == "") {
						t.Fatalf("%s: segment %+v is both or neither", id, s)
					}
				}
			}
		}
	})
}
