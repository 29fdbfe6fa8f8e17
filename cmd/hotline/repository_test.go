package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func read(t *testing.T, elem ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, elem...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every module in the program stands in the list of licences.
func TestThirdPartyIsComplete(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", "hotline/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	listed := read(t, "THIRD_PARTY.md")
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	for _, module := range slices.Compact(modules) {
		if !strings.Contains(listed, "| "+module+" |") {
			t.Errorf("%s is not in THIRD_PARTY.md", module)
		}
	}
}

// The table of folders says what the import test holds.
func TestArchitectureNamesEveryFolder(t *testing.T) {
	page := read(t, "ARCHITECTURE.md")
	for folder, r := range rules() {
		row := ""
		for line := range strings.Lines(page) {
			if strings.HasPrefix(line, "| `"+folder+"`") {
				row = line
			}
		}
		if row == "" {
			if _, err := os.Stat(filepath.Join("..", "..", folder)); err == nil {
				t.Errorf("ARCHITECTURE.md does not name %s", folder)
			}
			continue
		}
		for _, imported := range r.may {
			if !strings.Contains(row, imported) {
				t.Errorf("ARCHITECTURE.md: %s may import %s", folder, imported)
			}
		}
	}
	for line := range strings.Lines(page) {
		first, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasSuffix(first, ".go") {
			if _, err := os.Stat(filepath.Join("..", "..", first)); err != nil {
				t.Errorf("ARCHITECTURE.md names %s, which is not there", first)
			}
		}
	}
}

// Commands in the README exist.
func TestReadmeCommandsExist(t *testing.T) {
	page := read(t, "README.md")
	makefile := read(t, "Makefile")
	for _, target := range []string{"demo", "test", "build"} {
		if !strings.Contains(page, "make "+target) || !strings.Contains(makefile, "\n"+target+":") {
			t.Errorf("make %s is not in both README and Makefile", target)
		}
	}
}
