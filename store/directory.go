package store

import (
	"time"

	"hotline/store/event"
)

// directory knows lines, queues and staff by the names events call them.
type directory struct {
	lines, queues map[string]place
	staff         map[string]event.ID
	absent        map[string]bool // asked for, and not there
	missed        bool            // something was asked for that may be new
	read          time.Time
}

// place is a line or a queue.
type place struct {
	id     event.ID
	minors bool
	code   string // of a line's cases
}

// directoryAge is how old the directory may get: what people change is seen by then.
const directoryAge = 2 * time.Second

// fill takes the rows of the directory statement.
func (d *directory) fill(rows [][][]byte, now time.Time) {
	*d = directory{lines: map[string]place{}, queues: map[string]place{}, staff: map[string]event.ID{}, absent: map[string]bool{}, read: now}
	for _, r := range rows {
		p := place{id: event.ID(r[2]), minors: r[3][0] == 1, code: string(r[4])}
		switch string(r[0]) {
		case "line":
			d.lines[string(r[1])] = p
		case "queue":
			d.queues[string(r[1])] = p
		case "staff":
			d.staff[string(r[1])] = p.id
		}
	}
}

func (d *directory) line(number string) place {
	p, ok := d.lines[number]
	if !ok {
		d.note("line "+number, number)
	}
	return p
}

func (d *directory) queue(code string) place {
	p, ok := d.queues[code]
	if !ok {
		d.note("queue "+code, code)
	}
	return p
}

func (d *directory) person(extension string) event.ID {
	id, ok := d.staff[extension]
	if !ok {
		d.note("staff "+extension, extension)
	}
	return id
}

// note remembers what was not found. The first time it may be newer than the
// directory.
func (d *directory) note(key, name string) {
	if name == "" || d.absent[key] {
		return
	}
	d.missed = true
	if d.absent != nil {
		d.absent[key] = true
	}
}
