package main_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// disk is a way to make recordings fail: fill makes the disk refuse them from now on, and returns what ends that.
type disk struct {
	name, reason string
	prepare      func(t *testing.T, h *house)
	fill         func(t *testing.T, h *house) (free func())
}

// TestFullDisk has the disk of recordings refuse to take more in mid-talk. The talk goes on, and so does its recording
// as soon as there is room; what is missing is filed with its place and reason, and counted for an alarm.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	for _, d := range []disk{
		{"full", "disk full", mountSmall, fillUp},
		{"refusing", "disk error", func(*testing.T, *house) {}, limitFiles},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, plan{desks: 1})
			d.prepare(t, h)
			h.start()
			line := h.desks[0].line
			c := h.talking(t, h.desks[0], "13900000701")
			h.recorded(t, line, time.Second)

			free := d.fill(t, h)
			if note := h.logged(t, "recording cannot be written"); note.text("reason") != d.reason {
				t.Errorf("the reason is logged as %q", note.text("reason"))
			}
			await(t, "audio is lost", func() bool { return h.metrics()["hotline_media_unrecorded_seconds_total"] > 0.2 })
			if status, body, err := h.ask("/readyz"); err != nil || status != 200 {
				t.Errorf("/readyz: %d %q %v", status, body, err)
			}
			free()
			h.recorded(t, line, 500*time.Millisecond)
			if report := c.hangUp(); report.Ending != "context canceled" {
				t.Errorf("the call was ended by %q", report.Ending)
			}

			got := h.filed(line, 1)[0]
			if got.outcome != "answered" || got.by != "caller" || len(got.tapes) != 1 {
				t.Fatalf("filed as %+v", got)
			}
			r := got.tapes[0]
			h.sealed(r)
			if r.partial != "the disk did not take all of it" || r.length < 10*time.Second {
				t.Errorf("the recording is filed as %+v", r)
			}
			if n := h.count(`SELECT count(*) FROM call_events WHERE kind = 'recording_gap' AND data->>'reason' = $1`, d.reason); n == 0 {
				t.Errorf("no gap is filed for %s", d.reason)
			}
			m := h.metrics()
			if m["hotline_switchboard_recordings_failed_total"] != 1 || m["hotline_media_recordings_failed_total"] != 1 || m["hotline_switchboard_facts_lost_total"] != 0 {
				t.Errorf("counted: %v recordings not whole, %v that lost audio, %v facts lost", m["hotline_switchboard_recordings_failed_total"],
					m["hotline_media_recordings_failed_total"], m["hotline_switchboard_facts_lost_total"])
			}
			h.cased(t)
		})
	}
}

// mountSmall puts the recordings of a house on a small file system. Only root may; others have the second way.
func mountSmall(t *testing.T, h *house) {
	t.Helper()
	folder := filepath.Join(h.data, "recordings")
	must(t, os.MkdirAll(folder, 0o700))
	if err := unix.Mount("tmpfs", folder, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("this machine lets nobody mount: %v", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(folder, unix.MNT_DETACH)) })
}

// fillUp takes all the room there is.
func fillUp(t *testing.T, h *house) (free func()) {
	t.Helper()
	name := filepath.Join(h.data, "recordings", "filler")
	f, err := os.Create(name)
	must(t, err)
	defer func() { _ = f.Close() }()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return func() { must(t, os.Remove(name)) }
}

// limitFiles lets no file of the program grow beyond what its recording has now.
func limitFiles(t *testing.T, h *house) (free func()) {
	t.Helper()
	rows := h.sql(`SELECT storage_key FROM recordings`)
	info, err := os.Stat(filepath.Join(h.data, "recordings", fmt.Sprint(rows[0][0])))
	must(t, err)
	var before unix.Rlimit
	must(t, unix.Prlimit(h.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &before))
	must(t, unix.Prlimit(h.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: uint64(info.Size()), Max: before.Max}, nil))
	return func() { must(t, unix.Prlimit(h.cmd.Process.Pid, unix.RLIMIT_FSIZE, &before, nil)) }
}
