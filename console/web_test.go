package console_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hotline/console"
)

// What is embedded was made of the sources that lie beside it. This needs no Node: Vite wrote down the sum of its sources.
func TestThePageWasBuiltFromItsSources(t *testing.T) {
	files := []string{"index.html", "package-lock.json", "package.json", "tsconfig.json", "vite.config.js"}
	root := os.DirFS("web")
	for _, folder := range []string{"src", "public"} {
		must(t, fs.WalkDir(root, folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files = append(files, path)
			}
			return err
		}))
	}
	slices.Sort(files)
	sum := sha256.New()
	for _, path := range files {
		b, err := fs.ReadFile(root, path)
		must(t, err)
		_, _ = sum.Write(slices.Concat([]byte(path+"\n"), b, []byte("\n"))) // never fails
	}
	noted, err := os.ReadFile(filepath.Join("web", "built-from.sha256"))
	must(t, err)
	if got := hex.EncodeToString(sum.Sum(nil)); got != strings.TrimSpace(string(noted)) {
		t.Errorf("the sources are %s, web/dist was built from %s: run make web", got, noted)
	}
}

// Who builds the page gets the very files that are committed.
func TestThePageCanBeBuiltAgain(t *testing.T) {
	vite, err := filepath.Abs(filepath.Join("web", "node_modules", "vite", "bin", "vite.js"))
	must(t, err)
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(vite); err != nil || missing != nil {
		t.Skip("Node or the page's packages are not installed: make web-packages")
	}
	if version, err := exec.CommandContext(t.Context(), node, "--version").Output(); err != nil || string(version) < "v20.19" {
		t.Skipf("Vite needs Node 20.19 or later, this is %s", version)
	}
	out := t.TempDir()
	cmd := exec.CommandContext(t.Context(), node, vite, "build", "--outDir", out, "--emptyOutDir", "--logLevel", "warn")
	cmd.Dir = "web"
	cmd.Env = append(os.Environ(), "HOTLINE_NOTE_NOTHING=1")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("vite: %v\n%s", err, said)
	}
	built, committed := contents(t, out), contents(t, filepath.Join("web", "dist"))
	for path := range maps.Keys(committed) {
		if !bytes.Equal(built[path], committed[path]) {
			t.Errorf("%s is not what Vite makes of the sources: run make web", path)
		}
		delete(built, path)
	}
	for path := range built {
		t.Errorf("%s is not committed: run make web", path)
	}
}

func contents(t *testing.T, root string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path) // below root
		all[name], err = os.ReadFile(path)
		return err
	}))
	return all
}

// Both languages have the same words, with the same values in them, and words for every error of the API.
func TestWordsAreComplete(t *testing.T) {
	zh, en := words(t, "zh-CN"), words(t, "en")
	values := regexp.MustCompile(`\{\w+\}`)
	for key, text := range zh {
		a, b := values.FindAllString(text, -1), values.FindAllString(en[key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if en[key] == "" || text == "" || !slices.Equal(a, b) {
			t.Errorf("%s: %q and %q", key, text, en[key])
		}
		delete(en, key)
	}
	for key := range en {
		t.Errorf("%s is English only", key)
	}
	for _, code := range console.Problems() {
		if zh["problem."+code] == "" {
			t.Errorf("no words for %s", code)
		}
	}
}

// Every word that stands for itself is used by the page. Those of groups are named by the server.
func TestWordsAreUsed(t *testing.T) {
	var sources []byte
	for _, path := range slices.Concat(matching(t, "web/src/*.ts"), matching(t, "web/src/*.tsx")) {
		b, err := os.ReadFile(path)
		must(t, err)
		sources = append(sources, b...)
	}
	for key := range words(t, "en") {
		if !strings.Contains(key, ".") && !bytes.Contains(sources, []byte(`"`+key+`"`)) {
			t.Errorf("%s is not used", key)
		}
	}
}

func matching(t *testing.T, pattern string) []string {
	t.Helper()
	all, err := filepath.Glob(pattern)
	must(t, err)
	return all
}

func words(t *testing.T, lang string) (all map[string]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("web", "src", "words", lang+".json"))
	must(t, err)
	must(t, json.Unmarshal(b, &all))
	return all
}

// The lock names packages and their sums, and no registry or folder of whoever made it.
func TestTheLockNamesNoHost(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("web", "package-lock.json"))
	must(t, err)
	if bytes.Contains(b, []byte(`"resolved"`)) || bytes.Contains(b, []byte("file:")) || !bytes.Contains(b, []byte(`"integrity"`)) {
		t.Error("the lock names hosts or folders, or no sums")
	}
}
