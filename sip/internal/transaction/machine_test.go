package transaction

import (
	"testing"
	"time"
)

var timers = Timers{}.WithDefaults()

const ms = time.Millisecond

// at is one event at a time and what it must do.
type at struct {
	when time.Duration
	what event
	want effect
}

func TestMachine(t *testing.T) {
	s := time.Second
	tests := map[string]struct {
		m     machine
		steps []at
		last  state
	}{
		"INVITE answered, 2xx left to the user": {machine{role: inviteServer}, []at{
			{1, start, 0},
			{100 * ms, repeated, send},
			{150 * ms, provisional, send},
			{300 * ms, repeated, send},
			{s, success, send | park},
			{2 * s, repeated, 0},
			{3 * s, acked, deliver},
			{4 * s, acked, deliver},
			{33 * s, endDue, finish},
		}, over},
		"INVITE refused, repeated until ACK": {machine{role: inviteServer}, []at{
			{1, start, 0},
			{201 * ms, resendDue, sendTry},
			{s, failure, send},
			{1500 * ms, resendDue, send},
			{1600 * ms, repeated, send},
			{2500 * ms, resendDue, send},
			{3 * s, acked, brief},
			{4 * s, repeated, 0},
			{5 * s, acked, 0},
			{8 * s, endDue, finish},
		}, over},
		"INVITE refused, ACK never comes": {machine{role: inviteServer}, []at{{1, start, 0}, {s, failure, send}, {33 * s, endDue, finish}}, over},
		"INVITE refused over TCP":         {machine{role: inviteServer, reliable: true}, []at{{1, start, 0}, {s, failure, send}, {2 * s, acked, finish}}, over},
		"BYE answered":                    {machine{role: otherServer}, []at{{1, start, 0}, {2, repeated, 0}, {3, success, send | park}, {s, repeated, send}, {32 * s, endDue, finish}}, over},
		"BYE answered over TCP":           {machine{role: otherServer, reliable: true}, []at{{1, start, 0}, {3, success, send | finish}}, over},
		"request answered late":           {machine{role: otherServer}, []at{{1, start, 0}, {2, provisional, send}, {3, repeated, send}, {4, failure, send | park}}, completed},
		"our INVITE answered": {machine{role: inviteClient}, []at{
			{1, start, send},
			{500 * ms, resendDue, send},
			{1500 * ms, resendDue, send},
			{2 * s, provisional, deliver},
			{3 * s, resendDue, send},
			{90 * s, success, deliver | park},
			{91 * s, success, deliver},
			{92 * s, failure, 0},
			{122 * s, endDue, finish},
		}, over},
		"our INVITE refused":          {machine{role: inviteClient}, []at{{1, start, send}, {s, failure, deliver | sendAck | park}, {2 * s, failure, sendAck}, {3 * s, success, 0}, {33 * s, endDue, finish}}, over},
		"our INVITE refused over TCP": {machine{role: inviteClient, reliable: true}, []at{{1, start, send}, {s, failure, deliver | sendAck | finish}}, over},
		"our INVITE unheard":          {machine{role: inviteClient}, []at{{1, start, send}, {32 * s, endDue, timeout | finish}}, over},
		"our INVITE cancelled":        {machine{role: inviteClient}, []at{{1, start, send}, {s, provisional, deliver}, {2 * s, cancelled, 0}, {34 * s, endDue, timeout | finish}}, over},
		"our request answered":        {machine{role: otherClient}, []at{{1, start, send}, {s, provisional, deliver}, {2 * s, success, deliver | brief}, {3 * s, success, 0}, {7 * s, endDue, finish}}, over},
		"our request over TCP":        {machine{role: otherClient, reliable: true}, []at{{1, start, send}, {2 * s, failure, deliver | finish}}, over},
		"our request unheard":         {machine{role: otherClient}, []at{{1, start, send}, {32 * s, endDue, timeout | finish}}, over},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for i, step := range tt.steps {
				if got := tt.m.step(&timers, step.what, step.when); got != step.want {
					t.Fatalf("step %d: effect %b, want %b", i, got, step.want)
				}
			}
			if tt.m.state != tt.last {
				t.Errorf("state %d, want %d", tt.m.state, tt.last)
			}
		})
	}
}

// Repetitions come at the times of RFC 3261 section 17.
func TestRepetitionTimes(t *testing.T) {
	tests := map[string]struct {
		m     machine
		begin event
		want  []time.Duration // after the first sending
	}{
		"INVITE doubles without limit":    {machine{role: inviteClient}, start, []time.Duration{500 * ms, 1500 * ms, 3500 * ms, 7500 * ms, 15500 * ms, 31500 * ms, 32000 * ms}},
		"other requests double up to T2":  {machine{role: otherClient}, start, []time.Duration{500 * ms, 1500 * ms, 3500 * ms, 7500 * ms, 11500 * ms, 15500 * ms, 19500 * ms, 23500 * ms, 27500 * ms, 31500 * ms, 32000 * ms}},
		"refusals double up to T2":        {machine{role: inviteServer, state: proceeding}, failure, []time.Duration{500 * ms, 1500 * ms, 3500 * ms, 7500 * ms, 11500 * ms, 15500 * ms, 19500 * ms, 23500 * ms, 27500 * ms, 31500 * ms, 32000 * ms}},
		"reliable transports do not":      {machine{role: inviteClient, reliable: true}, start, []time.Duration{32000 * ms}},
		"refusals over TCP wait for ACK":  {machine{role: inviteServer, state: proceeding, reliable: true}, failure, []time.Duration{32000 * ms}},
		"other requests once provisional": {machine{role: otherClient, state: trying, end: 32 * time.Second, resend: 500 * ms, gap: time.Second}, provisional, []time.Duration{500 * ms, 4500 * ms, 8500 * ms, 12500 * ms, 16500 * ms, 20500 * ms, 24500 * ms, 28500 * ms, 32000 * ms}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			begin := time.Duration(0)
			if tt.begin == start || tt.begin == failure {
				begin = time.Hour
			}
			tt.m.step(&timers, tt.begin, begin)
			var got []time.Duration
			for next := tt.m.next(); next != 0; next = tt.m.next() {
				got = append(got, next-begin)
				e, ok := tt.m.due(next)
				if !ok {
					t.Fatalf("nothing due at %v", next)
				}
				tt.m.step(&timers, e, next)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("due at %v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("due %d at %v, want %v", i, got[i], tt.want[i])
				}
			}
		})
	}
}

// Whatever comes in whatever order, a machine ends and stays ended.
func FuzzMachine(f *testing.F) {
	f.Add(uint8(0), []byte{0, 1, 2, 3, 5, 7})
	f.Add(uint8(6), []byte{0, 6, 2, 8, 9, 4, 4, 7})
	f.Fuzz(func(t *testing.T, kind uint8, events []byte) {
		m := machine{role: role(kind & 3), reliable: kind&4 != 0}
		now := time.Hour
		m.step(&timers, start, now)
		done := false
		for _, b := range events {
			now += time.Duration(b) * 50 * ms
			did := m.step(&timers, event(b%10), now)
			if done && did&^finish != 0 {
				t.Fatalf("an ended machine did %b", did)
			}
			done = done || did&finish != 0
			if next := m.next(); !done && m.state >= completed && next == 0 {
				t.Fatalf("state %d waits for nothing", m.state)
			}
		}
	})
}
