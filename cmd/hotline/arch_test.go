package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rule says what one folder of ours may import, and why.
type rule struct {
	may []string // our folders; a folder may always import its own children
	why string
}

// rules is the house: DESIGN of the folders, held by TestImports. Folders that are not here may import anything of ours.
func rules() map[string]rule {
	return map[string]rule{
		"sip":         {nil, "signalling knows no audio and no cases"},
		"media":       {nil, "audio knows no SIP and no cases"},
		"ivr":         {nil, "a flow drives an abstract phone"},
		"callflows":   {nil, "shipped data, read by everybody"},
		"acd":         {nil, "routing is memory and time"},
		"casework":    {nil, "the rules of legal aid are pure functions"},
		"store":       {[]string{"casework"}, "the database knows no telephony"},
		"switchboard": {[]string{"sip", "media", "ivr", "acd", "store"}, "the only place where they all meet; HTTP and shipped data are handed in"},
		"console":     {[]string{"acd", "casework", "store"}, "people see state and cases, never packets"},
		"cmd/phones":  {[]string{"sip", "media"}, "test phones work against any SIP server"},
	}
}

// owners says who alone may import a library from outside.
func owners() map[string][]string {
	return map[string][]string{
		"github.com/emiago/sipgo": {"sip"},
		"github.com/pion/rtp":     {"media"},
		"github.com/pion/rtcp":    {"media"},
		"github.com/zaf/g711":     {"media"},
		"github.com/jackc/pgx/v5": {"store"},
		"net/http":                {"console", "cmd/hotline"},
	}
}

// bare folders import nothing but the standard library and themselves.
func bare() []string { return []string{"acd", "casework"} }

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "hotline/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p listed
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// folder is the house folder a package of ours belongs to: cmd/phones for hotline/cmd/phones/phone.
func folder(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "hotline/"), "/")
	if parts[0] == "cmd" && len(parts) > 1 {
		return "cmd/" + parts[1]
	}
	return parts[0]
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		home := folder(p.ImportPath)
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "hotline/") {
				checkOurs(t, p.ImportPath, home, imported)
				continue
			}
			checkTheirs(t, p.ImportPath, home, imported)
		}
	}
}

func checkOurs(t *testing.T, path, home, imported string) {
	r, ruled := rules()[home]
	to := folder(imported)
	if ruled && to != home && !slices.Contains(r.may, to) {
		t.Errorf("%s must not import %s: %s", path, imported, r.why)
	}
}

func checkTheirs(t *testing.T, path, home, imported string) {
	for lib, may := range owners() {
		if (imported == lib || strings.HasPrefix(imported, lib+"/")) && !slices.Contains(may, home) {
			t.Errorf("%s must not import %s: only %s does", path, imported, strings.Join(may, " and "))
		}
	}
	external := strings.Contains(strings.Split(imported, "/")[0], ".")
	if external && slices.Contains(bare(), home) {
		t.Errorf("%s must not import %s: %s uses the standard library only", path, imported, home)
	}
}

func TestNoDrawerPackages(t *testing.T) {
	for _, p := range packages(t) {
		last := p.ImportPath[strings.LastIndex(p.ImportPath, "/")+1:]
		if slices.Contains([]string{"util", "utils", "common", "types", "models", "helpers", "shared", "misc"}, last) {
			t.Errorf("%s: name a package for what it provides", p.ImportPath)
		}
	}
}
