package main_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"hotline/console"
	"hotline/store"
)

// sized is a screen that the board is looked at on.
type sized struct {
	name string
	size
}

var (
	onTheWall = sized{"wall", size{1920, 1080}}
	onADesk   = sized{"desk", size{1440, 900}}
	inAPocket = sized{"phone", size{390, 844}}
)

// shown opens a console over a scene.
func (s *scene) shown(t *testing.T) (address string) {
	t.Helper()
	site, err := console.New(console.Config{
		Staff: s, Directory: s, Floor: s, Hands: console.Hands{Steering: s, Supervision: s, Conference: s, Own: s, Conduct: s}, Messages: s, Alarms: s,
		Limits: console.Limits{Tries: 3},
	})
	must(t, err)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() { _ = site.Serve(ctx, l) }) // the test looks at pages, not at its end
	t.Cleanup(func() {
		stop()
		serving.Wait()
	})
	return "http://" + l.Addr().String() + "/"
}

// fits checks that nothing is wider than the screen, or cut off.
func fits(t *testing.T, p *tab, what string, s size) {
	t.Helper()
	if wide := run[int](p, `document.documentElement.scrollWidth`); wide > s.width {
		t.Errorf("%s is %d wide on a screen of %d", what, wide, s.width)
	}
	cut := run[[]string](p, `[...document.querySelectorAll("#page *")].filter((e) => {
		const s = getComputedStyle(e);
		return e.clientWidth > 0 && s.position !== "absolute" && !["auto", "scroll"].includes(s.overflowX) && s.textOverflow !== "ellipsis" && e.scrollWidth > e.clientWidth + 1;
	}).map((e) => e.outerHTML.slice(0, 160))`)
	for _, e := range cut {
		t.Errorf("%s: cut off: %s", what, e)
	}
}

// TestTheBoardInEveryScene looks at the board as people do: on a wall, at a desk, on a phone; empty, busy, on the worst of
// days; in both languages. Nothing is cut off, and axe finds nothing.
func TestTheBoardInEveryScene(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, requirePeer(t, "chromium"))
	for name, s := range map[string]*scene{"empty": emptyScene(), "busy": busyScene(), "alarms": alarmedScene()} {
		address := s.shown(t)
		for _, screen := range []sized{onTheWall, onADesk, inAPocket} {
			p := b.tab(t, address, screen.size)
			p.enter(store.RoleSupervisor, screen == onTheWall)
			for _, lang := range []string{"zh", "en"} {
				if lang == "en" {
					p.click("English")
					p.shows("Live")
				}
				what := strings.Join([]string{name, screen.name, lang}, "-")
				fits(t, p, what, screen.size)
				if lang == "zh" || name == "alarms" {
					axe(t, p, what)
				}
				p.keep("board-" + what)
			}
			if text := p.text(); screen == onTheWall && (strings.Contains(text, sceneNames[0]) || strings.Contains(text, "8001")) {
				t.Errorf("%s: names on a wall", name)
			}
			if tall := run[int](p, `document.documentElement.scrollHeight`); screen == onTheWall && tall > onTheWall.height {
				t.Errorf("%s: the wall is %d high: nobody scrolls a wall", name, tall)
			}
			p.close()
		}
	}
	if bad := b.complaints(); len(bad) > 0 {
		t.Errorf("the pages complain: %s", strings.Join(bad, "\n"))
	}
}

// enter signs in with a role.
func (p *tab) enter(role store.Role, wall bool) {
	p.t.Helper()
	p.fill("login", string(role))
	p.fill("password", password)
	if wall {
		run[any](p, `document.querySelector("[name=wall]").click()`)
	}
	p.click("登录")
	p.shows("实时")
}

// dialog waits until a dialog is open that has the focus, or until none is left.
func (p *tab) dialog(open bool) {
	p.t.Helper()
	await(p.t, fmt.Sprintf("a dialog open: %t", open), func() bool {
		if !open {
			return run[bool](p, `!document.querySelector("dialog")`)
		}
		return run[bool](p, `!!document.querySelector("dialog[open]")?.contains(document.activeElement)`)
	})
}

// press strikes a key as a person does.
func (p *tab) press(key string, modifiers int) {
	p.t.Helper()
	for _, kind := range []string{"rawKeyDown", "keyUp"} {
		p.tell("Input.dispatchKeyEvent", map[string]any{
			"type": kind, "key": key, "code": key, "modifiers": modifiers,
			"windowsVirtualKeyCode": map[string]int{"Tab": 9, "Enter": 13, "Escape": 27}[key],
		})
	}
}

// TestTheDialogs opens what a supervisor can do, by keys alone: the focus is seen, stays inside, and comes back.
func TestTheDialogs(t *testing.T) {
	t.Parallel()
	s := busyScene()
	b := openBrowser(t, requirePeer(t, "chromium"))
	address := s.shown(t)
	for _, screen := range []sized{onADesk, inAPocket} {
		p := b.tab(t, address, screen.size)
		p.enter(store.RoleSupervisor, false)
		for name, words := range map[string][]string{"talk": {sceneNames[0], "未成年人"}, "caller": {"劳动", "第 1 位"}} {
			p.pick(words...)
			p.dialog(true)
			what := name + "-" + screen.name
			fits(t, p, what, screen.size)
			axe(t, p, what)
			p.keep("board-" + what)
			for range 30 {
				p.press("Tab", 0)
				if at := run[string](p, `(() => { const a = document.activeElement; return a === document.body || a.closest("dialog") ? "" : a.outerHTML; })()`); at != "" {
					t.Fatalf("%s: the focus left the dialog for %s", what, at)
				}
			}
			if ring := run[string](p, `(() => { document.querySelector("dialog button").focus({focusVisible: true}); return getComputedStyle(document.activeElement).outlineStyle; })()`); ring != "solid" {
				t.Errorf("%s: the focus is not seen: %q", what, ring)
			}
			p.press("Escape", 0)
			p.dialog(false)
			if back := run[string](p, `document.activeElement.innerText`); !strings.Contains(back, words[0]) {
				t.Errorf("%s: the focus is at %q", what, back)
			}
		}
		p.close()
	}
}

// Every button of a supervisor does what it says, asks before what cannot be taken back, and says how it went.
func TestTheButtonsOfASupervisor(t *testing.T) {
	t.Parallel()
	s := busyScene()
	p := openBrowser(t, requirePeer(t, "chromium")).tab(t, s.shown(t), desktop)
	p.enter(store.RoleSupervisor, false)
	p.pick(sceneNames[0], "未成年人")
	for _, step := range []struct{ buttons, asked string }{
		{"监听", "monitor 8700 contact-0"},
		{"耳语", "whisper 8700 contact-0"},
		{"强插", "barge 8700 contact-0"},
		{"退出通话", "stop 8700 contact-0"},
		{"110,确认110？", "emergency 8700 contact-0 110"},
		{"静音：来电者", "mute contact-0 1 true"},
		{"取消静音：" + sceneNames[9], "mute contact-0 3 false"},
		{"请出：" + sceneNames[9], "dismiss contact-0 3"},
		{"未成年人,确认未成年人？", "reclassify contact-0 minor 8700"},
		{"身处危险,确认身处危险？", "reclassify contact-0 danger 8700"},
	} {
		for button := range strings.SplitSeq(step.buttons, ",") {
			p.click(button)
		}
		s.awaits(t, step.asked)
	}
	run[any](p, `(() => { const c = document.querySelector("[name=colleague]"); c.value = "8010"; c.dispatchEvent(new Event("change")); document.querySelector("[name=apart]").click(); })()`)
	p.click("邀请")
	s.awaits(t, "invite contact-0 8010 true")
	p.click("接管")
	p.click("确认接管？")
	s.awaits(t, "take over 8700 contact-0")
	p.dialog(false)
	p.shows("来电已由您接管")
	p.pick(sceneNames[1])
	p.click("强制签出")
	p.click("确认强制签出？")
	s.awaits(t, "sign out 8002")
	p.shows(sceneNames[1] + " 已签出")
	p.pick("劳动", "第 1 位")
	p.click("提前 5 分钟")
	s.awaits(t, "prioritise 200 30")
	p.click("推后 5 分钟")
	s.awaits(t, "prioritise 200 -30")
	run[any](p, `(() => { const c = document.querySelector("[name=queue]"); c.value = "family"; c.dispatchEvent(new Event("change")); })()`)
	p.click("转移")
	s.awaits(t, "move 200 family")
	p.shows("已转到 婚姻家庭")
	p.pick("劳动", "第 2 位")
	p.click("身处危险")
	p.click("确认身处危险？")
	s.awaits(t, "reclassify waiting danger 8700")
	if asked := s.deeds(); len(asked) != 17 {
		t.Errorf("%d deeds: %v", len(asked), asked)
	}
}

// TestACounselorsPlace is the board for a counselor: the own place above it, nobody else's name, and only deeds of one's own.
func TestACounselorsPlace(t *testing.T) {
	t.Parallel()
	s := alarmedScene()
	b := openBrowser(t, requirePeer(t, "chromium"))
	address := s.shown(t)
	for _, screen := range []sized{onADesk, inAPocket} {
		p := b.tab(t, address, screen.size)
		p.enter(store.RoleCounselor, false)
		p.shows("我的坐席", "通话", "主管 三方中", "已求助")
		what := "own-" + screen.name
		fits(t, p, what, screen.size)
		axe(t, p, what)
		p.keep("board-" + what)
		if text := p.text(); strings.Contains(text, sceneNames[1]) || strings.Contains(text, "排队来电") || run[int](p, `document.querySelectorAll("[aria-haspopup]").length`) > 0 {
			t.Errorf("a counselor sees or may too much:\n%s", text)
		}
		p.close()
	}
	calm := busyScene()
	p := b.tab(t, calm.shown(t), desktop)
	p.enter(store.RoleCounselor, false)
	for _, step := range []struct{ button, says, asked string }{
		{"暂停录音", "录音已暂停", "pause 8001 contact-0 true"},
		{"小休", "本次通话后开始小休", "be 8001 break rest"},
		{"警告来电者", "已播放警告", "warn 8001 contact-0"},
		{"按规则结束通话,确认按规则结束通话？", "已按规则结束通话", "end 8001 contact-0 insults"},
		{"紧急求助", "正在呼叫班长，请保持通话。", "panic 8001 contact-0"},
	} {
		for button := range strings.SplitSeq(step.button, ",") {
			p.click(button)
		}
		calm.awaits(t, step.asked)
		p.shows(step.says)
	}
}

// TestTheSignInPage says kindly what is wrong: a password, too many tries, a session that somebody else ended.
func TestTheSignInPage(t *testing.T) {
	t.Parallel()
	b := openBrowser(t, requirePeer(t, "chromium"))
	p := b.tab(t, busyScene().shown(t), desktop)
	axe(t, p, "the sign-in")
	p.keep("board-sign-in")
	p.enter(store.RoleSupervisor, false)
	run[any](p, `fetch("/api/session").then((r) => r.json()).then((me) => fetch("/api/session", { method: "DELETE", headers: { "X-CSRF-Token": me.csrf } }))`)
	p.shows("您已在另一窗口退出。")
	axe(t, p, "the sign-in after a session")
	p.keep("board-signed-out")
	p.fill("login", string(store.RoleSupervisor))
	p.fill("password", "wrong")
	for range 3 {
		p.click("登录")
		p.shows("账号或密码错误，请再试一次")
	}
	p.click("登录")
	p.shows("尝试次数过多。为保护账号，请等")
	p.keep("board-held")
	if !run[bool](p, `document.querySelector("button.main").disabled`) {
		t.Error("who must wait may press on")
	}
	p.click("English")
	p.shows("Too many tries. To protect the account, please wait")
}

func (s *scene) deeds() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// awaits waits until the page has asked for a deed.
func (s *scene) awaits(t *testing.T, deed string) {
	t.Helper()
	await(t, deed, func() bool { return slices.Contains(s.deeds(), deed+"\n") })
}
