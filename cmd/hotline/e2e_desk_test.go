package main_test

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hotline/callflows"
	"hotline/cmd/phones/phone"
	"hotline/media/tone"
)

// centre is a house with the demo centre, the shipped flows, an office that never closes, and short words.
type centre struct{ *house }

func openCentre(t *testing.T) centre {
	t.Helper()
	url := postgres.URL(t) // an empty one: the program makes the demo centre
	h := newHouse(t, plan{})
	flows, prompts := t.TempDir(), t.TempDir()
	source := filepath.Join("testdata", "e2e", "edition", "calendars", "office.yaml")
	writeText(t, filepath.Join(flows, "calendars", "office.yaml"), readText(t, source))
	writeShort(t, prompts)
	h.url = url
	h.env["HOTLINE_DATABASE_URL"], h.env["HOTLINE_FLOWS"], h.env["HOTLINE_PROMPTS"] = h.url, flows, prompts
	h.start()
	return centre{h}
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
	c := openCentre(t)
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

// askStatus hears how the case stands, after one wrong code.
func (c centre) askStatus(t *testing.T, number string) {
	t.Helper()
	no := c.sql(`SELECT k.no FROM cases k JOIN contacts c ON c.case_id = k.id LIMIT 1`)[0][0].(string)
	c.command(t, 0, "desk", "stage", no, "review", "--due", time.Now().AddDate(0, 0, 2).Format("2006-01-02 15:04"))
	said := strings.Fields(c.command(t, 0, "desk", "code", no))
	reference, code := said[1], said[len(said)-1]
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
	c := openCentre(t)
	said := strings.Fields(c.command(t, 0, "desk", "pin", "4401"))
	pin := said[len(said)-1]
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

	// The same house, known by its number, may dial the main line: nothing is kept from where the duty line begins.
	c.command(t, 0, "desk", "facility", "4401", "First", "--number", "02083330003")
	<-c.call(t, "02083330003", "12348", "wait 700ms, press 4401"+pin+", wait 800ms, press 1, wait 400ms, press 2, stay")
	id, _ := c.heard(t, "12348", 1)
	if n := c.count(`SELECT count(*) FROM call_events WHERE contact_id = $1::uuid AND kind = 'connected' AND data ->> 'extension' = '8009'`, id); n != 1 {
		t.Errorf("connected from the main line %d times, want once", n)
	}
	for _, tape := range c.tapes(id) {
		if left, right := c.channels(tape); right.staff > -50 || left.staff > -50 || left.caller > -25 {
			t.Errorf("the talk is on the recording: left %+v, right %+v dBm0", left, right)
		}
		if n := c.count(`SELECT count(*) FROM recordings WHERE contact_id = $1::uuid AND gaps::text LIKE '%private%'`, id); n != 1 {
			t.Error("the recording does not say why it stops")
		}
	}

	// A child is asked nothing and told nothing before somebody is rung.
	<-c.call(t, "13811223355", "12355", "wait 2s")
	id, prompts = c.heard(t, "12355", 1)
	if len(prompts) == 0 || prompts[0] != "P12355-HELLO zh-CN" {
		t.Errorf("a child heard %v", prompts)
	}
	if n := c.count(`SELECT count(*) FROM contacts WHERE id = $1::uuid AND class = 'minor'`, id); n != 1 {
		t.Error("a call to 12355 is not a child's")
	}
}

// TestASlowDatabaseKeepsNobodyWaiting holds the callers' files: a caller hears that it takes a moment, and goes on without.
func TestASlowDatabaseKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	c := openCentre(t)
	conn, err := pgx.Connect(t.Context(), c.url)
	must(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(t.Context(), `BEGIN; LOCK TABLE profiles IN ACCESS EXCLUSIVE MODE`)
	must(t, err)
	report := <-c.call(t, "13811223366", "12348", "wait 9s")
	_, err = conn.Exec(t.Context(), `ROLLBACK`)
	must(t, err)
	if report.Status != 200 {
		t.Fatalf("not answered: %+v", report)
	}
	id := c.filed("12348", 1)[0].id
	var prompts []string
	for _, r := range c.sql(`SELECT data ->> 'prompt' FROM call_events WHERE contact_id = $1::uuid AND kind = 'prompted' ORDER BY seq`, id) {
		prompts = append(prompts, r[0].(string))
	}
	if len(prompts) < 3 || prompts[0] != "P-MOMENT" || !slices.Contains(prompts, "P-GREET") || !slices.Contains(prompts, "P-LANG-OWN") {
		t.Errorf("with the files away the caller heard %v", prompts)
	}
}
