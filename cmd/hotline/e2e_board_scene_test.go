package main_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"hotline/acd"
	"hotline/console"
	"hotline/store"
)

// scene is a floor that stands still: what the board is to be looked at with.
type scene struct {
	mu      sync.Mutex
	now     acd.Snapshot
	callers []acd.CallerView
	live    int
	due     store.Messages
	sirens  []console.Alarm
	parties []console.Party
	hearing []console.Listener
	tell    func(acd.Event)
	asked   []string
}

var (
	_ console.Floor       = (*scene)(nil)
	_ console.Directory   = (*scene)(nil)
	_ console.Staff       = (*scene)(nil)
	_ console.Steering    = (*scene)(nil)
	_ console.Supervision = (*scene)(nil)
	_ console.Conference  = (*scene)(nil)
	_ console.Own         = (*scene)(nil)
	_ console.Conduct     = (*scene)(nil)
)

// The queues of a big centre, as people call them, with codes that the page has English words for.
var sceneQueues = []struct {
	code, name string
	minors     bool
}{ // table
	{"minors", "未成年人", true},
	{"general", "综合", false},
	{"labour", "劳动", false},
	{"family", "婚姻家庭", false},
	{"criminal", "刑事", false},
	{"mediation", "调解", false},
	{"duty-desk", "值班律师", false},
	{"housing", "房屋租赁与物业纠纷", false},
	{"traffic", "交通事故", false},
	{"consumer", "消费者权益", false},
	{"elders", "老年人", false},
	{"migrants", "进城务工人员", false},
}

var sceneNames = []string{ // table
	"李娜", "王芳", "张伟", "刘洋", "陈静", "杨帆", "赵磊", "黄敏", "周平", "吴婷", "徐强", "孙丽", "胡军", "朱琳", "高翔",
	"林晓", "何佳", "郭涛", "马超", "罗兰", "梁博", "宋雨", "郑欣", "谢文", "韩雪", "唐宁", "冯凯", "于洋", "董洁", "欧阳文静",
}

// emptyScene is the centre before work.
func emptyScene() *scene {
	s := &scene{}
	for _, q := range sceneQueues[:5] {
		s.now.Queues = append(s.now.Queues, acd.QueueView{Name: acd.QueueID(q.code)})
	}
	return s
}

// busyScene is a bad morning: 12 queues, 30 counselors, callers in every queue.
func busyScene() *scene {
	s := &scene{due: store.Messages{Open: 17, Due: 4}}
	now := time.Now()
	talks := 0
	for i := range sceneNames {
		a := acd.AgentView{
			ID: acd.AgentID(fmt.Sprint(8001 + i)), Since: now.Add(-time.Duration(i*i*7+20) * time.Second), Device: acd.DeviceIdle,
			Calls: 3 + i%9, Talk: time.Duration(700+i*173) * time.Second,
		}
		switch {
		case i%10 < 6:
			a.State, a.Queue, a.Device = acd.Busy, acd.QueueID(sceneQueues[i%len(sceneQueues)].code), acd.DeviceInUse
			a.Reason = fmt.Sprintf("contact-%d", i)
			talks++
		case i%10 == 6:
			a.State, a.Queue, a.Reason = acd.Reserved, "labour", fmt.Sprintf("contact-%d", i)
		case i%10 == 7:
			a.State = acd.WrapUp
		case i%10 == 8:
			a.State, a.Reason = acd.Break, []string{"meal", "missed calls", "training"}[i/10]
		default:
			a.State = acd.Ready
		}
		if i == 29 {
			a.Site = acd.Mobile
		}
		s.now.Agents = append(s.now.Agents, a)
	}
	waiting := 0
	for i, q := range sceneQueues {
		v := acd.QueueView{
			Name: acd.QueueID(q.code), Open: i != 10, Waiting: []int{2, 9, 14, 5, 1, 0, 0, 3, 0, 1, 2, 0}[i], Ready: i % 3, Staff: 3 + i,
			Callbacks: acd.Callbacks{Pending: i, Due: max(0, i-8)},
			Now:       acd.Tally{Offered: 20 + i, Answered: 18 + i - i%4, Abandoned: i % 4}, Today: acd.Tally{Offered: 140 + 9*i, Answered: 130 + 8*i, Abandoned: 6 + i},
		}
		if i == 10 {
			v.Staff, v.Ready = 0, 0
		}
		within := func(part, of int) (w acd.Within) {
			for k := range w {
				w[k] = of * (part + k) / (12 + len(w))
			}
			return w
		}
		v.Now.Levels.Answered, v.Today.Levels.Answered = within(11-i, v.Now.Answered), within(13, v.Today.Answered)
		if v.Waiting > 0 {
			v.LongestWait = time.Duration(8+i*i*9) * time.Second
		}
		if i == 2 {
			v.LongestWait = 14*time.Minute + 32*time.Second
		}
		waiting += v.Waiting
		s.now.Queues = append(s.now.Queues, v)
		for place := range v.Waiting {
			c := acd.CallerView{
				Ticket: acd.TicketID(100*i + place), Contact: acd.ContactID(fmt.Sprintf("waiting-%d-%d", i, place)), Queue: v.Name, Position: place + 1,
				Since: now.Add(-v.LongestWait + time.Duration(place*11)*time.Second), Protected: q.minors,
			}
			if q.minors {
				c.Claims |= acd.Minor
			}
			if i == 2 && place == 0 {
				c.Claims, c.Protected = acd.Danger, true
			}
			s.callers = append(s.callers, c)
		}
	}
	s.live = waiting + talks + 4
	s.parties = []console.Party{
		{Call: "contact-0", Leg: 1, Role: "caller"},
		{Call: "contact-0", Leg: 2, Role: "staff", Agent: "8001"},
		{Call: "contact-0", Leg: 3, Role: "staff", Agent: "8010", Guest: true, Muted: true},
		{Call: "contact-0", Leg: 4, Role: "supervisor", Agent: "8700"},
	}
	s.hearing = []console.Listener{{Supervisor: "8700", Call: "contact-0", Mode: console.Barging, Since: now.Add(-40 * time.Second)}}
	return s
}

// alarmedScene is the worst of days.
func alarmedScene() *scene {
	s := busyScene()
	now := time.Now()
	s.now.Alarms = []acd.Alarm{
		{Kind: acd.AlarmLongWait, Subject: "labour", Since: now.Add(-4 * time.Minute)},
		{Kind: acd.AlarmUnstaffed, Subject: "elders", Since: now.Add(-31 * time.Minute)},
		{Kind: acd.AlarmMissed, Subject: "8019", Since: now.Add(-2 * time.Minute)},
		{Kind: acd.AlarmNoShow, Subject: "8012", Since: now.Add(-70 * time.Minute)},
		{Kind: acd.AlarmUnfit, Subject: "8002", Since: now.Add(-time.Minute)},
	}
	s.sirens = []console.Alarm{
		{Kind: "danger", Since: now.Add(-9 * time.Second), Agent: "8001", Call: "contact-0"},
		{Kind: "database-away", Since: now.Add(-3 * time.Minute)},
		{Kind: "disk-full", Since: now.Add(-5 * time.Minute)},
		{Kind: "query-code-locked", Since: now.Add(-2 * time.Hour), Object: "1"},
	}
	return s
}

func (s *scene) Snapshot() acd.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.now
	v.At = time.Now()
	return v
}

func (s *scene) Callers(int) []acd.CallerView { return s.callers }
func (s *scene) Live() int                    { return s.live }
func (s *scene) Watch(f func(acd.Event))      { s.tell = f }

func (s *scene) Person(id acd.AgentID) string {
	var n int
	if _, err := fmt.Sscan(string(id), &n); err != nil || n < 8001 || n > 8030 {
		return "主管"
	}
	return sceneNames[n-8001]
}

func (s *scene) Queue(id acd.QueueID) console.Queue {
	for _, q := range sceneQueues {
		if q.code == string(id) {
			return console.Queue{Name: q.name, Minors: q.minors, Within: 15 * time.Second, Target: 80}
		}
	}
	return console.Queue{}
}

func (s *scene) Messages(context.Context, time.Time) (store.Messages, error) { return s.due, nil }
func (s *scene) Alarms() []console.Alarm                                     { return s.sirens }

// Authenticate lets in who says the role as login; the password is the test's.
func (s *scene) Authenticate(_ context.Context, login, pass string) (store.Staff, error) {
	if pass != password {
		return store.Staff{}, store.ErrDenied
	}
	who := store.Staff{Extension: "8700", Name: "主管", Login: login, Status: store.StatusActive, Roles: []store.Role{store.Role(login)}}
	if login == string(store.RoleCounselor) {
		who.Extension, who.Name = "8001", "李娜"
	}
	return who, nil
}

func (s *scene) StaffByExtension(_ context.Context, extension string) (store.Staff, error) {
	role := store.RoleSupervisor
	if extension == "8001" {
		role = store.RoleCounselor
	}
	return s.Authenticate(context.Background(), string(role), password)
}

func (s *scene) note(what string, of ...any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, fmt.Sprintln(append([]any{what}, of...)...))
	return nil
}

func (s *scene) Move(t acd.TicketID, to acd.QueueID) error    { return s.note("move", t, to) }
func (s *scene) Prioritise(t acd.TicketID, points int) error  { return s.note("prioritise", t, points) }
func (s *scene) SignOut(a acd.AgentID) error                  { return s.note("sign out", a) }
func (s *scene) Call(acd.TicketID) (acd.ContactID, error)     { return "waiting", nil }
func (s *scene) Listening() []console.Listener                { return s.hearing }
func (s *scene) Parties() []console.Party                     { return s.parties }
func (s *scene) Together(c acd.ContactID) error               { return s.note("together", c) }
func (s *scene) Mute(c acd.ContactID, leg int, on bool) error { return s.note("mute", c, leg, on) }
func (s *scene) Dismiss(c acd.ContactID, leg int) error       { return s.note("dismiss", c, leg) }

func (s *scene) Reclassify(c acd.ContactID, class console.Class, by acd.AgentID) error {
	return s.note("reclassify", c, class, by)
}

func (s *scene) StandDown(a acd.AgentID, c acd.ContactID) error { return s.note("stand down", a, c) }

func (s *scene) Be(a acd.AgentID, to console.Presence, why string) error {
	return s.note("be", a, to, why)
}

func (s *scene) Pause(a acd.AgentID, c acd.ContactID, on bool) error {
	return s.note("pause", a, c, on)
}
func (s *scene) Paused(acd.ContactID) bool                  { return false }
func (s *scene) Panic(a acd.AgentID, c acd.ContactID) error { return s.note("panic", a, c) }

func (s *scene) Warn(_ context.Context, a acd.AgentID, c acd.ContactID) error {
	return s.note("warn", a, c)
}

func (s *scene) EndAbuse(_ context.Context, a acd.AgentID, c acd.ContactID, why string) error {
	return s.note("end", a, c, why)
}

func (s *scene) Emergency(_ context.Context, a acd.AgentID, c acd.ContactID, number string) error {
	return s.note("emergency", a, c, number)
}

func (s *scene) Overheard(c acd.ContactID) []console.Listener {
	return slices.DeleteFunc(slices.Clone(s.hearing), func(l console.Listener) bool { return l.Call != c })
}

func (s *scene) TakePart(_ context.Context, a acd.AgentID, c acd.ContactID, as console.Mode) error {
	return s.note(string(as), a, c)
}

func (s *scene) TakeOver(_ context.Context, a acd.AgentID, c acd.ContactID) error {
	return s.note("take over", a, c)
}

func (s *scene) Stop(_ context.Context, a acd.AgentID, c acd.ContactID) error {
	return s.note("stop", a, c)
}

func (s *scene) Invite(_ context.Context, c acd.ContactID, a acd.AgentID, apart bool) error {
	return s.note("invite", c, a, apart)
}
