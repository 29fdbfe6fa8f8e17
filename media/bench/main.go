// Command bench measures what the media plane costs, over real sockets on loopback: W1, callers
// who hear a looping prompt, and W2, bridged and recorded pairs. The plane runs in a process of its
// own on one processor, the phones on another.
//
//	go run ./media/bench -work w2 -calls 200 -seconds 20
//
// It prints CPU-seconds per 1,000 call-seconds, the jitter of what the phones hear, the delay a
// bridge adds, and memory. Compare runs of one machine only, and repeat them.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// options are the command line.
type options struct {
	Work    string
	Calls   int
	Seconds int
	Server  int
	Load    int
	Profile string
	serve   bool
}

func main() {
	var o options
	flag.StringVar(&o.Work, "work", "w1", "w1 (prompt loop) or w2 (bridged and recorded pairs)")
	flag.IntVar(&o.Calls, "calls", 200, "calls; a pair is one call")
	flag.IntVar(&o.Seconds, "seconds", 20, "how long to measure")
	flag.IntVar(&o.Server, "server", 0, "processor of the media plane")
	flag.IntVar(&o.Load, "load", 1, "processor of the phones")
	flag.StringVar(&o.Profile, "profile", "", "write a CPU profile of the media plane here")
	flag.BoolVar(&o.serve, "serve", false, "be the media plane (used by bench itself)")
	flag.Parse()
	run := drive
	if o.serve {
		run = serve
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// plan is what the driver tells the server: where each leg's phone is. The legs of a pair follow
// each other.
type plan struct{ Phones []string }

// ready is what the server answers: where each leg is.
type ready struct{ Legs []string }

// result is what the server measured.
type result struct {
	CPU     time.Duration // user and system
	Wall    time.Duration
	RSS     int64 // bytes
	Late    string
	Unsent  float64
	Skipped float64
}

// server is the process of the media plane.
type server struct {
	cmd *exec.Cmd
	in  *json.Encoder
	out *json.Decoder
}

// start starts the server on its processor.
func start(o options) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(context.Background(), "taskset", "-c", strconv.Itoa(o.Server), self, "-serve",
		"-work", o.Work, "-profile", o.Profile)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &server{cmd, json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))}, nil
}

// drive measures one workload.
func drive(o options) error {
	legs := o.Calls
	if o.Work == "w2" {
		legs *= 2
	}
	phones, err := newPhones(legs, o)
	if err != nil {
		return err
	}
	s, err := start(o)
	if err != nil {
		return err
	}
	if err := s.in.Encode(plan{phones.addresses()}); err != nil {
		return err
	}
	var at ready
	if err := s.out.Decode(&at); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	if err := phones.connect(at.Legs); err != nil {
		return err
	}
	phones.run(2 * time.Second) // warm up
	if err := s.in.Encode("measure"); err != nil {
		return err
	}
	phones.forget()
	phones.run(time.Duration(o.Seconds) * time.Second)
	if err := s.in.Encode("stop"); err != nil {
		return err
	}
	var r result
	if err := s.out.Decode(&r); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	report(o, r, phones)
	return s.cmd.Wait()
}

// report prints the figures.
func report(o options, r result, p *phones) {
	callSeconds := float64(o.Calls) * r.Wall.Seconds()
	fmt.Printf("%s, %d calls, %d s: CPU %.3f s per 1,000 call-seconds (%.1f %% of a processor)\n",
		o.Work, o.Calls, o.Seconds, 1000*r.CPU.Seconds()/callSeconds, 100*r.CPU.Seconds()/r.Wall.Seconds())
	fmt.Printf("  phones: sent %d, heard %d (%.2f %%), late themselves p99 %.2f ms\n",
		p.sent, p.heard, 100*float64(p.heard)/float64(p.sent), p.own.quantile(0.99))
	fmt.Printf("  jitter ms: p50 %.2f, p99 %.2f, p99.9 %.2f, max %.1f\n",
		p.jitter.quantile(0.5), p.jitter.quantile(0.99), p.jitter.quantile(0.999), p.jitter.quantile(1))
	if o.Work == "w2" {
		fmt.Printf("  delay ms: p50 %.2f, p99 %.2f, p99.9 %.2f, max %.1f\n",
			p.delay.quantile(0.5), p.delay.quantile(0.99), p.delay.quantile(0.999), p.delay.quantile(1))
	}
	fmt.Printf("  memory: %.1f MB, %.1f kB a call; unsent %.0f, skipped slots %.0f\n",
		float64(r.RSS)/1e6, float64(r.RSS)/1e3/float64(o.Calls), r.Unsent, r.Skipped)
	fmt.Printf("  slots late: %s\n", r.Late)
}
