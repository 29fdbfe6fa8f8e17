package switchboard_test

import (
	"strings"
	"testing"
	"time"

	"hotline/sip/siptest"
)

// watcher is a scripted phone of an extension that watches others.
type watcher struct {
	*siptest.Peer
	t     *testing.T
	ext   string
	heard []string
}

func newWatcher(t *testing.T, r *rig, ext string) *watcher {
	t.Helper()
	p := siptest.UDP(t, r.ua.Addr())
	if m := p.Register(ext, password); m.Status() != 200 {
		t.Fatalf("not registered:\n%s", m)
	}
	return &watcher{Peer: p, t: t, ext: ext}
}

func (w *watcher) watch(ext, event string) {
	w.t.Helper()
	c := w.Call(ext)
	headers := []string{"Event: " + event, "Contact: " + w.Contact()}
	c.Send("SUBSCRIBE", headers...)
	ask := w.Expect("407 SUBSCRIBE").Get("Proxy-Authenticate")
	c.Send("SUBSCRIBE", append(headers, "Proxy-Authorization: "+siptest.Authorize(ask, w.ext, password, "SUBSCRIBE", c.Target, 1))...)
	w.Expect("200 SUBSCRIBE")
}

// sees waits until something is shown, in the order asked for or sooner.
func (w *watcher) sees(what string) {
	w.t.Helper()
	for _, body := range w.heard {
		if strings.Contains(body, what) {
			return
		}
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		m := w.Expect("NOTIFY")
		w.Reply(m, "200 OK", "", "")
		w.heard = append(w.heard, m.Body)
		if strings.Contains(m.Body, what) {
			return
		}
	}
	w.t.Fatalf("never shown: %s, but %s", what, w.all())
}

func (w *watcher) all() string { return strings.Join(w.heard, "\n") }
