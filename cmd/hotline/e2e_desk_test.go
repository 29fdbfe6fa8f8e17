package main_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/callflows"
	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/store"
	"hotline/store/secret"
)

// centre is a house with the demo centre, the shipped flows, an office that never closes, and short words.
type centre struct {
	*house
	db *store.DB // beside the program
}

func openCentre(t *testing.T, env map[string]string) centre {
	t.Helper()
	url := postgres.URL(t) // an empty one: the program makes the demo centre
	h := newHouse(t, plan{env: env})
	flows, prompts := t.TempDir(), t.TempDir()
	source := filepath.Join("testdata", "e2e", "edition", "calendars", "office.yaml")
	writeText(t, filepath.Join(flows, "calendars", "office.yaml"), readText(t, source))
	writeShort(t, prompts)
	h.url = url
	h.env["HOTLINE_DATABASE_URL"], h.env["HOTLINE_FLOWS"], h.env["HOTLINE_PROMPTS"] = h.url, flows, prompts
	h.start()
	keys, err := secret.Load(filepath.Join(h.data, "keys"), true)
	must(t, err)
	db, err := store.Open(t.Context(), store.Options{URL: h.url, Keys: keys})
	must(t, err)
	t.Cleanup(db.Close)
	return centre{h, db}
}

// writeShort gives every prompt that callers hear a short tone, as somebody's own recording.
func writeShort(t *testing.T, dir string) {
	t.Helper()
	short := string(encode(tone.Sine(promptTone, -15, 100*time.Millisecond)))
	err := fs.WalkDir(callflows.Files, "audio", func(path string, d fs.DirEntry, err error) error {
		name, rendered := strings.CutSuffix(strings.TrimPrefix(path, "audio/"), ".tts.wav")
		if err == nil && rendered && strings.HasPrefix(d.Name(), "P") {
			writeText(t, filepath.Join(dir, name+".wav"), short)
		}
		return err
	})
	must(t, err)
}

// heard are the prompts of a line's newest contact, with their languages, in order, once it has ended.
func (c centre) heard(t *testing.T, line string, calls int) (id string, prompts []string) {
	t.Helper()
	all := c.filed(line, calls)
	id = all[len(all)-1].id
	for _, r := range c.sql(`SELECT data ->> 'prompt', data ->> 'language' FROM call_events WHERE contact_id = $1::uuid AND kind = 'prompted' ORDER BY seq`, id) {
		prompts = append(prompts, fmt.Sprint(r[0], " ", r[1]))
	}
	if slices.ContainsFunc(prompts, func(s string) bool { return strings.HasPrefix(s, "P-MOMENT ") || strings.HasPrefix(s, "P-SORRY") }) {
		t.Errorf("a caller of %s was told to wait a moment, or that something is broken: %v", line, prompts)
	}
	return id, prompts
}

// TestACallerAtTheDesk has one caller be known by language, book an appointment, change it, and hear how the case stands.
func TestACallerAtTheDesk(t *testing.T) {
	t.Parallel()
	c := openCentre(t, nil)
	const number = "13811223344"

	<-c.call(t, number, "12348", "wait 1200ms, press 2, wait 1500ms")
	_, prompts := c.heard(t, "12348", 1)
	if !slices.Contains(prompts, "P-GREET zh-CN") || !slices.Contains(prompts, "P-MENU yue") {
		t.Errorf("a stranger who chose Cantonese heard %v", prompts)
	}
	await(t, "the language kept", func() bool { return c.count(`SELECT count(*) FROM profiles WHERE lang = 'yue'`) == 1 })

	// Own matters, book, the first district, advice, the first time.
	<-c.call(t, number, "12348", "wait 900ms, press 5, wait 500ms, press 2, wait 500ms, press 1, wait 500ms, press 1, wait 3s, press 1, wait 4s")
	contact, prompts := c.heard(t, "12348", 2)
	if !slices.Contains(prompts, "P-GREET yue") || !slices.Contains(prompts, "P-AP-OK yue") || slices.ContainsFunc(prompts, func(s string) bool { return strings.HasPrefix(s, "P-LANG") }) {
		t.Errorf("who is known heard %v", prompts)
	}
	if n := c.count(`SELECT count(*) FROM appointments WHERE status = 'booked' AND contact_id = $1::uuid AND lang = 'yue'
		AND phone_key = (SELECT e164_hmac FROM phones LIMIT 1)`, contact); n != 1 {
		t.Errorf("%d appointments booked, want 1", n)
	}
	if got := c.contacts("12348")[1]; got.outcome != "self_service" {
		t.Errorf("filed as %+v", got)
	}
	c.askStatus(t, number)
	c.leftAt(t)
}

// leftAt looks where the three callers left: one in the menu, two in the menu of their own matters or after it.
func (c centre) leftAt(t *testing.T) {
	t.Helper()
	out := c.command(t, 0, "flow", "dropoff", "12348")
	var menu []string
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) == 7 && f[2] == "menu" {
			menu = f
		}
	}
	if len(menu) == 0 || len(menu[1]) != 12 || menu[3] != "3" || menu[4] != "2" || menu[5] != "1" {
		t.Errorf("the menu of 12348 is told as %v in:\n%s", menu, out)
	}
	if n := c.metrics()[fmt.Sprintf(`hotline_switchboard_node_visits_total{flow="12348",node="menu",version="%s",what="hung_up"}`, menu[1])]; n != 1 {
		t.Errorf("%v hung up in the menu by the metric, want 1", n)
	}
}

// passwordOf is the SIP password that the program gave a member of the demo staff.
func (c centre) passwordOf(t *testing.T, extension string) string {
	t.Helper()
	for line := range strings.Lines(readText(t, filepath.Join(c.data, "demo-staff.csv"))) {
		if f := strings.Split(line, ","); f[0] == extension {
			return f[4]
		}
	}
	t.Fatalf("no extension %s", extension)
	return ""
}

// command runs the program beside the one that serves, and returns what it printed.
func (c centre) command(t *testing.T, code int, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), c.exe, args...)
	for k, v := range c.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("hotline %s: exit code %d, want %d: %v\n%s", strings.Join(args, " "), got, code, err, out)
	}
	return string(out)
}

// askStatus hears how the case stands, after one wrong code.
func (c centre) askStatus(t *testing.T, number string) {
	t.Helper()
	no := c.sql(`SELECT k.no FROM cases k JOIN contacts c ON c.case_id = k.id LIMIT 1`)[0][0].(string)
	c.sql(`INSERT INTO case_progress (case_id, stage, due_at) SELECT id, 'review', now() + interval '2 days' FROM cases WHERE no = $1`, no)
	reference, code, err := c.db.IssueCode(t.Context(), "8001", no)
	must(t, err)
	wrong := "0000"
	if code == wrong {
		wrong = "1111"
	}
	<-c.call(t, number, "12348", fmt.Sprintf("wait 900ms, press 5, wait 500ms, press 1, wait 500ms, press %s#, wait 500ms, press %s, wait 800ms, press %s#, wait 500ms, press %s, wait 3s",
		reference, wrong, reference, code))
	contact, prompts := c.heard(t, "12348", 3)
	if !slices.Contains(prompts, "P-RETRY yue") || !slices.Contains(prompts, "P-STATUS yue") {
		t.Errorf("who asked for the case heard %v", prompts)
	}
	if n := c.count(`SELECT count(*) FROM call_events WHERE contact_id = $1::uuid AND data ->> 'keys' = $2`, contact, code); n != 0 {
		t.Error("the query code stands among the events")
	}
	if strings.Contains(c.log.String(), `"`+code+`"`) {
		t.Error("the query code stands in the log")
	}
}

// TestTheDutyLineKnowsItsFacilities has a detention house identify itself and forward an application: the day begins to run.
func TestTheDutyLineKnowsItsFacilities(t *testing.T) {
	t.Parallel()
	c := openCentre(t, nil)
	pin, err := c.db.SetPIN(t.Context(), "8010", "4401", time.Now().Add(time.Hour))
	must(t, err)
	<-c.call(t, "02083330003", "12340", "wait 500ms, press 4401"+pin+", wait 800ms, press 3, wait 3s")
	contact, prompts := c.heard(t, "12340", 1)
	if !slices.ContainsFunc(prompts, func(s string) bool { return strings.HasPrefix(s, "P-DET-LOGGED") }) {
		t.Errorf("the facility heard %v", prompts)
	}
	if n := c.count(`SELECT count(*) FROM requests r JOIN facilities f ON f.id = r.facility_id WHERE r.contact_id = $1::uuid AND f.code = '4401'
		AND r.kind = 'forward' AND r.due_at - r.filed_at BETWEEN interval '23:59' AND interval '24:01'`, contact); n != 1 {
		t.Errorf("%d requests, want one that is due in a day", n)
	}
	if strings.Contains(c.log.String(), pin) || c.count(`SELECT count(*) FROM call_events WHERE data::text LIKE '%' || $1 || '%'`, pin) != 0 {
		t.Error("the PIN stands in the log or among the events")
	}

	// Who is on call for the facility is rung at the seat, and what is said is recorded by nobody.
	c.seatWith(t, phone.Config{Extension: "8009", Password: c.passwordOf(t, "8009"), Tone: staffHz, Answering: phone.Answering{Script: steps(t, "wait 1s")}})
	<-c.call(t, "02083330003", "12340", "wait 500ms, press 4401"+pin+", wait 800ms, press 1, wait 400ms, press 2, stay")
	lawyer, _ := c.heard(t, "12340", 2)
	if n := c.count(`SELECT count(*) FROM call_events WHERE contact_id = $1::uuid AND kind = 'connected' AND data ->> 'extension' = '8009'`, lawyer); n != 1 {
		t.Errorf("connected with who is on call %d times, want once", n)
	}
	if tapes := c.tapes(lawyer); len(tapes) != 0 {
		t.Errorf("%d recordings of a talk with a detained person", len(tapes))
	}

	// A child is asked nothing and told nothing before somebody is rung.
	<-c.call(t, "13811223355", "12355", "wait 2s")
	id, prompts := c.heard(t, "12355", 1)
	if len(prompts) == 0 || prompts[0] != "P12355-HELLO zh-CN" {
		t.Errorf("a child heard %v", prompts)
	}
	if n := c.count(`SELECT count(*) FROM contacts WHERE id = $1::uuid AND class = 'minor'`, id); n != 1 {
		t.Error("a call to 12355 is not a child's")
	}
}

// TestFlowsAreReloadedByCommand changes a flow under the running program: with a fault nothing changes, without one it does.
func TestFlowsAreReloadedByCommand(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	c := centre{house: h}
	c.env["HOTLINE_OPS_LISTEN"] = h.ops
	path := filepath.Join(h.env["HOTLINE_FLOWS"], "flows", h.desks[0].line+".yaml")
	good := readText(t, path)
	before := c.command(t, 0, "flow", "reload")
	writeText(t, path, good+"\nfault: here\n")
	if out := c.command(t, 1, "flow", "reload"); !strings.Contains(out, h.desks[0].line+".yaml:") || !strings.Contains(out, "fault") {
		t.Errorf("a fault is told as %q", out)
	}
	if n := h.metrics()["hotline_flows_refused"]; n != 1 {
		t.Errorf("hotline_flows_refused is %v with a fault, want 1", n)
	}
	writeText(t, path, "# changed\n"+good)
	after := c.command(t, 0, "flow", "reload")
	if !strings.HasPrefix(after, "edition ") || after == before {
		t.Errorf("reloaded %q, before %q", after, before)
	}
	if n := h.metrics()["hotline_flows_refused"]; n != 0 {
		t.Errorf("hotline_flows_refused is %v, want 0", n)
	}
	answer, err := http.Post("http://"+h.ops+"/flows/reload", "text/plain", http.NoBody)
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("a page of a browser is answered %d", answer.StatusCode)
	}
}

// TestAPromptIsRecordedOverThePhone has a counselor speak a prompt into the telephone; callers hear it when it is approved.
func TestAPromptIsRecordedOverThePhone(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1})
	c := centre{house: h}
	c.env["HOTLINE_OPS_LISTEN"] = h.ops
	d := h.desks[0]
	asked := c.command(t, 0, "prompts", "ask", "T-HELLO", "--lang", "zh-CN")
	if !strings.HasPrefix(asked, "dial *77101 ") {
		t.Fatalf("asked: %s", asked)
	}
	seat := h.seat(t, d.extension, phone.Answering{})

	// Keyed after the feature code, spoken twice; the second is heard again and kept.
	report := <-h.dial(seat, "*77", steps(t, "wait 500ms, press 999#, wait 2500ms, press 101#, wait 6s, press #, wait 300ms, press 2, wait 6s, press #, wait 300ms, press 3, wait 300ms, press 1, wait 4s"))
	if report.Status != 200 {
		t.Fatalf("the feature code was not answered: %+v", report)
	}
	if out := c.command(t, 0, "prompts", "takes"); !strings.Contains(out, "recorded") || !strings.Contains(out, "zh-CN/T-HELLO") || !strings.Contains(out, d.extension) {
		t.Errorf("waiting for approval:\n%s", out)
	}
	before := readText(t, filepath.Join(h.env["HOTLINE_FLOWS"], "audio", "zh-CN", "T-HELLO.wav"))
	own := filepath.Join(h.env["HOTLINE_PROMPTS"], "zh-CN", "T-HELLO.wav")
	if _, err := os.Stat(own); err == nil {
		t.Error("it is in force before anybody approved it")
	}
	c.command(t, 0, "prompts", "approve", "101")
	f, err := wav.Read(own)
	must(t, err)
	if level := tone.In(f, 0, staffHz); level < -30 {
		t.Errorf("what was spoken is not what was kept: %.0f dBm0", level)
	}
	if readText(t, own) == before {
		t.Error("the old recording stayed")
	}
	c.command(t, 1, "prompts", "reject", "101")
	if n := h.count(`SELECT count(*) FROM contacts`); n != 0 {
		t.Errorf("%d contacts of recording a prompt", n)
	}
}
