package callflows_test

import (
	"os"
	"path/filepath"
	"testing"

	"hotline/callflows"
	"hotline/ivr"
	"hotline/ivr/ivrtest"
)

func TestScripts(t *testing.T) {
	e, err := ivr.Load(callflows.Files, today(t))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("scripts/*.call")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	visited := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script, err := ivrtest.Parse(file, text)
			if err != nil {
				t.Fatal(err)
			}
			report, err := ivrtest.Run(e, script)
			if err != nil {
				t.Fatal(err)
			}
			for node := range report.Nodes {
				visited[node] = true
			}
		})
	}
	for _, name := range e.Flows() {
		f, _ := e.Flow(name)
		for _, node := range f.Nodes() {
			if !visited[name+"/"+node] {
				t.Errorf("no script visits node %s of flow %s", node, name)
			}
		}
	}
}
