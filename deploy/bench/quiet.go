package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// busy is the share of time, in percent, in which somebody waited for a processor, above which a machine is not quiet.
const busy = 5.0

// settle waits until the machine has nothing else to do, or for as long as the place allows.
func (p place) settle(ctx context.Context) error {
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for end := time.Now().Add(p.Quiet); time.Now().Before(end); {
		text, err := os.ReadFile("/proc/pressure/cpu")
		if err != nil {
			return nil // a kernel that does not tell
		}
		if pressure(string(text)) < busy {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-look.C:
		}
	}
	return nil
}

// pressure is the share of the latest ten seconds in which some waited, in percent.
func pressure(text string) float64 {
	var share float64
	_, words, _ := strings.Cut(text, "avg10=")
	if _, err := fmt.Sscan(words, &share); err != nil {
		return 0
	}
	return share
}
