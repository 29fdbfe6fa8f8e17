package main_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// discreet checks that the numbers of callers, given in their shortest form, which every longer one contains, stand
// nowhere in clear: not in the log or the metrics, not in the name or the content of any file, not in any row of any table.
func (h *house) discreet(t *testing.T, numbers ...string) {
	t.Helper()
	for name, text := range map[string]string{"log": h.log.String(), "metrics": h.get("/metrics"), "readiness": h.get("/readyz")} {
		if containsAny(text, numbers) {
			t.Errorf("a caller's number is written in the %s", name)
		}
	}
	if found := h.filesWith(t, numbers...); len(found) != 0 {
		t.Errorf("a caller's number is written in %v", found)
	}
	if found := h.tablesWith(numbers...); len(found) != 0 {
		t.Errorf("a caller's number is written in the tables %v", found)
	}
	// The search would find a number if there was one: those of the lines stand in clear.
	line := h.desks[0].line
	if len(h.tablesWith(line)) == 0 || len(h.filesWith(t, line)) == 0 || !strings.Contains(h.get("/metrics"), line) {
		t.Error("the search for numbers finds nothing at all")
	}
}

func containsAny(text string, all []string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.Contains(text, s) })
}

// filesWith are the files of the data folder that have one of some texts in their name or content.
func (h *house) filesWith(t *testing.T, texts ...string) (found []string) {
	t.Helper()
	must(t, filepath.WalkDir(h.data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil && containsAny(path+"\n"+string(b), texts) {
			found = append(found, e.Name())
		}
		return err
	}))
	return found
}

// tablesWith are the tables of which a row, all its columns as text, has one of some digits in clear or as bytes.
func (h *house) tablesWith(digits ...string) (found []string) {
	h.t.Helper()
	for _, d := range digits {
		digits = append(digits, hex.EncodeToString([]byte(d)))
	}
	for _, r := range h.sql(`SELECT table_schema, table_name FROM information_schema.tables
		WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`) {
		table := pgx.Identifier{r[0].(string), r[1].(string)}.Sanitize()
		if h.count(fmt.Sprintf(`SELECT count(*) FROM %s AS t WHERE t::text ~ $1`, table), strings.Join(digits, "|")) > 0 {
			found = append(found, table)
		}
	}
	return found
}

// followed checks that the log of every contact, from its first line to its last, is found by one id, and that no line
// about a call is without one.
func (h *house) followed(t *testing.T) {
	t.Helper()
	stages := map[string]string{} // by contact, the stages logged
	ours := map[string]bool{}
	for _, r := range h.sql(`SELECT id::text, external_id FROM contacts`) {
		ours[r[0].(string)] = true
	}
	for text := range strings.Lines(h.log.String()) {
		var e entry
		if json.Unmarshal([]byte(text), &e) != nil {
			t.Errorf("a line of the log is no JSON: %s", text)
			continue
		}
		id, about := e["call"].(string)
		if about && !ours[id] {
			t.Errorf("the log tells of a call that is not filed: %s", text)
		}
		if !about && (e["line"] != nil || e["leg"] != nil || e["stage"] != nil || strings.Contains(text, "sip:")) {
			t.Errorf("a call is logged without its id: %s", text)
		}
		if e.text("msg") == "call" {
			stages[id] += " " + e.text("stage")
		}
	}
	for id := range ours {
		if s := stages[id]; !strings.HasPrefix(s, " opened") || !strings.HasSuffix(s, " closed") {
			t.Errorf("contact %s is logged as%s, want opened ... closed", id, s)
		}
	}
}
