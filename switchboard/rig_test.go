package switchboard_test

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/acd"
	"hotline/cmd/phones/phone"
	"hotline/ivr"
	"hotline/media"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/sip"
	"hotline/store/event"
	"hotline/store/journal"
	"hotline/store/secret"
	"hotline/switchboard"
)

func TestMain(m *testing.M) {
	flag.Parse()
	// A test here mostly waits for telephones; and each telephone's audio keeps a processor's place while it sleeps.
	_ = flag.Set("test.parallel", "4")
	runtime.GOMAXPROCS(runtime.NumCPU() + 4*6) // six telephones and engines a test
	os.Exit(switchboard.Postgres.Main(m))      // looks for goroutines, too
}

const password = "rig-password-of-every-extension"

// rig is a whole hotline but for the database: real SIP, real RTP, a real journal, short prompts.
type rig struct {
	*switchboard.Service
	t       *testing.T
	ua      *sip.UA
	journal *journal.Journal
	dir     string
	metrics *prometheus.Registry
	facts   chan event.Event // everything filed, in order

	mu   sync.Mutex
	seen []event.Event
	over bool
}

// flows of the rig: short words, the shape of the shipped ones.
func flows() map[string]string {
	return map[string]string{
		"flows/12348.yaml": `
flow: 12348
use: line
languages: [zh-CN, yue, en]
start: greet
person: general
message: message
goodbye: bye
nodes:
  greet: {say: T-HELLO, then: menu}
  menu: {menu: T-MENU, keys: {1: labour, 2: general, 3: minors, 4: message, 5: legal}, silence: general, wrong: general}
  labour: {queue: labour, limit: 30m, served: rating, closed: message, timeout: bye}
  general: {queue: general, served: bye, closed: message}
  minors: {flow: 12355}
  legal: {consent: commitment, say: [T-LEGAL, T-AGREE], agreed: bye, refused: bye, silence: general, wrong: general}
  message: {voicemail: T-VM, keep: T-KEEP, done: T-DONE, calendar: office, limit: 1m, then: bye, silence: bye, unavailable: bye}
  rating: {survey: main, score: T-SCORE, solved: T-SOLVED, then: bye}
  bye: {hangup: T-BYE}
`,
		"flows/12355.yaml": `
flow: 12355
use: line
languages: [zh-CN, yue, en]
minors: true
start: wait
person: wait
message: message
goodbye: bye
nodes:
  wait: {queue: minors, priority: 60, served: bye, closed: message}
  message: {voicemail: T-VM, keep: T-KEEP, done: T-DONE, calendar: office, limit: 1m, then: bye, silence: bye, unavailable: bye}
  bye: {hangup: T-BYE}
`,
		"flows/12340.yaml": `
flow: 12340
use: line
languages: [zh-CN, yue, en]
recording: none
start: desk
person: desk
goodbye: bye
nodes:
  desk: {queue: duty-desk, served: bye, closed: bye}
  bye: {hangup: T-BYE}
`,
		"flows/12345.yaml": `
flow: 12345
use: line
languages: [zh-CN, yue, en]
start: file
person: person
goodbye: bye
nodes:
  file: {lookup: caller, found: person, missing: bye, unavailable: bye}
  person: {queue: general, served: bye, closed: bye}
  bye: {hangup: T-BYE}
`,
		"flows/12346.yaml": `
flow: 12346
use: line
languages: [zh-CN, yue, en]
start: code
person: lobby
goodbye: bye
nodes:
  code: {input: T-MENU, into: code, as: digits, min: 6, max: 6, secret: true, then: which, silence: lobby, wrong: lobby}
  which: {lookup: mediation, by: code, found: notice, missing: lobby, locked: lobby, unavailable: lobby}
  notice: {consent: mediation-recording, say: T-AGREE, agreed: lobby, refused: quiet, silence: quiet, wrong: quiet}
  quiet: {set: {}, mark: private, then: lobby}
  lobby: {queue: general, served: bye, closed: bye}
  bye: {hangup: T-BYE}
`,
		"flows/12347.yaml": `
flow: 12347
use: line
languages: [zh-CN, yue, en]
start: file
person: danger
goodbye: bye
nodes:
  file: {lookup: caller, found: who, missing: bye, unavailable: bye}
  who: {when: caller, is: {blocked: blocked}, else: bye}
  blocked: {menu: T-MENU, tries: 1, wait: 1s, keys: {0: danger}, silence: bye, wrong: bye}
  danger: {queue: general, served: bye, closed: bye}
  bye: {hangup: T-BYE}
`,
		"flows/12349.yaml": `
flow: 12349
use: line
languages: [zh-CN, yue, en]
recording: none
start: lawyer
person: desk
goodbye: bye
nodes:
  lawyer: {duty: night, topic: TOPIC-CHILD, accept: duty-accept, ring: 2s, served: bye, nobody: desk, unavailable: desk}
  desk: {queue: duty-desk, served: bye, closed: bye}
  bye: {hangup: T-BYE}
`,
		"flows/callback.yaml": `
flow: callback
use: leg
languages: [zh-CN, yue, en]
given: {neutral: word, time: time}
start: ask
person: return taken
outcomes: [taken, later, unreached]
nodes:
  ask: {menu: T-HELLO, tries: 1, wait: 2s, keys: {1: return taken, 2: return later}, silence: return unreached, wrong: return unreached}
`,
		"flows/callback-preview.yaml": `
flow: callback-preview
use: leg
listener: staff
languages: [zh-CN, yue, en]
start: ask
person: return declined
outcomes: [accepted, refused, declined]
nodes:
  ask: {menu: L-CALLBACK, tries: 1, wait: 2s, keys: {1: return accepted, 2: return refused}, silence: return declined, wrong: return declined}
`,
		"flows/commitment.yaml": `
flow: commitment
use: leg
languages: [zh-CN, yue, en]
given: {group: phrase}
start: pledge
person: return person
outcomes: [agreed, refused, silent, person]
nodes:
  pledge: {consent: hardship-pledge, say: [T-READ, T-PLEDGE], agreed: return agreed, refused: return refused, silence: return silent, wrong: return silent}
`,
		"flows/referral.yaml": `
flow: referral
use: leg
languages: [zh-CN, yue, en]
given: {agency: phrase}
start: ask
person: return person
outcomes: [sent, refused, failed, person]
nodes:
  ask: {consent: referral, say: T-REF, agreed: send, refused: return refused, silence: return refused, wrong: return refused}
  send: {request: referral, values: [agency], then: sent, refused: return failed, unavailable: return failed}
  sent: {say: T-REF-OK, then: return sent}
`,
		"flows/outcome.yaml": `
flow: outcome
use: leg
languages: [zh-CN, yue, en]
given: {sum: cents}
start: ask
person: return person
outcomes: [right, wrong, silent, person]
nodes:
  ask: {menu: T-SUM, keys: {1: return right, 2: return wrong}, silence: return silent, wrong: return silent}
`,
		"flows/article.yaml": `
flow: article
use: leg
languages: [zh-CN, yue, en]
given: {article: word}
start: ask
person: return person
outcomes: [declined, person]
nodes:
  ask: {menu: T-HELLO, tries: 1, wait: 1s, keys: {2: return declined}, silence: return declined, wrong: return declined}
`,
		"flows/revisit.yaml": `
flow: revisit
use: leg
languages: [zh-CN, yue, en]
start: rating
person: return person
outcomes: [asked, person]
nodes:
  rating: {survey: revisit, score: T-SCORE, solved: T-SOLVED, then: return asked}
`,
		"flows/mediation-term.yaml": `
flow: mediation-term
use: leg
languages: [zh-CN, yue, en]
given: {i: number}
start: term
person: return person
outcomes: [agreed, refused, silent, person]
nodes:
  term: {consent: mediation-term, say: T-TERM, agreed: return agreed, refused: return refused, silence: return silent, wrong: return silent}
`,
		"flows/duty-accept.yaml": `
flow: duty-accept
use: leg
listener: staff
languages: [zh-CN, yue, en]
given: {topic: phrase}
start: ask
person: return declined
outcomes: [accepted, declined]
nodes:
  ask: {menu: L-ACCEPT, tries: 1, wait: 2s, keys: {1: return accepted}, silence: return declined, wrong: return declined}
`,
	}
}

// words makes a catalogue in which every prompt says its own id.
func words() []byte {
	ids := append(ivr.BuiltIn(), ivr.WaitPrompts()...)
	ids = append(ids, "T-HELLO", "T-MENU", "T-VM", "T-KEEP", "T-DONE", "T-SCORE", "T-SOLVED", "T-BYE", "T-LEGAL", "T-AGREE", "L-ACCEPT", "L-CALLBACK", "TOPIC-CHILD", "TOPIC-DANGER", "T-READ", "T-PLEDGE",
		"T-REF", "T-REF-OK", "T-SUM", "T-TERM", "GROUP-A", "AGENCY-A")
	ids = append(ids, switchboard.AskWords()...)
	vars := map[string]string{
		"P-POS": "n m", "P-POS-N": "n", "T-DONE": "time", "P-WAIT-CLIP": "clip", "L-ACCEPT": "topic", "T-READ": "group", "T-REF": "agency", "T-REF-OK": "no",
		"T-SUM": "sum", "T-TERM": "i",
	}
	kinds := map[string]string{
		"n": "cardinal", "m": "cardinal", "time": "datetime", "clip": "clip", "topic": "phrase",
		"group": "phrase", "agency": "phrase", "no": "reference", "sum": "money", "i": "index",
	}
	var b strings.Builder
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		text, flags := id, ""
		for _, v := range strings.Fields(vars[id]) {
			text += " {" + v + "}"
			flags += fmt.Sprintf("%s: %s, ", v, kinds[v])
		}
		legal := ""
		if strings.HasPrefix(id, "L-") || strings.HasPrefix(id, "D-") {
			legal = ", whisper: true"
		}
		if id == "T-LEGAL" || id == "T-READ" || id == "T-TERM" {
			legal = ", legal: true"
		}
		fmt.Fprintf(&b, "%s: {zh-CN: %q, yue: %q, en: %q, vars: {%s}%s}\n", id, text, text, text, strings.TrimSuffix(flags, ", "), legal)
	}
	return []byte(b.String())
}

func edition(t *testing.T) *ivr.Set {
	t.Helper()
	files := fstest.MapFS{
		"centre.yaml": {Data: []byte("queues: {labour: {}, general: {}, duty-desk: {}, minors: {minors: true}}\nrosters: [night]\n")},
		"calendars/office.yaml": {Data: []byte("calendar: office\nzone: Asia/Shanghai\npromise: \"12:00\"\n" +
			"hours: {workday: [\"00:00-24:00\"], restday: [\"00:00-24:00\"]}\n")},
		"prompts/catalogue.yaml": {Data: words()},
	}
	for name, text := range flows() {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	e, err := ivr.Load(files, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return ivr.NewSet(e)
}

// sounds is a folder in which every prompt is a tenth of a second long, and legal texts a second and a half.
type sounds struct{}

func (sounds) Open(string) (fs.File, error) { return nil, fs.ErrNotExist }
func (sounds) ReadFile(name string) ([]byte, error) {
	if !strings.HasSuffix(name, ".tts.wav") {
		return nil, fs.ErrNotExist
	}
	samples := 800
	if strings.Contains(name, "LEGAL") {
		samples = 12_000
	}
	if strings.Contains(name, "T-READ") || strings.Contains(name, "T-TERM") {
		return read()
	}
	f := wav.File{Header: wav.Header{Format: wav.ALaw, Channels: 1, Rate: 8000}, Data: make([]byte, samples)}
	return f.Encode(), nil
}

// read is three seconds of a tone: what is read to people in a talk.
func read() ([]byte, error) {
	samples := tone.Sine(supervisorTone, -15, 3*time.Second)
	f := wav.File{Header: wav.Header{Format: wav.PCM, Channels: 1, Rate: 8000}, Data: make([]byte, 2*len(samples))}
	for i, v := range samples {
		binary.LittleEndian.PutUint16(f.Data[2*i:], uint16(v)) //nolint:gosec // the same bits
	}
	return f.Encode(), nil
}

// staff are the rig's counselors.
type office struct{ agents map[string]acd.Agent }

func (o office) Line(number string) (switchboard.Line, bool) {
	lines := map[string]switchboard.Line{
		"12348": {Number: "12348", Flow: "12348", Lang: "zh-CN"},
		"12355": {Number: "12355", Flow: "12355", Lang: "zh-CN", Protected: true},
		"12340": {Number: "12340", Flow: "12340", Lang: "zh-CN"},
		"12345": {Number: "12345", Flow: "12345", Lang: "zh-CN"},
		"12346": {Number: "12346", Flow: "12346", Lang: "zh-CN"},
		"12347": {Number: "12347", Flow: "12347", Lang: "zh-CN"},
		"12349": {Number: "12349", Flow: "12349", Lang: "zh-CN"},
	}
	l, ok := lines[number]
	return l, ok
}

func (o office) Agent(extension string) (acd.Agent, bool) {
	a, ok := o.agents[extension]
	return a, ok
}

// clerk is an extension that serves no queue.
const clerk = "8090"

// Account implements sip.Accounts.
func (o office) Account(extension string) (sip.Account, bool) {
	if _, ok := o.agents[extension]; !ok && extension != clerk {
		return sip.Account{}, false
	}
	md5, sha := sip.HashPassword(extension, "hotline", password)
	a := sip.Account{Extension: extension, MD5: md5, SHA256: sha, DialOut: extension == "8001"}
	if strings.HasPrefix(extension, "87") {
		a.Mobile = sip.Outside{Trunk: "far", Number: "0" + extension}
	}
	return a, true
}

func counselor(id string, skills ...string) acd.Agent {
	a := acd.Agent{ID: acd.AgentID(id), Languages: []acd.Language{"zh-CN", "yue"}}
	for _, s := range skills {
		a.Skills = append(a.Skills, acd.Skill{Name: acd.Qualification(s), Level: 3})
	}
	return a
}

type options struct {
	lines, reserve int
	rules          func(*acd.Queue)
	trunks         []sip.Trunk
	adapt          func(*switchboard.Config)
	desk           func(switchboard.Visit) ivr.Desk
	emergency      []sip.Outside
	papers         switchboard.Papers
}

func newRig(t *testing.T, o options, agents ...acd.Agent) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), metrics: prometheus.NewRegistry(), facts: make(chan event.Event, 10_000)}
	staff := office{map[string]acd.Agent{}}
	for _, a := range agents {
		staff.agents[string(a.ID)] = a
	}
	log := slog.New(slog.DiscardHandler)
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(testWriter{t}, nil))
	}
	var err error
	if r.journal, err = journal.Open(filepath.Join(r.dir, "journal"), journal.Options{Keep: -1, Ballast: -1}); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(r.dir, "keys"), false)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := media.New(media.Config{Planes: 1, Rest: 50 * time.Millisecond}, log, r.metrics)
	if err != nil {
		t.Fatal(err)
	}
	config := switchboard.Config{
		Node: "rig", Boot: event.NewID(time.Now()), Recordings: filepath.Join(r.dir, "recordings"),
		Lines: max(o.lines, 1+9*btoi(o.lines == 0)), Reserve: o.reserve,
		Queues: switchboard.Queues{Version: "rig", Rules: rules(o.rules), Agents: acd.AgentRules{Ring: 2 * time.Second}, Zone: time.UTC},
		Routes: []switchboard.Route{{Prefix: "0", Trunk: "far"}}, Shown: "12348",
	}
	if o.adapt != nil {
		o.adapt(&config)
	}
	r.Service, err = switchboard.New(config, switchboard.Parts{
		Media: engine, Flows: edition(t), Prompts: switchboard.NewPrompts(sounds{}), Journal: r, Sealer: keys,
		Office: staff, Desk: o.desk, Papers: o.papers, Log: log, Metrics: r.metrics,
	})
	if err != nil {
		t.Fatal(err)
	}
	trunks := append([]sip.Trunk{{Name: "city", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}, o.trunks...)
	r.ua, err = sip.New(sip.Config{Listen: []string{"127.0.0.1:0"}, Accounts: staff, Trunks: trunks, Emergency: o.emergency}, r.Service, log, r.metrics)
	if err != nil {
		t.Fatal(err)
	}
	r.Attach(r.ua)
	if err := r.ua.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.run(engine)
	return r
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func rules(change func(*acd.Queue)) []acd.Queue {
	queues := []acd.Queue{
		{Name: "labour", Skills: []acd.Qualification{"labour"}, Times: acd.Times{Ring: 2 * time.Second, Wrap: -1}},
		{Name: "general", Times: acd.Times{Ring: 2 * time.Second, Wrap: -1}},
		{Name: "duty-desk", Times: acd.Times{Ring: 2 * time.Second, Wrap: -1}},
		{Name: "minors", Protected: true, Skills: []acd.Qualification{"minors"}, Times: acd.Times{Ring: 2 * time.Second, Wrap: -1}},
	}
	if change != nil {
		for i := range queues {
			change(&queues[i])
		}
	}
	return queues
}

// run serves until the end of the test, then stops in the program's order.
func (r *rig) run(engine *media.Engine) {
	calls, stopCalls := context.WithCancel(context.Background())
	audio, stopAudio := context.WithCancel(context.Background())
	done := make(chan error, 2)
	go func() { done <- r.ua.Run(calls) }()
	go func() { done <- engine.Run(audio) }()
	r.t.Cleanup(func() {
		stopCalls()
		if err := <-done; err != nil {
			r.t.Errorf("user agent: %v", err)
		}
		stopAudio()
		if err := <-done; err != nil {
			r.t.Errorf("media: %v", err)
		}
		r.mu.Lock()
		r.over = true
		r.mu.Unlock()
		if err := r.journal.Close(); err != nil {
			r.t.Errorf("journal: %v", err)
		}
	})
}

// Append implements switchboard.Journal: it keeps a copy of what is filed.
func (r *rig) Append(facts ...event.Event) (journal.Seq, error) {
	seq, err := r.journal.Append(facts...)
	r.mu.Lock()
	if err != nil && !r.over { // the router's timers outlive the test
		r.t.Errorf("a fact was lost: %v", err)
	}
	r.seen = append(r.seen, facts...)
	r.mu.Unlock()
	for _, e := range facts {
		r.facts <- e
	}
	return seq, err
}

// await waits for a fact of a type for which ok is true, and returns it.
func await[B event.Body](r *rig, ok func(B) bool) (event.Event, B) {
	r.t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		select {
		case e := <-r.facts:
			if b, is := e.Body.(B); is && (ok == nil || ok(b)) {
				return e, b
			}
		case <-limit.C:
			var none B
			r.t.Fatalf("no %T was filed; there are: %s", none, r.story())
		}
	}
}

// all returns the facts of one type filed so far.
func all[B event.Body](r *rig) []B {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []B
	for _, e := range r.seen {
		if b, is := e.Body.(B); is {
			out = append(out, b)
		}
	}
	return out
}

func (r *rig) story() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var kinds []string
	for _, e := range r.seen {
		kinds = append(kinds, e.Body.Kind().String())
	}
	return strings.Join(kinds, " ")
}

// phone starts a phone that lives as long as the test.
func (r *rig) phone(c phone.Config) *phone.Phone {
	r.t.Helper()
	c.Server = r.ua.Addr().String()
	p, err := phone.New(c)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := p.Listen(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	r.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			r.t.Errorf("phone: %v", err)
		}
	})
	return p
}

// seat starts a counselor's phone and waits until the counselor is ready.
func (r *rig) seat(extension string, a phone.Answering) *phone.Phone {
	r.t.Helper()
	p := r.phone(phone.Config{Extension: extension, Password: password, Tone: 1700, Answering: a})
	reg, err := p.Register(r.t.Context(), 5*time.Minute)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(reg.Close)
	await(r, func(s *event.StaffChanged) bool { return s.Extension == extension && s.State == event.StaffReady })
	return p
}

// call places a call in the background and returns where its report will come.
func (r *rig) call(to, script string) <-chan phone.Report {
	r.t.Helper()
	s, err := phone.ParseScript(script)
	if err != nil {
		r.t.Fatal(err)
	}
	p := r.phone(phone.Config{Number: "13800138000", Tone: 440})
	reports := make(chan phone.Report, 1)
	go func() {
		report, _ := p.Call(context.Background(), to, s)
		reports <- report
	}()
	return reports
}

// levels are what a recording has of the caller's and the counselor's tone, in dBm0, left and right.
func (r *rig) levels(path string) (left, right [2]float64) {
	r.t.Helper()
	f, err := wav.Read(filepath.Join(r.dir, "recordings", path))
	if err != nil {
		r.t.Fatal(err)
	}
	for i, hz := range []float64{440, 1700} {
		left[i], right[i] = tone.In(f, 0, hz), tone.In(f, 1, hz)
	}
	return left, right
}

// level is what one channel of a recording has of a tone, in dBm0.
func (r *rig) level(path string, channel int, hz float64) float64 {
	r.t.Helper()
	f, err := wav.Read(filepath.Join(r.dir, "recordings", path))
	if err != nil {
		r.t.Fatal(err)
	}
	return tone.In(f, channel, hz)
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

var _ io.Writer = testWriter{}
