package ivr_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hotline/callflows"
	"hotline/ivr"
)

func TestReloadIsAllOrNothing(t *testing.T) {
	good := map[string]string{"main": line("  a: {say: P-A, then: bye}"), "other": part("done")}
	e := load(t, good)
	set := ivr.NewSet(e)
	good["main"], good["other"] = line("  a: {say: P-B, then: bye}"), "flow: part\n"
	if err := set.Reload(files(good), now); err == nil || !strings.HasPrefix(err.Error(), "reload flows: flows/other.yaml:1:1: ") {
		t.Fatalf("a broken folder gives %v", err)
	}
	if set.Edition() != e {
		t.Fatal("half of a broken folder is in force")
	}
	good["other"] = part("done")
	if err := set.Reload(files(good), now); err != nil {
		t.Fatal(err)
	}
	after := set.Edition()
	if after == e || flow(t, after, "main").Hash() == flow(t, e, "main").Hash() || flow(t, after, "part").Hash() != flow(t, e, "part").Hash() {
		t.Error("the hashes do not follow the files")
	}
	if after.Hash() == e.Hash() || len(e.Hash()) != 64 {
		t.Error("the edition's hash does not follow its flows")
	}
}

func TestARunningCallKeepsItsFlow(t *testing.T) {
	flows := map[string]string{"main": line("  a: {queue: general, served: b, closed: b}\n  b: {say: P-OLD, then: bye}")}
	set := ivr.NewSet(load(t, flows))
	p := &mute{queue: func(ivr.QueueRequest) (ivr.QueueResult, error) {
		flows["main"] = line("  a: {say: P-NEW, then: bye}")
		return ivr.QueueResult{Outcome: ivr.Served}, set.Reload(files(flows), now)
	}}
	if _, err := ivr.Run(t.Context(), flow(t, set.Edition(), "main"), p, ivr.Call{}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.said, ", "); got != "P-OLD, P-BYE" {
		t.Errorf("heard: %s", got)
	}
	if flow(t, set.Edition(), "main").Kind("a") != "say" {
		t.Error("the new flow is not in force")
	}
}

// shelf is a folder that may be changed while it is read.
type shelf struct {
	mu    sync.Mutex
	files fstest.MapFS
}

func (s *shelf) Open(name string) (fs.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.files).Open(name)
}

func (s *shelf) put(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = &fstest.MapFile{Data: []byte(text), ModTime: time.Now()}
}

func TestServeReloadsOnChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := &shelf{files: files(map[string]string{"main": line("  a: {say: P-A, then: bye}")})}
		e, err := ivr.Load(fsys, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		set := ivr.NewSet(e)
		ctx, cancel := context.WithCancelCause(t.Context())
		var done []error
		ended := make(chan error)
		go func() { ended <- set.Serve(ctx, fsys, 2*time.Second, func(err error) { done = append(done, err) }) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(done) > 0 {
			t.Errorf("reloaded without a change: %v", done)
		}
		fsys.put("flows/main.yaml", "flow: main\n")
		time.Sleep(time.Minute)
		synctest.Wait()
		fsys.put("flows/main.yaml", line("  a: {say: [P-A, P-BYE], then: bye}"))
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(done) != 2 || done[0] == nil || done[1] != nil || set.Edition() == e {
			t.Errorf("a broken change and its repair gave %v", done)
		}
		cancel(errGone)
		if err := <-ended; !errors.Is(err, errGone) {
			t.Errorf("ended with %v", err)
		}
	})
}

// A file changed between the start's reading and the first look is not overlooked.
func TestServeSeesWhatChangedBeforeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fsys := &shelf{files: files(map[string]string{"main": line("  a: {say: P-A, then: bye}")})}
		e, err := ivr.Load(fsys, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		fsys.put("flows/main.yaml", line("  a: {say: [P-A, P-BYE], then: bye}"))
		set := ivr.NewSet(e)
		ctx, cancel := context.WithCancelCause(t.Context())
		var done []error
		ended := make(chan error)
		go func() { ended <- set.Serve(ctx, fsys, 2*time.Second, func(err error) { done = append(done, err) }) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(done) != 1 || done[0] != nil || set.Edition() == e {
			t.Errorf("a change before the first look gave %v", done)
		}
		cancel(errGone)
		<-ended
	})
}

func TestOverlay(t *testing.T) {
	front := fstest.MapFS{"flows/a.yaml": {Data: []byte("front")}, "own.yaml": {Data: []byte("own")}}
	back := fstest.MapFS{"flows/a.yaml": {Data: []byte("back")}, "flows/b.yaml": {Data: []byte("b")}}
	both := ivr.Overlay(front, back)
	for name, want := range map[string]string{"flows/a.yaml": "front", "flows/b.yaml": "b", "own.yaml": "own"} {
		if got, err := fs.ReadFile(both, name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if names, err := fs.Glob(both, "flows/*.yaml"); err != nil || strings.Join(names, " ") != "flows/a.yaml flows/b.yaml" {
		t.Errorf("%v, %v", names, err)
	}
	if _, err := both.Open("none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file in neither: %v", err)
	}
	if _, err := fs.ReadDir(both, "none"); err == nil {
		t.Error("a folder in neither was listed")
	}
}

// TestSchemaIsTheCode holds the committed schema equal to what the reader
// takes. Run with UPDATE=1 to write it anew.
func TestSchemaIsTheCode(t *testing.T) {
	const file = "../callflows/flow.schema.json"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, ivr.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(file)
	if err != nil || string(committed) != string(ivr.Schema()) {
		t.Errorf("the schema is not what the reader takes (%v); UPDATE=1 go test ./ivr -run Schema writes it", err)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	var doc any
	if err := json.Unmarshal(ivr.Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("flow.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("flow.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestShippedFlowsFollowTheSchema(t *testing.T) {
	s := compiled(t)
	names, err := fs.Glob(callflows.Files, "flows/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%v, %v", names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(callflows.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaAndReaderRefuseTheSame takes one field after the other away from
// good nodes, and adds an unknown one: what the reader refuses the schema
// refuses.
func TestSchemaAndReaderRefuseTheSame(t *testing.T) {
	s := compiled(t)
	for _, change := range []struct{ from, to string }{
		{"say: P-A, ", "say: P-A, zzz: 1, "},
		{"say: P-A, ", ""},
		{", then: b", ""},
		{"say: P-A", "say: lower"},
		{"keys: {1: bye}", "keys: {12: bye}"},
		{", silence: person", ""},
		{", wrong: person", ""},
		{"tries: 2", "tries: 9"},
		{"wait: 5s", "wait: soon"},
		{"start: a", "start: A"},
		{"use: line", "use: phone"},
		{"languages: [zh-CN, yue, en]", "languages: [fr]"},
		{"start: a", "start: a\nrecording: some"},
		{"start: a", "start: a\nzzz: 1"},
		{"mark: danger", "mark: dangerous"},
		{"queue: general", "queue: General"},
		{"position: true", "position: maybe"},
		{"say: P-C, every: 30s", "say: P-C, evry: 30s"},
		{", closed: bye}\n  d", "}\n  d"},
	} {
		text := line("  a: {say: P-A, then: b}\n  b: {menu: P-B, keys: {1: bye}, silence: person, wrong: person, tries: 2, wait: 5s}\n" +
			"  c: {queue: general, waiting: {position: true, comfort: {say: P-C, every: 30s}}, served: bye, closed: bye}\n  d: {set: {}, mark: danger, then: c}")
		text = strings.Replace(text, "goodbye: bye", "goodbye: bye\nmessage: d", 1)
		if _, err := ivr.Load(files(map[string]string{"main": text}), now); err != nil {
			t.Fatalf("the good flow has a fault: %v", err)
		}
		if err := s.Validate(plain(t, []byte(text))); err != nil {
			t.Fatalf("the good flow is against the schema: %v", err)
		}
		bad := strings.Replace(text, change.from, change.to, 1)
		if bad == text {
			t.Fatalf("%q is not in the flow", change.from)
		}
		_, byReader := ivr.Load(files(map[string]string{"main": bad}), now)
		bySchema := s.Validate(plain(t, []byte(bad)))
		if byReader == nil || bySchema == nil {
			t.Errorf("%q for %q: reader %v, schema %v", change.to, change.from, byReader, bySchema)
		}
	}
}
