package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/media/tone"
	"hotline/media/wav"
	"hotline/store"
)

// The tones of those who come into a talk.
const (
	bossHz   = 2500
	expertHz = 3100
)

// moment is a stretch of a talk in which somebody is to hear tones.
type moment struct {
	what     string
	from, to time.Time
}

// meanwhile lets a stretch of the talk go by. What phones still have in hand of what was before is left out.
func meanwhile(what string) moment {
	m := moment{what: what, from: time.Now().Add(700 * time.Millisecond)}
	<-time.After(1400 * time.Millisecond) // the audio of the talk takes its time
	m.to = time.Now().Add(-100 * time.Millisecond)
	return m
}

// heard checks which tones a phone that kept what it heard had in the stretch. A machine that is short of processors makes
// phones stutter: a tone is heard when it is clear for an instant, and not when it is not for most of the time.
func (m moment) heard(t *testing.T, who string, r phone.Report, want ...float64) {
	t.Helper()
	const instant = 400 // samples: 50 ms
	f, err := wav.Read(r.File)
	must(t, err)
	pcm := f.Channel(0)
	from, to := int(m.from.Sub(r.Answered)/(125*time.Microsecond)), int(m.to.Sub(r.Answered)/(125*time.Microsecond))
	if from < 0 || from > len(pcm)-4*instant {
		t.Fatalf("%s, %s: samples %d to %d of %d", who, m.what, from, to, len(pcm))
	}
	for _, hz := range []float64{callerHz, staffHz, bossHz, expertHz} {
		clear, faint := 0, 0
		for at := from; at+instant <= min(to, len(pcm)); at += instant {
			switch power := tone.Power(pcm[at:at+instant], hz); {
			case power > -20:
				clear++
			case power < -35:
				faint++
			}
		}
		if expected := slices.Contains(want, hz); expected && clear == 0 || !expected && clear >= faint {
			t.Errorf("%s, %s: %.0f Hz is clear %d times and absent %d times, expected %v", who, m.what, hz, clear, faint, expected)
		}
	}
}

// eared is a phone at an extension that keeps what it hears.
func (h *house) eared(t *testing.T, extension string, hz float64) <-chan phone.Report {
	t.Helper()
	told := make(chan phone.Report, 4)
	h.seatWith(t, phone.Config{Extension: extension, Password: password, Tone: hz, Answering: phone.Answering{
		Script: steps(t, "stay"), Record: t.TempDir(), Told: func(r phone.Report) { told <- r },
	}})
	return told
}

// TestASupervisorWorksFromThePage does everything that a supervisor can do in a talk, by the buttons of the page and with
// real telephones behind it: tones tell who hears whom, and the audit log who did it.
func TestASupervisorWorksFromThePage(t *testing.T) { //nolint:paralleltest // its phones need the processors
	chromium := requirePeer(t, "chromium")
	h := newHouse(t, plan{desks: 2})
	d, other := h.desks[0], h.desks[1]
	h.appoint("8200", store.RoleSupervisor)
	h.start()
	p := openBrowser(t, chromium).tab(t, "http://"+h.web+"/", desktop)
	p.signIn("c8200")
	atSeat, atExpert, atBoss := h.eared(t, d.extension, staffHz), h.eared(t, other.extension, expertHz), h.eared(t, "8200", bossHz)
	line := h.phone(t, phone.Config{Number: "13812345678", Tone: callerHz, Answering: phone.Answering{Record: t.TempDir()}})
	acts := make(chan phone.Step, 1)
	atCaller := h.dial(line, d.line, append(steps(t, "wait 1s, press 1"), phone.Led(acts)))
	p.shows("●通话 1")
	p.pick(d.extension, "通话")
	press := func(sign string, buttons ...string) moment {
		t.Helper()
		for _, b := range buttons {
			p.click(b)
		}
		p.shows(sign)
		return meanwhile(sign)
	}
	monitor := press("您听到双方，无人听到您。", "监听")
	whisper := press("坐席听到您，来电者听不到。", "耳语")
	barge := press("双方都听到您。", "强插")
	muted := press("来电者已静音", "静音：来电者")
	back := press("双方都听到您。", "取消静音：来电者", "监听", "强插")
	p.choose("colleague", other.extension)
	run[any](p, `document.querySelector("[name=apart]").click()`)
	apart := press(other.extension+"单独", "邀请")
	p.keep("supervision")
	together := press("已完成", "合并通话")
	p.click("请出：" + other.extension)
	expert := <-atExpert
	p.click("接管")
	p.click("确认接管？")
	p.shows("来电已由您接管")
	seat := <-atSeat
	alone := meanwhile("taken over")
	close(acts)
	caller, boss := <-atCaller, <-atBoss

	for _, m := range []moment{monitor, whisper} {
		m.heard(t, "caller", caller, staffHz)
		m.heard(t, "supervisor", boss, callerHz, staffHz)
	}
	monitor.heard(t, "counselor", seat, callerHz)
	whisper.heard(t, "counselor", seat, callerHz, bossHz)
	for _, m := range []moment{barge, back} {
		m.heard(t, "caller", caller, staffHz, bossHz)
		m.heard(t, "counselor", seat, callerHz, bossHz)
	}
	muted.heard(t, "counselor", seat, bossHz)
	muted.heard(t, "caller", caller, staffHz, bossHz)
	apart.heard(t, "counselor", seat, expertHz)
	apart.heard(t, "expert", expert, staffHz)
	apart.heard(t, "caller", caller, bossHz)
	together.heard(t, "caller", caller, staffHz, bossHz, expertHz)
	together.heard(t, "counselor", seat, callerHz, bossHz, expertHz)
	alone.heard(t, "caller", caller, bossHz)
	alone.heard(t, "supervisor", boss, callerHz)
	for _, deed := range []string{"monitor", "whisper", "barge", "mute", "unmute", "invite", "together", "dismiss", "take_over"} {
		await(t, deed+" is on record", func() bool {
			return h.count(`SELECT count(*) FROM audit_log WHERE actor = '8200' AND action = $1`, "console."+deed) >= 1
		})
	}
}

// choose takes an option of a list.
func (p *tab) choose(list, value string) {
	p.t.Helper()
	await(p.t, value+" can be chosen", func() bool {
		return run[bool](p, `(() => {
			const c = document.querySelector('[name=`+list+`]');
			if (!c || ![...c.options].some((o) => o.value === '`+value+`')) return false;
			c.value = '`+value+`';
			c.dispatchEvent(new Event("change"));
			return true;
		})()`)
	})
}

// TestASupervisorReordersTheLine gives the second in line a head start, and moves who is first then to another queue, where
// somebody is free: it is the second who talks.
func TestASupervisorReordersTheLine(t *testing.T) {
	t.Parallel()
	chromium := requirePeer(t, "chromium")
	h := newHouse(t, plan{desks: 2})
	d, other := h.desks[0], h.desks[1]
	h.appoint("8200", store.RoleSupervisor)
	h.start()
	p := openBrowser(t, chromium).tab(t, "http://"+h.web+"/", desktop)
	p.signIn("c8200")
	h.seat(t, d.extension, phone.Answering{Script: steps(t, "stay")})
	h.seat(t, other.extension, phone.Answering{Script: steps(t, "stay")})
	var calls []*led
	for i, number := range []string{"13900000501", "13900000502", "13900000503"} {
		c := h.lead(t, phone.Config{Number: number, Tone: callerHz}, d.line)
		calls = append(calls, c)
		h.reached(t, d.line, "menu", i+1)
		c.press("1")
		if i == 0 {
			p.shows("●通话 1")
			continue
		}
		p.shows("排队来电 " + string(rune('0'+i)))
	}
	ids := h.sql(`SELECT id::text FROM contacts WHERE dialled = $1 ORDER BY id`, d.line)
	p.pick(d.queue, "第 2 位")
	p.click("提前 5 分钟")
	p.shows("已完成")
	p.click("关闭")
	p.dialog(false)
	await(t, "who came last is first", func() bool {
		return run[bool](p, `(() => { const [a, b] = [...document.querySelectorAll("[aria-labelledby=callers] time")].map((e) => e.innerText); return a < b; })()`)
	})
	p.pick(d.queue, "第 1 位")
	p.click("身处危险")
	p.click("确认身处危险？")
	p.shows("已完成")
	p.choose("queue", other.queue)
	p.click("转移")
	p.shows("已转到", "●通话 2")
	rows := h.sql(`SELECT contact_id::text FROM call_events WHERE kind = 'connected' AND data->>'extension' = $1`, other.extension)
	await(t, "the one who was last talks", func() bool {
		rows = h.sql(`SELECT contact_id::text FROM call_events WHERE kind = 'connected' AND data->>'extension' = $1`, other.extension)
		return len(rows) == 1
	})
	if len(ids) != 3 || rows[0][0] != ids[2][0] {
		t.Errorf("moved %v of %v", rows, ids)
	}
	await(t, "the danger is filed", func() bool {
		return h.count(`SELECT count(*) FROM call_events WHERE kind = 'contact_classified' AND data->>'class' = 'danger' AND data->>'by' = '8200'`) == 1
	})
	for _, deed := range []string{"prioritise", "move", "reclassify"} {
		if n := h.count(`SELECT count(*) FROM audit_log WHERE actor = '8200' AND action = $1`, "console."+deed); n != 1 {
			t.Errorf("%s is on record %d times", deed, n)
		}
	}
	for _, c := range calls {
		c.hangUp()
	}
	if text := p.text(); strings.Contains(text, "13900000") {
		t.Error("a caller's number is on the page")
	}
}

// TestACounselorCallsForHelpFromThePage leaves something out of the recording, takes a break for later and calls for help, all
// from a counselor's own place. The supervisor's phone rings, both pages show it, and the supervisor says when it is over.
func TestACounselorCallsForHelpFromThePage(t *testing.T) {
	t.Parallel()
	chromium := requirePeer(t, "chromium")
	h := newHouse(t, plan{desks: 1})
	d := h.desks[0]
	h.appoint("8200", store.RoleSupervisor)
	h.appoint(d.extension, store.RoleCounselor)
	h.start()
	b := openBrowser(t, chromium)
	boss, desk := b.tab(t, "http://"+h.web+"/", desktop), b.tab(t, "http://"+h.web+"/", pocket)
	boss.signIn("c8200")
	desk.signIn("c" + d.extension)
	desk.shows("您尚未签入接听")
	rung := make(chan phone.Report, 1)
	h.seat(t, d.extension, phone.Answering{Script: steps(t, "stay")})
	h.seat(t, "8200", phone.Answering{Script: steps(t, "stay"), Told: func(r phone.Report) { rung <- r }})
	desk.shows("我的坐席 ○空闲")
	call := h.lead(t, phone.Config{Number: "13900000601", Tone: callerHz}, d.line)
	h.reached(t, d.line, "menu", 1)
	call.press("1")
	desk.shows("我的坐席 ●通话")
	desk.click("暂停录音")
	desk.shows("‖ 录音已暂停")
	desk.click("恢复录音")
	desk.shows("录音已恢复")
	desk.click("小休")
	desk.shows("本次通话后开始小休")
	desk.click("紧急求助")
	desk.shows("■ 已求助", "Staff 8200 三方中")
	boss.shows("紧急求助 "+d.extension, "三方中")
	boss.keep("help")
	desk.keep("help-counselor")
	boss.pick("查看", "紧急求助")
	boss.click("危险已解除")
	boss.click("确认危险已解除？")
	boss.shows("已完成")
	await(t, "the alarm is over", func() bool {
		return !strings.Contains(desk.text(), "已求助") && strings.Contains(desk.text(), "无告警")
	})
	call.hangUp()
	<-rung
	desk.shows("我的坐席 ✎整理") // longer than others after a danger
	desk.click("结束整理")
	desk.shows("我的坐席 ‖小休")
	for _, fact := range []string{"panic", "panic.over"} {
		await(t, fact+" is filed", func() bool {
			return h.count(`SELECT count(*) FROM call_events WHERE kind = 'noted' AND data->>'name' = $1`, fact) == 1
		})
	}
	await(t, "what was left out is filed", func() bool {
		return h.count(`SELECT count(*) FROM call_events WHERE kind = 'recording_gap' AND data->>'reason' = 'identity'`) > 0
	})
	for actor, deeds := range map[string][]string{d.extension: {"be", "panic", "pause", "resume"}, "8200": {"stand_down"}} {
		for _, deed := range deeds {
			if n := h.count(`SELECT count(*) FROM audit_log WHERE actor = $1 AND action = $2`, actor, "console."+deed); n == 0 {
				t.Errorf("%s by %s is not on record", deed, actor)
			}
		}
	}
}

// TestTheBoardSaysThatTheDatabaseIsAway takes the database away under an open page: the floor goes on, with an alarm, and who
// would sign in is told why not.
func TestTheBoardSaysThatTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	chromium := requirePeer(t, "chromium")
	h := newHouse(t, plan{desks: 1})
	h.appoint("8200", store.RoleSupervisor)
	h.start()
	b := openBrowser(t, chromium)
	p := b.tab(t, "http://"+h.web+"/", desktop)
	p.signIn("c8200")
	p.shows("无告警")
	back := h.takeAway(t)
	p.shows("数据库中断", "实时")
	other := b.tab(t, "http://"+h.web+"/", desktop)
	other.signIn("c8200")
	other.shows("数据库暂不可用，暂时无法登录；通话不受影响")
	back()
	p.shows("无告警")
}
