package load

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// usage is what a process had used at a moment, and apart from it all its descendants: a database that a server runs
// for itself is not the server.
type usage struct {
	cpu, childCPU       time.Duration
	memory, childMemory int64 // bytes: resident, and proportional for the descendants, who share most of theirs
	threads             int
	own                 time.Duration // processor time of the phones
}

// use measures the server now; what cannot be read stays zero.
func (f *fleet) use() usage {
	u := usage{own: ownCPU()}
	pid := f.plan.Process
	if pid == 0 {
		return u
	}
	u.cpu, u.threads = threadTime(pid)
	u.memory = resident(pid)
	for _, child := range descendants(pid) {
		used, reaped := processTime(child)
		u.childCPU += used + reaped
		u.childMemory += proportional(child)
	}
	return u
}

func ownCPU() time.Duration {
	var r unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// proc reads a file about a process or one of its threads; nil when that is gone.
func proc(pid int, name string) []byte {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		return nil
	}
	return b
}

// clockTick is the unit of times in /proc/PID/stat; it is 100 to a second for user space on every Linux.
const clockTick = 10 * time.Millisecond

// processTime is the processor time of a process, and that of its children that have ended (proc_pid_stat(5)).
func processTime(pid int) (used, reaped time.Duration) {
	fields := statFields(proc(pid, "stat"))
	if len(fields) < 15 {
		return 0, 0
	}
	field := func(i int) time.Duration {
		n, _ := strconv.ParseInt(fields[i], 10, 64)
		return time.Duration(n) * clockTick
	}
	return field(11) + field(12), field(13) + field(14)
}

// statFields are the fields of a stat file behind the name, which may hold anything.
func statFields(stat []byte) []string {
	i := bytes.LastIndexByte(stat, ')')
	if i < 0 {
		return nil
	}
	return strings.Fields(string(stat[i+1:]))
}

// threadTime is the processor time of a process to the nanosecond, by its threads, and how many there are. A thread
// that has ended is missing in the sum, so the coarser figure counts when it is the larger.
func threadTime(pid int) (time.Duration, int) {
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	sum := time.Duration(0)
	for _, t := range tasks {
		text := string(proc(pid, "task/"+t.Name()+"/schedstat"))
		first, _, _ := strings.Cut(text, " ")
		n, _ := strconv.ParseInt(first, 10, 64)
		sum += time.Duration(n)
	}
	used, _ := processTime(pid)
	if used > sum+2*clockTick {
		sum = used
	}
	return sum, len(tasks)
}

// resident is the memory of a process in bytes.
func resident(pid int) int64 {
	fields := strings.Fields(string(proc(pid, "statm")))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// proportional is the memory of a process with its share of what it shares.
func proportional(pid int) int64 {
	for line := range strings.Lines(string(proc(pid, "smaps_rollup"))) {
		if text, ok := strings.CutPrefix(line, "Pss:"); ok {
			kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 10, 64)
			return kilobytes << 10
		}
	}
	return resident(pid)
}

// descendants lists the children of a process and theirs.
func descendants(pid int) (all []int) {
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, t := range tasks {
		for _, text := range strings.Fields(string(proc(pid, "task/"+t.Name()+"/children"))) {
			if child, err := strconv.Atoi(text); err == nil {
				all = append(append(all, child), descendants(child)...)
			}
		}
	}
	return all
}
