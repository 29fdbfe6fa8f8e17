package calendar

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"hotline/ivr/source"
)

// Calendars are calendars by name.
type Calendars map[string]*Calendar

// Names lists the calendars, sorted.
func (cs Calendars) Names() []string { return slices.Sorted(maps.Keys(cs)) }

// Load reads every calendar and list of holidays of a folder. The error holds
// every fault of every file.
func Load(fsys fs.FS, dir string) (Calendars, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var faults source.Faults
	calendars, holidays := Calendars{}, map[string]*Holidays{}
	for _, name := range names {
		root, err := read(fsys, name)
		if err != nil {
			faults.Take(name, err)
			continue
		}
		switch {
		case root.Field("holidays") != nil && root.Field("years") != nil:
			h := readHolidays(root, &faults)
			holidays[h.Name] = h
		case root.Field("calendar") != nil:
			c := readCalendar(root, &faults)
			if old := calendars[c.Name]; old != nil {
				faults.Add(c.At, "calendar %q stands here a second time; the first is at %v", c.Name, old.At)
			}
			calendars[c.Name] = c
		default:
			faults.Add(root.Position, "this file is neither a calendar (calendar:) nor a list of holidays (holidays: and years:)")
		}
	}
	for _, name := range calendars.Names() {
		calendars[name].follow(holidays, &faults)
	}
	return calendars, faults.Err()
}

func read(fsys fs.FS, name string) (*source.Node, error) {
	text, err := source.Open(fsys, name)
	if err != nil {
		return nil, err
	}
	return source.Parse(name, text)
}

func (c *Calendar) follow(holidays map[string]*Holidays, faults *source.Faults) {
	if c.refer == "" {
		return
	}
	c.holidays = holidays[c.refer]
	if c.holidays == nil {
		known := slices.Sorted(maps.Keys(holidays))
		faults.AddHint(c.At, source.Suggest(c.refer, known), "calendar %q follows the holidays %q, which no file lists", c.Name, c.refer)
	}
}

func readCalendar(root *source.Node, faults *source.Faults) *Calendar {
	c := &Calendar{At: root.Position, zone: time.UTC, promise: 12 * 60, hours: map[string][]period{}, days: map[day][]period{}}
	for _, f := range root.Fields {
		c.field(f, faults)
	}
	return c
}

func (c *Calendar) field(f source.Field, faults *source.Faults) {
	switch f.Key {
	case "calendar":
		c.Name = f.Value.Text
	case "holidays":
		c.refer = f.Value.Text
	case "zone":
		zone, err := time.LoadLocation(f.Value.Text)
		if err != nil || f.Value.Text == "" {
			faults.Add(f.Value.Position, "%q is not a time zone such as Asia/Shanghai", f.Value.Text)
			return
		}
		c.zone = zone
	case "promise":
		minutes, ok := readClock(f.Value.Text)
		if !ok {
			faults.Add(f.Value.Position, "%q is not a time of day such as 12:00", f.Value.Text)
		}
		c.promise = minutes
	case "hours":
		c.readHours(f.Value, faults)
	case "days":
		c.readDays(f.Value, faults)
	default:
		known := []string{"calendar", "zone", "holidays", "promise", "hours", "days"}
		faults.AddHint(f.At, source.Suggest(f.Key, known), "unknown field %q in a calendar", f.Key)
	}
}

func (c *Calendar) readHours(n *source.Node, faults *source.Faults) {
	known := []string{"workday", "restday", "holiday", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	for _, f := range n.Fields {
		if !slices.Contains(known, f.Key) {
			faults.AddHint(f.At, source.Suggest(f.Key, known), "unknown sort of day %q", f.Key)
			continue
		}
		c.hours[f.Key] = readPeriods(f.Value, faults)
	}
}

func (c *Calendar) readDays(n *source.Node, faults *source.Faults) {
	for _, f := range n.Fields {
		d, ok := parseDay(f.Key)
		if !ok {
			faults.Add(f.At, "%q is not a date such as 2026-12-24", f.Key)
			continue
		}
		c.days[d] = readPeriods(f.Value, faults)
	}
}
