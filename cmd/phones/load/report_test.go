package load

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// The report says when the phones themselves may have shaped it.
func TestDoubts(t *testing.T) {
	good := Report{Seconds: 10}
	if d := good.doubts(); len(d) != 0 {
		t.Errorf("doubts %v", d)
	}
	for word, change := range map[string]func(*Report){
		"nothing was measured": func(r *Report) { r.Seconds = 0 },
		"were the limit":       func(r *Report) { r.Phones.Core = 90 },
		"ms late":              func(r *Report) { r.Phones.Sending.P999 = 3 },
		"stood still for 42ms": func(r *Report) { r.Phones.Skipped = 42 },
		"refused 3 packets":    func(r *Report) { r.Phones.Unsent = 3 },
		"5 arrivals":           func(r *Report) { r.Phones.Turned = 5 },
	} {
		r := good
		change(&r)
		if d := r.doubts(); len(d) != 1 || !strings.Contains(d[0], word) {
			t.Errorf("%s: %v", word, d)
		}
	}
}

func TestRate(t *testing.T) {
	var r rate
	if r.mean() != 0 {
		t.Error(r.mean())
	}
	for i := range 31 {
		r.add(time.Duration(i) * 100 * time.Millisecond)
	}
	if r.mean() != 10 || r.most != 10 || r.total != 31 {
		t.Errorf("%.1f a second, at most %d", r.mean(), r.most)
	}
}

// A process is measured by itself, and what it started apart from it.
func TestUsage(t *testing.T) {
	f := &fleet{plan: Plan{Process: os.Getpid()}}
	before := f.use()
	child := exec.Command("sleep", "60")
	must(t, child.Start())
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	u := f.use()
	for end := time.Now().Add(10 * time.Second); u.cpu < before.cpu+10*time.Millisecond && time.Now().Before(end); u = f.use() {
		_ = make([]byte, 1024)
	}
	if u.cpu < before.cpu+10*time.Millisecond || u.own <= before.own || u.memory < 1<<20 || u.threads == 0 || u.childMemory == 0 {
		t.Errorf("%+v, before %+v", u, before)
	}
	if all := descendants(os.Getpid()); !slices.Contains(all, child.Process.Pid) {
		t.Errorf("%v does not name %d", all, child.Process.Pid)
	}
	if gone := (&fleet{plan: Plan{Process: 1 << 30}}).use(); gone.cpu != 0 || gone.memory != 0 {
		t.Errorf("a process that is not there used %+v", gone)
	}
}

func TestStatFields(t *testing.T) {
	if f := statFields([]byte("7 (a) b) S 1 2\n")); !slices.Equal(f, []string{"S", "1", "2"}) {
		t.Errorf("%q", f)
	}
	if f := statFields([]byte("7")); f != nil {
		t.Errorf("%q", f)
	}
}
