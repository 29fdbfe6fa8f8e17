package ivr_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"

	"hotline/ivr"
	"hotline/ivr/ivrtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// promptsOf writes a catalogue with every prompt that stands in some flows, each
// saying its own id, besides those every flow relies on and those written out.
func promptsOf(flows map[string]string, written string) string {
	ids := append(ivr.BuiltIn(), ivr.WaitPrompts()...)
	for _, text := range flows {
		ids = append(ids, regexp.MustCompile(`\b[A-Z][A-Z0-9-]+\b`).FindAllString(text, -1)...)
	}
	slices.Sort(ids)
	var b strings.Builder
	b.WriteString(written + "\n")
	for _, id := range slices.Compact(ids) {
		vars := map[string]string{"P-POS": "n m", "P-POS-N": "n"}[id]
		if strings.Contains("\n"+written, "\n"+id+":") {
			continue
		}
		say, kinds := id, ""
		for _, v := range strings.Fields(vars) {
			say += " {" + v + "}"
			kinds += v + ": cardinal, "
		}
		fmt.Fprintf(&b, "%s: {zh-CN: %q, yue: %q, en: %q, vars: {%s}}\n", id, say, say, say, strings.TrimSuffix(kinds, ", "))
	}
	return b.String()
}

// files builds what an edition is loaded from. Keys that are names of flows
// hold flows; other keys are paths.
func files(flows map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{
		"centre.yaml":           {Data: []byte("queues: {general: {}, minors: {minors: true}}\nrosters: [night]\n")},
		"calendars/office.yaml": {Data: []byte("calendar: office\nhours: {workday: [\"09:00-17:00\"]}\n")},
	}
	only := map[string]string{}
	for name, text := range flows {
		if strings.Contains(name, "/") || strings.Contains(name, ".") {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
			continue
		}
		only[name] = text
		fsys["flows/"+name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	fsys["prompts/p.yaml"] = &fstest.MapFile{Data: []byte(promptsOf(only, flows["words/"]))}
	delete(fsys, "words/")
	return fsys
}

func load(t *testing.T, flows map[string]string) *ivr.Edition {
	t.Helper()
	e, err := ivr.Load(files(flows), now)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// play runs a script on an edition.
func play(t *testing.T, e *ivr.Edition, script string) *ivrtest.Report {
	t.Helper()
	s, err := ivrtest.Parse("test.call", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	report, err := ivrtest.Run(e, s)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// line is a flow for one line with the common ends; nodes are its own.
func line(nodes string) string {
	return "flow: main\nuse: line\nlanguages: [zh-CN, yue, en]\nstart: a\nperson: person\ngoodbye: bye\nnodes:\n" + nodes +
		"\n  person: {queue: general, served: bye, closed: bye}\n  bye: {hangup: P-BYE}\n"
}

// override is files, with paths replacing what files would have put there.
func override(flows map[string]string) fstest.MapFS {
	fsys := files(flows)
	for name, text := range flows {
		if strings.Contains(name, "/") && name != "words/" || name == "centre.yaml" {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return fsys
}

// plain reads YAML as an editor does, for a JSON schema.
func plain(t *testing.T, text []byte) any {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
