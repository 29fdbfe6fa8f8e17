package main_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// browser is a headless Chromium, spoken to over a pair of pipes in its own protocol (Chrome DevTools Protocol 1.3):
// messages of JSON, each ended by a zero byte.
type browser struct {
	cmd  *exec.Cmd
	to   *os.File
	mu   sync.Mutex
	next int
	open map[int]chan reply
	logs []string // what pages wrote to their consoles, and what they may not do
	over chan struct{}
}

type reply struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
	Session string          `json:"sessionId"`
}

// openBrowser starts Chromium with a profile of its own, and ends it with the test.
func openBrowser(t testing.TB, exe string) *browser {
	t.Helper()
	theirsIn, ours, err := os.Pipe()
	must(t, err)
	mine, theirsOut, err := os.Pipe()
	must(t, err)
	cmd := exec.Command(exe, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--remote-debugging-pipe", "--accept-lang=zh-CN", "--user-data-dir="+t.TempDir(), "about:blank")
	cmd.ExtraFiles = []*os.File{theirsIn, theirsOut} // its descriptors 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(t, cmd.Start())
	must(t, errors.Join(theirsIn.Close(), theirsOut.Close()))
	b := &browser{cmd: cmd, to: ours, open: map[int]chan reply{}, over: make(chan struct{})}
	go b.read(mine)
	t.Cleanup(func() { b.close(t) })
	return b
}

func (b *browser) close(t testing.TB) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, _ = b.ask(ctx, "", "Browser.close", nil) // it may end before it answers
	_ = b.to.Close()
	waited := make(chan struct{})
	go func() {
		_ = b.cmd.Wait() // a killed browser's exit code says nothing
		close(waited)
	}()
	select {
	case <-waited:
	case <-ctx.Done():
	}
	_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL) // its helpers, whose profile is removed next
	<-waited
	<-b.over
	if t.Failed() {
		t.Logf("the browser's log:\n%s", strings.Join(b.logs, "\n"))
	}
}

func (b *browser) read(from *os.File) {
	defer close(b.over)
	defer func() { _ = from.Close() }()
	for r := bufio.NewReaderSize(from, 1<<20); ; {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m reply
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		switch m.Method {
		case "":
			if c := b.open[m.ID]; c != nil {
				c <- m
				delete(b.open, m.ID)
			}
		case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded":
			b.logs = append(b.logs, m.Method+" "+string(m.Params))
		}
		b.mu.Unlock()
	}
}

// ask sends a command and waits for its answer.
func (b *browser) ask(ctx context.Context, session, method string, params any) (json.RawMessage, error) {
	b.mu.Lock()
	b.next++
	id, answer := b.next, make(chan reply, 1)
	b.open[id] = answer
	b.mu.Unlock()
	text, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params, "sessionId": session})
	if session == "" {
		text, err = json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	}
	if err != nil {
		return nil, err
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		return nil, err
	}
	select {
	case r := <-answer:
		if r.Error != nil {
			return nil, fmt.Errorf("%s: %s", method, r.Error.Message)
		}
		return r.Result, nil
	case <-b.over:
		return nil, errors.New("the browser has ended")
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w", method, ctx.Err())
	}
}

// complaints are the faults that pages wrote down: exceptions, and what the content policy forbade.
func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, l := range b.logs {
		if strings.HasPrefix(l, "Runtime.exceptionThrown") || strings.Contains(l, "Content Security Policy") || strings.Contains(l, `"level":"error"`) || strings.Contains(l, `"type":"error"`) {
			all = append(all, l)
		}
	}
	return all
}

// tab is one page in a world of its own: its cookies are no other tab's.
type tab struct {
	t       testing.TB
	b       *browser
	session string
	world   string
}

type size struct{ width, height int }

// tab opens an address.
func (b *browser) tab(t testing.TB, address string, s size) *tab {
	t.Helper()
	p := &tab{t: t, b: b}
	world := ask[struct{ BrowserContextID string }](p, "Target.createBrowserContext", map[string]any{})
	target := ask[struct{ TargetID string }](p, "Target.createTarget", map[string]any{"url": "about:blank", "browserContextId": world.BrowserContextID})
	p.world = world.BrowserContextID
	p.session = ask[struct{ SessionID string }](p, "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}).SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		p.tell(domain+".enable", nil)
	}
	p.resize(s)
	p.tell("Page.navigate", map[string]any{"url": address})
	return p
}

// close closes the tab and its world.
func (p *tab) close() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := p.b.ask(ctx, "", "Target.disposeBrowserContext", map[string]any{"browserContextId": p.world})
	must(p.t, err)
}

func ask[T any](p *tab, method string, params any) (v T) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	text, err := p.b.ask(ctx, p.session, method, params)
	must(p.t, err)
	must(p.t, json.Unmarshal(text, &v))
	return v
}

func (p *tab) tell(method string, params any) {
	p.t.Helper()
	if params == nil {
		params = map[string]any{}
	}
	ask[struct{}](p, method, params)
}

func (p *tab) resize(s size) {
	p.t.Helper()
	p.tell("Emulation.setDeviceMetricsOverride", map[string]any{"width": s.width, "height": s.height, "deviceScaleFactor": 1, "mobile": s.width < 600})
}

// run evaluates a script in the page, and gives what it comes to; promises are waited for.
func run[T any](p *tab, script string) (v T) {
	p.t.Helper()
	r := ask[struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}](p, "Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true})
	if e := r.ExceptionDetails; e != nil {
		p.t.Fatalf("the page: %s %s", e.Text, e.Exception.Description)
	}
	if len(r.Result.Value) > 0 {
		must(p.t, json.Unmarshal(r.Result.Value, &v))
	}
	return v
}

// text is what a person can read on the page, in one line.
func (p *tab) text() string {
	p.t.Helper()
	return strings.Join(strings.Fields(run[string](p, `document.title + "\n" + (document.body?.innerText ?? "")`)), " ")
}

// shows waits until all the words are on the page.
func (p *tab) shows(words ...string) {
	p.t.Helper()
	var last string
	defer func() {
		if p.t.Failed() {
			p.t.Logf("the page:\n%s", last)
		}
	}()
	for _, w := range words {
		await(p.t, fmt.Sprintf("the page shows %q", w), func() bool {
			last = p.text()
			return strings.Contains(last, w)
		})
	}
}

// click presses the first button with a name; a person's assistive technology finds it by the same.
func (p *tab) click(name string) {
	p.t.Helper()
	await(p.t, "a button "+name, func() bool {
		return run[bool](p, fmt.Sprintf(`(() => {
			const all = [...(document.querySelector("dialog[open]") ?? document).querySelectorAll("button")];
			const one = all.find((b) => (b.ariaLabel ?? b.innerText).trim() === %q && !b.disabled);
			one?.click();
			return !!one;
		})()`, name))
	})
}

// pick presses the first button that opens a dialog and says all the words, or stands under a heading that does.
func (p *tab) pick(words ...string) {
	p.t.Helper()
	text, err := json.Marshal(words)
	must(p.t, err)
	await(p.t, fmt.Sprintf("a button that says %q", words), func() bool {
		return run[bool](p, fmt.Sprintf(`(() => {
			const all = [...document.querySelectorAll("button[aria-haspopup=dialog]")];
			const said = (b) => (b.closest(".group")?.querySelector("h3").innerText ?? "") + b.innerText;
			const one = all.find((b) => %s.every((w) => said(b).includes(w)));
			one?.focus();
			one?.click();
			return !!one;
		})()`, text))
	})
}

// fill types into a field.
func (p *tab) fill(name, value string) {
	p.t.Helper()
	await(p.t, "a field "+name, func() bool {
		return run[bool](p, fmt.Sprintf(`!!document.querySelector('[name=%q]') && (document.querySelector('[name=%q]').focus(), true)`, name, name))
	})
	p.tell("Input.insertText", map[string]any{"text": value})
}

// keep takes a picture of what is to be seen, for people: into the folder that HOTLINE_TEST_PICTURES names.
func (p *tab) keep(name string) {
	p.t.Helper()
	folder := os.Getenv("HOTLINE_TEST_PICTURES")
	if folder == "" {
		return
	}
	shot := ask[struct{ Data string }](p, "Page.captureScreenshot", map[string]any{"format": "png"})
	b, err := base64.StdEncoding.DecodeString(shot.Data)
	must(p.t, err)
	must(p.t, os.WriteFile(filepath.Join(folder, name+".png"), b, 0o600))
}
