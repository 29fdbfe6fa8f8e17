package ivrtest_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"hotline/ivr"
	"hotline/ivr/ivrtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParseFaults(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"unknown line", "dial main\nhaer P-A\n", `f.call:2:1: unknown line "haer"; did you mean "hear"?`},
		{"no call", "about nothing\n", "f.call: a script is one call: one line dial or start is needed, here are 0"},
		{"two calls", "dial main\ndial main\n", "f.call: a script is one call: one line dial or start is needed, here are 2"},
		{"too few words", "dial main\npress\n", `f.call:2:1: "press" is written: press KEYS [early]`},
		{"no keys", "dial main\npress 12a\n", `f.call:2:1: press: "12a" are not keys of a telephone`},
		{"no time", "dial main\nwait soon\n", `f.call:2:1: wait: "soon" is not a time such as 40s`},
		{"no date", "at yesterday noon\ndial main\n", `f.call:1:1: at: "yesterday noon" is not a time such as 2026-11-23 10:00`},
		{"mark", "dial main\nserve angry\n", `f.call:2:1: serve: "angry" is no mark of a call`},
		{"given", "given weather rain\ndial main\n", `f.call:1:1: given: unknown thing "weather"`},
		{"given queue", "given queue general\ndial main\n", "f.call:1:1: given: it is written: given queue NAME closed | full | ahead 3 wait 4m ready 1"},
		{"given source", "given files sometimes\ndial main\n", "f.call:1:1: given: it is written: given files broken | slow | slow once | well"},
		{"given slot", "given slot S1 tomorrow HERE\ndial main\n", `f.call:1:1: given: "tomorrow" is not a time such as 2026-11-23 10:00`},
		{"expect", "dial main\nexpect quue general\n", `f.call:2:1: expect: unknown thing "quue"; did you mean "queue"?`},
		{"expect too little", "dial main\nexpect survey score\n", "f.call:2:1: expect: it is written: expect survey NAME VALUE"},
		{"expect no", "dial main\nexpect no rain\n", "f.call:2:1: expect: it is written: expect no recording | mark NAME | message | heard PROMPT and the like"},
		{"dial", "dial main to me\n", "f.call:1:1: dial: it is written: dial LINE [from NUMBER | anonymous]"},
		{"quote", "dial \"main\nhear P-A\n", "f.call:1:1: a quote is not closed"},
		{"size", strings.Repeat("# x\n", 20000), "f.call: the script is larger than 64 KiB"},
		{"length", "dial main\n" + strings.Repeat("silence\n", 600), "f.call: the script has more than 500 lines"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ivrtest.Parse("f.call", []byte(row.text))
			if err == nil || err.Error() != row.want {
				t.Errorf("got\n%v\nwant\n%s", err, row.want)
			}
		})
	}
}

func TestParse(t *testing.T) {
	s, err := ivrtest.Parse("f.call", []byte("about a \"quoted  text\"   here # comment\nstory 1 2\n\n# all comment\ndial main\npress 1#\n"))
	if err != nil || s.About != "a quoted  text here" || strings.Join(s.Story, ",") != "1,2" {
		t.Errorf("%+v, %v", s, err)
	}
}

const words = "P-A: {zh-CN: 甲, en: first words}\nP-B: {zh-CN: 乙, en: B}\nP-BYE: {zh-CN: 再见, en: bye}\n" +
	"P-SORRY-TECH: {zh-CN: x, yue: x, en: x}\nP-WRONG: {zh-CN: x, yue: x, en: x}\nP-RETRY: {zh-CN: x, yue: x, en: x}\nP-MOMENT: {zh-CN: x, yue: x, en: x}\n" +
	"P-LANG-OWN: {zh-CN: x, yue: x, en: x}\nP-VM-SOON: {zh-CN: x, yue: x, en: x}\nP-AP-TAKEN: {zh-CN: x, yue: x, en: x}\n"

func edition(t testing.TB) *ivr.Edition {
	t.Helper()
	e, err := ivr.Load(fstest.MapFS{
		"centre.yaml": {Data: []byte("queues: {general: {}}\n")}, "prompts/p.yaml": {Data: []byte(words)},
		"flows/main.yaml": {Data: []byte("flow: main\nuse: line\nlanguages: [en, zh-CN]\nstart: a\nperson: q\ngoodbye: bye\nnodes:\n" +
			"  a: {menu: P-A, keys: {1: bye}, silence: q, wrong: q}\n  q: {queue: general, limit: 10h, served: bye, closed: b, timeout: b}\n  b: {say: P-B, then: bye}\n  bye: {hangup: P-BYE}\n")},
	}, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestScriptsThatAreNotKept holds what a script says when a call goes
// otherwise: a test that cannot fail is none.
func TestScriptsThatAreNotKept(t *testing.T) {
	e := edition(t)
	for _, row := range []struct{ name, text, want string }{
		{"another prompt", "dial main\nhear P-B\npress 1\n", "f.call:2: the flow waits for a key (P-A), the script goes on with: hear P-B"},
		{"words that never come", "dial main\npress 0\nserve\nhear P-X\n", "f.call:4: the call is over, the script goes on with: hear P-X"},
		{"words that never come in line", "dial main\npress 0\nhear P-X\nserve\n", "f.call:3: the caller waits and waits, and this never happens: hear P-X"},
		{"the call is over", "dial main\nhear P-A\npress 1\nhear P-BYE\npress 1\nhear P-B\n", "f.call:6: the call is over, the script goes on with: hear P-B"},
		{"the script is over", "dial main\nhear P-A\npress 0\n", "f.call: the script ends while the caller still waits"},
		{"another queue", "dial main\nhear P-A\npress 0\nwait 1s\nexpect queue labour\nserve\n", `f.call:5: expect queue labour: the queue is "general"`},
		{"no queue", "dial main\nhear P-A\npress 1\nexpect queue general\n", "f.call:4: expect queue general: the caller was in no queue"},
		{"not protected", "dial main\nhear P-A\npress 0\nwait 1s\nexpect queue general protected\nserve\n", "f.call:5: expect queue general protected: the caller is not protected"},
		{"priority", "dial main\nhear P-A\npress 0\nwait 1s\nexpect queue general priority 5\nserve\n", "f.call:5: expect queue general priority 5: the priority is 0"},
		{"prefer", "dial main\nhear P-A\npress 0\nwait 1s\nexpect queue general prefer 8003\nserve\n", `f.call:5: expect queue general prefer 8003: the counselor rung first is ""`},
		{"private", "dial main\nhear P-A\npress 0\nwait 1s\nexpect queue general private\nserve\n", "f.call:5: expect queue general private: the call is recorded"},
		{"outcome", "dial main\nhear P-A\npress 1\nexpect outcome left\n", `f.call:4: expect outcome left: the outcome is "hangup"`},
		{"language", "dial main\nhear P-A\npress 1\nexpect language yue\n", `f.call:4: expect language yue: the language is "en"`},
		{"mark", "dial main\nhear P-A\npress 1\nexpect mark danger\n", "f.call:4: expect mark danger: the call is marked: false"},
		{"no mark", "dial main\nhear P-A\npress 0\nserve danger\nhear P-BYE\nexpect no mark danger\n", "f.call:6: expect no mark danger: it happened"},
		{"message", "dial main\nhear P-A\npress 1\nexpect message\n", "f.call:4: expect message: no message was kept"},
		{"callback", "dial main\nhear P-A\npress 1\nexpect callback\n", "f.call:4: expect callback: no callback was promised"},
		{"event", "dial main\nhear P-A\npress 1\nexpect request papers\n", "f.call:4: expect request papers: what happened: []"},
		{"heard", "dial main\nhear P-A\npress 1\nexpect heard P-B\n", "f.call:4: expect heard P-B: P-B was not heard"},
		{"not heard", "dial main\nhear P-A\npress 1\nexpect no heard P-A\n", "f.call:4: expect no heard P-A: it happened"},
		{"node", "dial main\nhear P-A\npress 1\nexpect node main/q\n", "f.call:4: expect node main/q: the node was not visited"},
		{"duty", "dial main\nhear P-A\npress 1\nexpect duty night\n", "f.call:4: expect duty night: no such roster was rung"},
		{"variable", "dial main\nhear P-A\npress 1\nexpect variable x y\n", `f.call:4: expect variable x y: x is ""`},
		{"no line", "dial other\n", "f.call:1: no flow answers the line other"},
		{"no leg", "start main\n", "f.call:1: no flow main runs on a leg"},
		{"too early", "press 1\ndial main\n", `f.call:1: "press" comes before the call begins`},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, err := ivrtest.Parse("f.call", []byte(row.text))
			if err != nil {
				t.Fatal(err)
			}
			_, err = ivrtest.Run(e, s)
			if err == nil || strings.SplitN(err.Error(), "\n", 2)[0] != row.want {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
		})
	}
}

func TestAFailureTellsTheCallSoFar(t *testing.T) {
	s, _ := ivrtest.Parse("f.call", []byte("dial main\nhear P-A\npress 0\nserve\nhear P-B\n"))
	_, err := ivrtest.Run(edition(t), s)
	want := "the call so far:\n  hear P-A  # first words\n  press 0\n  queue general\n  served\n  hear P-BYE  # bye"
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

func TestReadmeListsEveryLine(t *testing.T) {
	readme, err := os.ReadFile("../../callflows/scripts/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range ivrtest.Lines() {
		if !strings.Contains(string(readme), "`"+line+"`") && !strings.Contains(string(readme), "`"+line+" ") {
			t.Errorf("the README does not tell of %q", line)
		}
	}
}

func TestClock(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := ivrtest.NewClock(at)
	c.Pass(time.Hour)
	c.Pass(-time.Hour)
	if !c.Now().Equal(at.Add(time.Hour)) {
		t.Errorf("it is %v", c.Now())
	}
}

func FuzzScript(f *testing.F) {
	e := edition(f)
	for _, seed := range []string{
		"dial main\nhear P-A\npress 1\n", "given queue general closed\ndial main anonymous\nsilence\n", "at 2026-11-23 10:00\nstart main x=1\n",
		"dial main\npress 0\nwait 10m\nhangup\nexpect outcome left\n", "dial \"main\nexpect no recording", "about # x\nserve for 5m danger",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ivrtest.Parse("f.call", []byte(text))
		if err != nil {
			return
		}
		report, _ := ivrtest.Run(e, s)
		if report == nil {
			t.Fatal("no report")
		}
	})
}

func TestRunAll(t *testing.T) {
	e := edition(t)
	fsys := fstest.MapFS{
		"s/good.call":   {Data: []byte("story 7\ndial main\nhear P-A\npress 1\nhear P-BYE\n")},
		"s/bad.call":    {Data: []byte("dial main\nhear P-X\n")},
		"s/broken.call": {Data: []byte("dail main\n")},
		"s/notes.md":    {Data: []byte("not a call")},
	}
	suite, err := ivrtest.RunAll(e, fsys, "s")
	if err != nil || suite.Calls != 3 || len(suite.Failures) != 2 || strings.Join(suite.Stories, " ") != "7" {
		t.Fatalf("%+v, %v", suite, err)
	}
	if got := strings.Join(suite.Unvisited, " "); got != "main/b main/q" {
		t.Errorf("unvisited: %s", got)
	}
	text := suite.Err().Error()
	for _, want := range []string{"s/bad.call:2: ", "s/broken.call:1:1: unknown line \"dail\"", "no call visits the node main/q"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told in:\n%s", want, text)
		}
	}
}
