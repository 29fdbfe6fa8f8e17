package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hotline/sip/internal/wire"
)

// message makes a request with the headers given.
func message(t *testing.T, method string, headers ...string) *wire.Message {
	t.Helper()
	text := method + " sip:12348@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 " + method + "\r\n"
	for _, h := range headers {
		text += h + "\r\n"
	}
	m, err := wire.Parse([]byte(text + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReason(t *testing.T) {
	for in, want := range map[string]Reason{
		`Q.850;cause=16;text="Normal call clearing"`:        NormalClearing(),
		`SIP;cause=200;text="Call completed elsewhere"`:     Elsewhere(),
		`SIP ; cause = 600 ; text = "a;b,c", Q.850;cause=1`: {"SIP", 600, "a;b,c"},
		`SIP`:         {"SIP", 0, ""},
		`SIP;cause=x`: {"SIP", 0, ""},
		`SIP;cause=1;text="` + strings.Repeat("张", 100) + `"`:         {"SIP", 1, strings.Repeat("张", 42)},
		`verylongprotocolnameindeed;cause=3;text="a` + "\u202e" + `"`: {"verylongprotocol", 3, "a"},
		``: {},
	} {
		if got := readReason(message(t, "BYE", "Reason: "+in)); got != want {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
	if f := (Reason{}).field(); f != nil {
		t.Errorf("no reason gives %v", f)
	}
	if f := (Reason{Protocol: "a b", Cause: 1}).field(); f != nil {
		t.Errorf("a bad protocol gives %v", f)
	}
	if f := NormalClearing().field(); readReason(message(t, "BYE", "Reason: "+f[0].Value)) != NormalClearing() {
		t.Error("a reason does not read back")
	}
}

func TestErrors(t *testing.T) {
	end := fmt.Errorf("answer call: %w", &EndError{Cause: ErrHungUp, Reason: Reason{"Q.850", 16, "call +8613800000000"}})
	if !errors.Is(end, ErrHungUp) || end.Error() != "answer call: peer hung up (Q.850 16)" {
		t.Errorf("%v", end)
	}
	if (&EndError{Cause: ErrNoAck}).Error() != "answer not acknowledged" {
		t.Error("an end without reason")
	}
	refused := &StatusError{Status: 486, Phrase: "+8613800000000 is busy", RetryAfter: 90 * time.Second, Warning: "x", Reason: Elsewhere()}
	if refused.Error() != "refused with 486 Busy Here" {
		t.Errorf("%v", refused)
	}
	if f := refused.fields("h"); len(f) != 3 || f[0].Value != "90" || f[1].Value != `399 h "x"` || f[2].Name != "Reason" {
		t.Errorf("fields %v", f)
	}
}

func TestWorse(t *testing.T) {
	status := func(n int) error { return &StatusError{Status: n} }
	for _, tt := range []struct{ a, b, want error }{
		{nil, nil, nil},
		{nil, ErrUnreachable, ErrUnreachable},
		{ErrUnreachable, nil, ErrUnreachable},
		{ErrUnreachable, status(480), status(480)},
		{status(480), ErrUnreachable, status(480)},
		{status(480), status(486), status(486)},
		{status(486), status(404), status(486)},
		{status(404), status(503), status(404)},
		{status(486), status(603), status(603)},
		{status(603), status(486), status(603)},
	} {
		if got := worse(tt.a, tt.b); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%v and %v: %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestRoute(t *testing.T) {
	for _, tt := range []struct {
		set         string
		uri, routes string
	}{
		{"", "sip:t@h", ""},
		{"<sip:a;lr>", "sip:t@h", "<sip:a;lr>"},
		{"<sip:a;LR=on>,<sip:b>", "sip:t@h", "<sip:a;LR=on>,<sip:b>"},
		{"<sip:a?x=y>;p,<sip:b;lr>", "sip:a", "<sip:b;lr>,<sip:t@h>"},
		{"<sip:a>", "sip:a", "<sip:t@h>"},
		{"garbage", "sip:t@h", ""},
	} {
		var set []string
		if tt.set != "" {
			set = strings.Split(tt.set, ",")
		}
		uri, routes := route("sip:t@h", set)
		if uri != tt.uri || strings.Join(routes, ",") != tt.routes {
			t.Errorf("%s: %s by %q", tt.set, uri, routes)
		}
	}
	m := message(t, "INVITE", "Record-Route: <sip:a;lr>, <sip:b;lr>;x=\"1,2\"", "Record-Route: sip:bare", "Record-Route: <sip:c;lr>")
	if got := strings.Join(routeSet(m, false), "|"); got != `<sip:a;lr>|<sip:b;lr>;x="1,2"|<sip:c;lr>` {
		t.Errorf("called: %s", got)
	}
	if got := strings.Join(routeSet(m, true), "|"); got != `<sip:c;lr>|<sip:b;lr>;x="1,2"|<sip:a;lr>` {
		t.Errorf("calling: %s", got)
	}
}

func TestDirect(t *testing.T) {
	for in, want := range map[string]string{
		"sip:a@192.0.2.1": "192.0.2.1:5060", "sip:a@192.0.2.1:5070": "192.0.2.1:5070", "sip:a@[2001:db8::1]": "[2001:db8::1]:5060", "sip:a@h;maddr=192.0.2.9": "192.0.2.9:5060",
		"sip:a@192.0.2.1;transport=UDP": "192.0.2.1:5060", "sip:a@192.0.2.1;transport=tcp": "", "sip:a@host": "", "sip:a@0.0.0.0": "", "sip:a@224.0.0.1": "", "sip:a@192.0.2.1;maddr=host": "",
	} {
		u, ok := wire.ParseURI(in)
		if !ok {
			t.Fatal(in)
		}
		to, ok := direct(&u)
		if ok != (want != "") || ok && to.String() != want {
			t.Errorf("%s: %v, want %s", in, to, want)
		}
	}
}

func TestQueueKeepsOrder(t *testing.T) {
	var panics atomic.Int64
	c := &crew{panicked: func(any) { panics.Add(1) }}
	q := queue{crew: c}
	var got []int
	for i := range 100 {
		q.add(func() {
			if i%10 == 3 {
				panic("a fault of ours")
			}
			got = append(got, i)
		})
	}
	c.close()
	if len(got) != 90 || panics.Load() != 10 || got[89] != 99 {
		t.Errorf("%d jobs done, %d panics", len(got), panics.Load())
	}
	for i := 1; i < len(got); i++ {
		if got[i] < got[i-1] {
			t.Fatalf("%d after %d", got[i], got[i-1])
		}
	}
	if c.Run(func() {}) {
		t.Error("a closed crew takes work")
	}
	q.add(func() { t.Error("done after closing") })
}

func TestOutgoingCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, trunk := newOutgoing(), &Trunk{Name: "city", Daily: 3, AtOnce: 2}
		enter := func(ext string) bool { return o.enter(ext, trunk) }
		let := 0
		for _, ext := range []string{"8001", "8001", "8001", "8002"} {
			if enter(ext) {
				let++
			}
		}
		if let != 3 {
			t.Errorf("%d let out, want two of one extension and one of another", let)
		}
		o.leave("8001", trunk)
		if !enter("8001") {
			t.Error("no room after one has left")
		}
		o.leave("8001", trunk)
		if enter("8001") {
			t.Error("a fourth a day")
		}
		time.Sleep(24 * time.Hour)
		if !enter("8001") {
			t.Error("still yesterday")
		}
		free := &Trunk{Name: "free", Daily: -1, AtOnce: 1000}
		for range 500 {
			if !o.enter("8001", free) {
				t.Fatal("a trunk without daily limit has one")
			}
		}
	})
}

func TestAllowedNumbers(t *testing.T) {
	trunk := Trunk{Prefixes: []string{"138", "+86", "", "110"}}
	for number, want := range map[string]bool{
		"13800000000": true, "+8620": true, "110": true, "11": false, "120": false, "": false, "138 0": false, "138;x": false, "138@h": false, "1380000000000000000000000000000000": false,
	} {
		if trunk.allowed(number) != want {
			t.Errorf("%q: want %v", number, want)
		}
	}
}

func TestDialogsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newDialogs()
		a, b := &Dialog{peer: peer{id: dialogID{"1", "l", "r"}}}, &Dialog{peer: peer{id: dialogID{"2", "l", "r"}}}
		s.add(a)
		s.add(b)
		go func() {
			time.Sleep(time.Second)
			s.remove(a)
			s.remove(a)
			time.Sleep(time.Second)
			s.remove(b)
		}()
		begin := time.Now()
		s.wait(t.Context())
		if took := time.Since(begin); took != 2*time.Second || s.len() != 0 {
			t.Errorf("waited %v", took)
		}
		s.add(a)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s.wait(ctx)
		if len(s.all()) != 1 {
			t.Error("the one that stayed is gone")
		}
	})
}

func TestStumblesAreBounded(t *testing.T) {
	s := newStumbles()
	addr := netip.MustParseAddr("10.0.0.1")
	m := message(t, "REGISTER")
	for range 3 * maxStumbles {
		s.again(addr, m)
		addr = addr.Next()
	}
	if len(s.seen) > maxStumbles {
		t.Errorf("%d kept", len(s.seen))
	}
}

func TestAbove(t *testing.T) {
	for in, want := range map[string]string{"127.0.0.1:5060": "127.0.0.1:5061", "[::1]:5060": "[::1]:5061", ":5060": ":5061", "127.0.0.1:0": "127.0.0.1:0", "127.0.0.1:65535": "127.0.0.1:0"} {
		if got := above(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
