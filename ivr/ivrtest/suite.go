package ivrtest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"hotline/ivr"
	"hotline/ivr/source"
)

// Suite is what became of all written calls of a folder.
type Suite struct {
	Calls     int
	Failures  []error  // one for each call that went otherwise than written
	Unvisited []string // nodes no call visits, as flow/node, sorted
	Stories   []string // the stories told, sorted
}

// Err joins the failures and names the nodes no call visits; nil when all is
// well.
func (s *Suite) Err() error {
	errs := slices.Clone(s.Failures)
	for _, node := range s.Unvisited {
		errs = append(errs, fmt.Errorf("no call visits the node %s", node))
	}
	return errors.Join(errs...)
}

// RunAll plays every .call file of a folder on an edition. The error tells that
// the folder could not be read; a call that fails is in the suite.
func RunAll(e *ivr.Edition, fsys fs.FS, dir string) (*Suite, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.call"))
	if err != nil {
		return nil, err
	}
	s := &Suite{}
	visited, stories := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		s.Calls++
		script, report, err := runFile(e, fsys, name)
		if err != nil {
			s.Failures = append(s.Failures, err)
			continue
		}
		for node := range report.Nodes {
			visited[node] = true
		}
		for _, story := range script.Story {
			stories[story] = true
		}
	}
	s.Unvisited = unvisited(e, visited)
	for story := range stories {
		s.Stories = append(s.Stories, story)
	}
	slices.Sort(s.Stories)
	return s, nil
}

func runFile(e *ivr.Edition, fsys fs.FS, name string) (*Script, *Report, error) {
	text, err := source.Open(fsys, name)
	if err != nil {
		return nil, nil, err
	}
	script, err := Parse(name, text)
	if err != nil {
		return nil, nil, err
	}
	report, err := Run(e, script)
	return script, report, err
}

func unvisited(e *ivr.Edition, visited map[string]bool) []string {
	var out []string
	for _, name := range e.Flows() {
		f, _ := e.Flow(name)
		for _, node := range f.Nodes() {
			if !visited[name+"/"+node] {
				out = append(out, name+"/"+node)
			}
		}
	}
	slices.Sort(out)
	return out
}
