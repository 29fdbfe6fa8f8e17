package main

import (
	"encoding/binary"
	"math"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	var s samples
	if !math.IsNaN(s.quantile(0.5)) {
		t.Error("nothing has a median")
	}
	for i := range 100 {
		s.add(int64(100-i) * int64(time.Millisecond))
	}
	if s.quantile(0) != 1 || s.quantile(0.5) != 51 || s.quantile(0.99) != 100 || s.quantile(1) != 100 {
		t.Errorf("%v %v %v %v", s.quantile(0), s.quantile(0.5), s.quantile(0.99), s.quantile(1))
	}
}

func TestVoiceIsSoundAndSilence(t *testing.T) {
	v := voice()
	silent := 0
	for _, b := range v {
		if b == 0xd5 {
			silent++
		}
	}
	if len(v)%160 != 0 || silent < len(v)*35/100 || silent > len(v)*45/100 {
		t.Errorf("%d of %d samples are silent", silent, len(v))
	}
}

// TestPhonesHearEachOther lets two phones be each other's leg.
func TestPhonesHearEachOther(t *testing.T) {
	p, err := newPhones(2, options{Work: "w2"})
	if err != nil {
		t.Skip("this process may not choose its processor:", err)
	}
	at := p.addresses()
	if err := p.connect([]string{at[1], at[0]}); err != nil {
		t.Fatal(err)
	}
	p.run(300 * time.Millisecond)
	if p.sent < 20 || p.heard < p.sent-2 || len(p.jitter.v) < 16 || p.delay.quantile(0.5) <= 0 {
		t.Errorf("sent %d, heard %d, delay %v ms", p.sent, p.heard, p.delay.quantile(0.5))
	}
	if seq := binary.BigEndian.Uint16(p.all[0].out[2:]); int(seq) != p.sent/2 {
		t.Errorf("sequence number %d after %d packets", seq, p.sent)
	}
	p.forget()
	if p.sent != 0 || len(p.delay.v) != 0 {
		t.Error("not forgotten")
	}
	if err := p.connect([]string{"nowhere"}); err == nil {
		t.Error("connected to nowhere")
	}
}

// TestBench runs the command briefly, server process and all.
func TestBench(t *testing.T) {
	if _, err := exec.LookPath("taskset"); err != nil {
		t.Skip("no taskset")
	}
	path := t.TempDir() + "/bench"
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, work := range []string{"w1", "w2"} {
		out, err := exec.CommandContext(t.Context(), path, "-work", work, "-calls", "4", "-seconds", "1", "-server", "0", "-load", "0").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "CPU") || !strings.Contains(string(out), "unsent 0") {
			t.Errorf("%s: %v\n%s", work, err, out)
		}
	}
}
