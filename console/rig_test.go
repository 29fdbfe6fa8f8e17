package console_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/acd"
	"hotline/console"
	"hotline/store"
)

// rig is a console over a real router, with a staff of three whose password is their login.
type rig struct {
	t       testing.TB
	handler http.Handler
	server  *console.Server
	router  *acd.Router
	staff   *staff
	steer   *steering
	super   *supervision
	audit   *auditor
	reg     *prometheus.Registry
	log     bytes.Buffer

	mu       sync.Mutex
	watchers []func(acd.Event)
}

func newRig(t testing.TB, adapt func(*console.Config)) *rig {
	t.Helper()
	r := &rig{t: t, reg: prometheus.NewRegistry(), audit: &auditor{}, super: &supervision{}}
	r.staff = &staff{all: map[string]store.Staff{
		"boss": {Extension: "8010", Name: "Zhou Ping", Login: "boss", Status: store.StatusActive, Roles: []store.Role{store.RoleSupervisor}},
		"lead": {Extension: "8009", Name: "Qian Yi", Login: "lead", Status: store.StatusActive, Roles: []store.Role{store.RoleMinorsLead}},
		"desk": {Extension: "8001", Name: "Li Na", Login: "desk", Status: store.StatusActive, Roles: []store.Role{store.RoleCounselor}},
	}}
	var err error
	r.router, err = acd.New(acd.Config{
		Queues: []acd.Queue{{Name: "labour", Skills: []acd.Qualification{"labour"}}, {Name: "minors", Must: acd.Qualified("minors"), Protected: true}},
		Agents: acd.AgentRules{Misses: 1},
		Observer: func(e acd.Event) {
			r.mu.Lock()
			all := r.watchers
			r.mu.Unlock()
			for _, f := range all {
				f(e)
			}
		},
	})
	must(t, err)
	r.steer = &steering{router: r.router}
	c := console.Config{
		Staff: r.staff, Directory: directory{}, Floor: r, Hands: console.Hands{Steering: r.steer, Supervision: r.super, Conference: r.super, Own: r.super, Conduct: r.super}, Messages: letters{}, Alarms: sirens{}, Audit: r.audit,
		Metrics: r.reg, Log: slog.New(slog.NewTextHandler(&r.log, nil)),
	}
	if adapt != nil {
		adapt(&c)
	}
	r.server, err = console.New(c)
	must(t, err)
	r.handler = r.server.Handler()
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (r *rig) Snapshot() acd.Snapshot            { return r.router.Snapshot() }
func (r *rig) Callers(most int) []acd.CallerView { return r.router.Callers(most) }
func (r *rig) Live() int                         { return 3 }
func (r *rig) Watch(f func(acd.Event)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers = append(r.watchers, f)
}

func (r *rig) join(q acd.QueueID, c acd.ContactID) *acd.Ticket {
	r.t.Helper()
	t, err := r.router.Join(acd.Request{Queue: q, Contact: c})
	must(r.t, err)
	return t
}

// work signs a counselor in who may take calls of the labour queue.
func (r *rig) work(extension acd.AgentID) {
	r.t.Helper()
	must(r.t, r.router.SignIn(acd.Agent{ID: extension, Device: acd.DeviceIdle, Skills: []acd.Skill{{Name: "labour"}}}))
}

// busy signs a counselor in whose phone is in use, so that callers wait.
func (r *rig) busy(extension acd.AgentID) {
	r.t.Helper()
	must(r.t, r.router.SignIn(acd.Agent{ID: extension, Device: acd.DeviceInUse, Skills: []acd.Skill{{Name: "labour"}}}))
}

// talk joins a caller to the one counselor who is free.
func (r *rig) talk(c acd.ContactID) *acd.Offer {
	r.t.Helper()
	ticket := r.join("labour", c)
	offer, err := r.router.Wait(r.t.Context(), ticket)
	must(r.t, err)
	must(r.t, offer.Accept())
	r.t.Cleanup(func() { offer.Finish(); ticket.Leave(acd.Ending{}) })
	return offer
}

// staff knows everybody by login; the password is the login.
type staff struct {
	mu  sync.Mutex
	all map[string]store.Staff
	err error // the database is away
}

func (s *staff) Authenticate(_ context.Context, login, password string) (store.Staff, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, ok := s.all[login]
	switch {
	case s.err != nil:
		return store.Staff{}, s.err
	case !ok, password != login, who.Status != store.StatusActive:
		return store.Staff{}, store.ErrDenied
	}
	return who, nil
}

func (s *staff) StaffByExtension(_ context.Context, extension string) (store.Staff, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, who := range s.all {
		if who.Extension == extension {
			return who, s.err
		}
	}
	return store.Staff{}, store.ErrNotFound
}

func (s *staff) change(login string, f func(*store.Staff)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := s.all[login]
	f(&who)
	s.all[login] = who
}

type directory struct{}

func (directory) Person(id acd.AgentID) string {
	return map[acd.AgentID]string{"8001": "Li Na", "8010": "Zhou Ping"}[id]
}

func (directory) Queue(id acd.QueueID) console.Queue {
	if id == "minors" {
		return console.Queue{Name: "12355", Minors: true, Within: 20 * time.Second, Target: 90}
	}
	return console.Queue{Name: "Labour 13800138000", Within: 30 * time.Second, Target: 80}
}

// sirens are alarms that are not the router's.
type sirens struct{}

func (sirens) Alarms() []console.Alarm {
	return []console.Alarm{
		{Kind: "danger", Since: time.Now(), Agent: "8001", Call: "C-1"},
		{Kind: "facility-pin-locked", Since: time.Now(), Object: "facility:secret"},
		{Kind: "facility-pin-locked", Since: time.Now(), Object: "facility:another"},
	}
}

type letters struct{}

func (letters) Messages(context.Context, time.Time) (store.Messages, error) {
	return store.Messages{Open: 5, Due: 2}, nil
}

type steering struct {
	router  *acd.Router
	classes []string
}

func (s *steering) Move(id acd.TicketID, to acd.QueueID) error {
	t, err := s.router.Ticket(id)
	if err != nil {
		return err
	}
	return t.Move(to)
}

func (s *steering) Prioritise(id acd.TicketID, points int) error {
	t, err := s.router.Ticket(id)
	if err != nil {
		return err
	}
	return t.Prioritise(points)
}

func (s *steering) Reclassify(call acd.ContactID, class console.Class, by acd.AgentID) error {
	s.classes = append(s.classes, string(call)+" "+string(class)+" "+string(by))
	if call == "gone" {
		return console.ErrNoCall
	}
	return nil
}

func (s *steering) Call(id acd.TicketID) (acd.ContactID, error) {
	t, err := s.router.Ticket(id)
	if err != nil {
		return "", err
	}
	return t.Contact(), nil
}

func (s *steering) SignOut(id acd.AgentID) error { return s.router.SignOut(id) }

// supervision notes what it is asked, and answers with err.
type supervision struct {
	mu    sync.Mutex
	asked []string
	err   error
}

func (s *supervision) note(what string, who acd.AgentID, call acd.ContactID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, what+" "+string(who)+" "+string(call))
	return s.err
}

func (s *supervision) TakePart(_ context.Context, who acd.AgentID, call acd.ContactID, as console.Mode) error {
	return s.note(string(as), who, call)
}

func (s *supervision) StandDown(who acd.AgentID, call acd.ContactID) error {
	return s.note("stand down", who, call)
}

func (s *supervision) Be(who acd.AgentID, state console.Presence, reason string) error {
	return s.note("be "+string(state), who, acd.ContactID(reason))
}

func (s *supervision) Warn(_ context.Context, who acd.AgentID, call acd.ContactID) error {
	return s.note("warn", who, call)
}

func (s *supervision) EndAbuse(_ context.Context, who acd.AgentID, call acd.ContactID, why string) error {
	return s.note("end "+why, who, call)
}

func (s *supervision) Emergency(_ context.Context, who acd.AgentID, call acd.ContactID, number string) error {
	return s.note("emergency "+number, who, call)
}

func (s *supervision) Pause(who acd.AgentID, call acd.ContactID, on bool) error {
	return s.note(fmt.Sprintf("pause %t", on), who, call)
}

func (s *supervision) Paused(call acd.ContactID) bool { return call == "C-1" }

func (s *supervision) Overheard(call acd.ContactID) []console.Listener {
	return slices.DeleteFunc(s.Listening(), func(l console.Listener) bool { return l.Call != call })
}

func (s *supervision) Panic(who acd.AgentID, call acd.ContactID) error {
	return s.note("panic", who, call)
}

func (s *supervision) TakeOver(_ context.Context, who acd.AgentID, call acd.ContactID) error {
	return s.note("take over", who, call)
}

func (s *supervision) Invite(_ context.Context, call acd.ContactID, who acd.AgentID, apart bool) error {
	return s.note(fmt.Sprintf("invite apart=%t", apart), who, call)
}

func (s *supervision) Together(call acd.ContactID) error { return s.note("together", "", call) }

func (s *supervision) Mute(call acd.ContactID, leg int, on bool) error {
	return s.note(fmt.Sprintf("mute %d %t", leg, on), "", call)
}

func (s *supervision) Dismiss(call acd.ContactID, leg int) error {
	return s.note(fmt.Sprintf("dismiss %d", leg), "", call)
}

func (s *supervision) Parties() []console.Party {
	return []console.Party{
		{Call: "C-1", Leg: 1, Role: "caller"},
		{Call: "C-1", Leg: 2, Role: "staff", Agent: "8001", Muted: true},
		{Call: "C-1", Leg: 3, Role: "staff", Agent: "8009", Guest: true, Apart: true},
	}
}

func (s *supervision) Stop(_ context.Context, who acd.AgentID, call acd.ContactID) error {
	return s.note("stop", who, call)
}

func (s *supervision) Listening() []console.Listener {
	return []console.Listener{{Supervisor: "8010", Call: "C-1", Mode: console.Monitoring, Since: time.Now()}}
}

type auditor struct {
	mu  sync.Mutex
	all []string
	err error
}

func (a *auditor) Audit(_ context.Context, actor, action, object string, _ map[string]any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, actor+" "+action+" "+object)
	return a.err
}

func (a *auditor) text() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.Join(a.all, "\n")
}
