package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	metricName = regexp.MustCompile(`hotline_[a-z_]+[a-z]`)
	quoted     = regexp.MustCompile("`([^`]+)`")
)

// TestTheRunbookIsTrue holds the metrics, log lines and faults that the runbook explains against the code that writes them.
func TestTheRunbookIsTrue(t *testing.T) {
	t.Parallel()
	page, code := readText(t, filepath.Join("..", "..", "deploy", "README.md")), sources(t)
	for _, name := range metricName.FindAllString(page, -1) {
		known := strings.Contains(code, `"`+name+`"`)
		for rest := strings.TrimPrefix(name, "hotline_"); !known && rest != ""; {
			known = strings.Contains(code, `"`+rest+`"`)
			_, rest, _ = strings.Cut(rest, "_")
		}
		if !known {
			t.Errorf("no metric is called %s", name)
		}
	}
	for _, table := range []string{"| line | means | do |", "| it says | do |"} {
		_, rows, found := strings.Cut(page, table)
		if !found {
			t.Fatalf("there is no table %q", table)
		}
		rows, _, _ = strings.Cut(rows, "\n\n")
		for row := range strings.Lines(rows) {
			first := strings.Split(row, "|")
			if len(first) < 3 {
				continue
			}
			for _, words := range quoted.FindAllStringSubmatch(first[1], -1) {
				for part := range strings.SplitSeq(words[1], "…") {
					if part = strings.TrimSpace(part); !strings.HasPrefix(part, "FILE:") && part != "address already in use" && !strings.Contains(code, part) {
						t.Errorf("nothing says %q", part)
					}
				}
			}
		}
	}
}

// sources is the text of all code that is no test.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	root := filepath.Join("..", "..")
	must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	}))
	return all.String()
}
