package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"hotline/cmd/phones/phone"
)

// deployed is a file of the folder deploy.
func deployed(elem ...string) string {
	return filepath.Join(append([]string{"..", "..", "deploy"}, elem...)...)
}

// promtool runs Prometheus' own checker.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), requirePeer(t, "promtool"), args...).CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestAlertsAreSound(t *testing.T) {
	t.Parallel()
	promtool(t, "check", "config", deployed("prometheus", "prometheus.yml"))
	promtool(t, "test", "rules", deployed("prometheus", "hotline.test.yml"))
}

// Every alert has a case in which it is raised.
func TestAlertsHaveCases(t *testing.T) {
	var file struct {
		Tests []struct {
			Cases []struct {
				Alertname string `yaml:"alertname"`
				Alerts    []any  `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	must(t, yaml.Unmarshal([]byte(readText(t, deployed("prometheus", "hotline.test.yml"))), &file))
	raised := map[string]bool{}
	for _, test := range file.Tests {
		for _, one := range test.Cases {
			raised[one.Alertname] = raised[one.Alertname] || len(one.Alerts) > 0
		}
	}
	for _, a := range alerts(t) {
		if !raised[a.Alert] {
			t.Errorf("%s has no case in which it is raised", a.Alert)
		}
	}
}

// Every alert says what callers notice and what to do, and how urgent it is.
func TestAlertsSayWhatToDo(t *testing.T) {
	for _, a := range alerts(t) {
		if a.Annotations.Summary == "" || a.Annotations.Action == "" || !slices.Contains([]string{"page", "ticket"}, a.Labels.Severity) {
			t.Errorf("%s: %+v", a.Alert, a)
		}
	}
}

type alert struct {
	Alert, Expr string
	Labels      struct{ Severity string }
	Annotations struct{ Summary, Action string }
}

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alert } }
	must(t, yaml.Unmarshal([]byte(readText(t, deployed("prometheus", "hotline.rules.yml"))), &file))
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// panels are the queries of the dashboard, by the panel's title.
func panels(t *testing.T) map[string][]string {
	t.Helper()
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	must(t, json.Unmarshal([]byte(readText(t, deployed("grafana", "hotline.json"))), &board))
	all := map[string][]string{}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all[p.Title] = append(all[p.Title], strings.ReplaceAll(target.Expr, "$__rate_interval", "1m"))
		}
	}
	return all
}

// The dashboard's queries can be asked: as rules they pass Prometheus' own checker.
func TestDashboardIsSound(t *testing.T) {
	t.Parallel()
	var rules strings.Builder
	rules.WriteString("groups:\n- name: panels\n  rules:\n")
	n := 0
	for _, title := range slices.Sorted(maps.Keys(panels(t))) {
		for _, expr := range panels(t)[title] {
			fmt.Fprintf(&rules, "  - record: panel:%d\n    expr: %q\n", n, expr)
			n++
		}
	}
	if n < 20 {
		t.Fatalf("%d queries in the dashboard", n)
	}
	path := filepath.Join(t.TempDir(), "panels.yml")
	must(t, os.WriteFile(path, []byte(rules.String()), 0o600))
	promtool(t, "check", "rules", path)
}

// Every metric that an alert or a panel names is one that the program has told after a single call.
func TestAlertsNameMetricsThatExist(t *testing.T) {
	t.Parallel()
	h := openHouse(t, plan{desks: 1, env: map[string]string{"HOTLINE_TRUNKS": "127.0.0.1"}})
	d := h.desks[0]
	h.seat(t, d.extension, phone.Answering{Script: steps(t, "wait 1s")})
	<-h.call(t, "13812345678", d.line, "wait 1s, press 1, stay")
	h.filed(d.line, 1)
	told := h.get("/metrics")
	named := regexp.MustCompile(`\b(hotline_[a-z_]+|process_[a-z_]+|go_[a-z_]+)`)
	check := func(where, expr string) {
		for _, name := range named.FindAllString(expr, -1) {
			family := regexp.MustCompile("_(bucket|sum|count)$").ReplaceAllString(name, "")
			if !strings.Contains(told, "# TYPE "+name+" ") && !strings.Contains(told, "# TYPE "+family+" histogram") {
				t.Errorf("%s names %s, which the program does not tell", where, name)
			}
		}
	}
	for _, a := range alerts(t) {
		check(a.Alert, a.Expr)
	}
	for title, exprs := range panels(t) {
		check(title, strings.Join(exprs, " "))
	}
}
