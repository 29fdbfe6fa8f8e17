package source_test

import (
	"errors"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"hotline/ivr/source"
)

func TestParseKeepsPlaces(t *testing.T) {
	text := "flow: main\nnodes:\n  greet: {say: [P-GREET, P-NOTICE], then: \"8\"}\n  数: 007\n  empty:\n"
	root, err := source.Parse("main.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	nodes := root.Field("nodes").Value
	greet := nodes.Field("greet")
	say := greet.Value.Field("say").Value
	for _, c := range []struct {
		what string
		got  source.Position
		want string
	}{
		{"root", root.Position, "main.yaml:1:1"},
		{"greet", greet.At, "main.yaml:3:3"},
		{"say's value", say.Position, "main.yaml:3:16"},
		{"second prompt", say.Items[1].Position, "main.yaml:3:26"},
		{"after Chinese", nodes.Field("数").Value.Position, "main.yaml:4:6"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s stands at %s, want %s", c.what, c.got, c.want)
		}
	}
	if got := nodes.Field("数").Value.Text; got != "007" {
		t.Errorf("a number keeps its zeros: %q", got)
	}
	if got := greet.Value.Field("then").Value.Text; got != "8" {
		t.Errorf("quotes are no part of the text: %q", got)
	}
	if got := nodes.Field("empty").Value.Kind; got != source.Empty {
		t.Errorf("a key without value is %v", got)
	}
	if nodes.Field("nothing") != nil {
		t.Error("a key that is not there was found")
	}
}

func TestParseLiteralText(t *testing.T) {
	root, err := source.Parse("a.yaml", []byte("about: |\n  one\n  two\nfold: >\n  x\n  y\nyes: true\n"))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"about": "one\ntwo\n", "fold": "x y\n", "yes": "true"} {
		if got := root.Field(key).Value.Text; got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n"
	ladder := ""
	for i := range 30 {
		ladder += strings.Repeat(" ", i) + "a:\n"
	}
	for _, c := range []struct{ name, text, want string }{
		{"alias bomb", bomb, "f.yaml:1:4: anchors, aliases and merges (&, *, <<) are not taken here; quote the text if it is one"},
		{"alias", "a: *b\n", "f.yaml:1:4: anchors, aliases and merges (&, *, <<) are not taken here; quote the text if it is one"},
		{"merge", "a:\n  <<: {b: c}\n", "f.yaml:2:3: anchors, aliases and merges (&, *, <<) are not taken here; quote the text if it is one"},
		{"tag", "a: !!str b\n", "f.yaml:1:4: tags (!) are not taken here; quote the text if it is one"},
		{"doubled key", "a: 1\nb: 2\na: 3\n", `f.yaml:3:1: mapping key "a" already defined at [1:1]`},
		{"two documents", "a: 1\n---\nb: 2\n", "f.yaml: one YAML document is needed, here are 2"},
		{"no document", "# nothing\n", "f.yaml: one YAML document is needed, here are 0"},
		{"not UTF-8", "a: b\nc: 法\xff\n", "f.yaml:2:5: the file is not UTF-8 text"},
		{"deep ladder", ladder, "f.yaml:17:18: maps and lists are nested deeper than 16"},
		{"deep brackets", strings.Repeat("[", 100000), "f.yaml:1:1: more than 64 brackets or dashes are open here"},
		{"deep braces on many lines", "a: 1\n" + strings.Repeat("{\n", 1000), "f.yaml:66:1: more than 64 brackets or dashes are open here"},
		{"deep dashes", strings.Repeat("- ", 100000), "f.yaml:1:1: more than 64 brackets or dashes are open here"},
		{"open bracket", "a: [b\n", "f.yaml:1:4: sequence end token ']' not found"},
		{"ten megabytes", strings.Repeat("a", 10<<20), "f.yaml: the file is larger than 256 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := source.Parse("f.yaml", []byte(c.text))
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if f := (*source.Fault)(nil); !errors.As(err, &f) {
				t.Errorf("%T is no fault", err)
			}
		})
	}
}

// endless is a file that never ends.
type endless struct{ fs.File }

func (endless) Read(p []byte) (int, error) { return len(p), nil }
func (endless) Close() error               { return nil }

type endlessFS struct{}

func (endlessFS) Open(string) (fs.File, error) { return endless{}, nil }

func TestOpenReadsNoMoreThanTheLimit(t *testing.T) {
	text, err := source.Open(endlessFS{}, "big.yaml")
	if err != nil || len(text) != source.MaxBytes+1 {
		t.Fatalf("read %d bytes, %v", len(text), err)
	}
	if _, err := source.Open(fstest.MapFS{}, "none.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
}

// TestParseMemory feeds the largest file of the worst kinds and looks at what
// the heap had to give.
func TestParseMemory(t *testing.T) {
	for name, text := range map[string]string{
		"commas":  "[" + strings.Repeat("a,", source.MaxBytes/2-2) + "]",
		"dashes":  strings.Repeat("- x\n", source.MaxBytes/4),
		"anchors": strings.Repeat("- &a x\n", source.MaxBytes/7),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = source.Parse(name, []byte(text))
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 512<<20 {
			t.Errorf("%s: %d MiB allocated for one file", name, used>>20)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"flow: a\nnodes: {x: {say: P, then: y}}\n", "a: &a [*a]", "- - - x", "? a\n: b", "%YAML 1.2\n---\na", "'", "\"\\u", "a: |\n b", "{a: 1", "\xff", "a: !!int x", "---\n---\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := source.Parse("f.yaml", text)
		if (root == nil) == (err == nil) {
			t.Fatalf("root %v, error %v", root, err)
		}
		if f := (*source.Fault)(nil); err != nil && !errors.As(err, &f) {
			t.Fatalf("%T is no fault", err)
		}
	})
}
