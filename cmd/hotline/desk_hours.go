package main

import (
	"fmt"
	"time"

	"hotline/casework"
	"hotline/ivr"
)

// officeCalendar is the working calendar by which matters are due.
const officeCalendar = "office"

// officeOf makes of the working calendar of the flows what the clocks of casework count by.
func officeOf(e *ivr.Edition) (casework.Office, error) {
	c, ok := e.Calendars()[officeCalendar]
	if !ok {
		return casework.Office{}, fmt.Errorf("there is no calendar %q", officeCalendar)
	}
	o := casework.Office{Zone: c.Zone(), Day: func(midnight time.Time) (casework.Sort, error) {
		worked, off, err := c.Day(midnight)
		switch {
		case err != nil:
			return 0, err
		case off:
			return casework.Holiday, nil
		case worked:
			return casework.Workday, nil
		}
		return casework.RestDay, nil
	}}
	for _, span := range c.Hours() {
		o.Hours = append(o.Hours, casework.Period(span))
	}
	return o, nil
}

// statutory is when so many days, as the law counts them, are over.
func (d *desk) statutory(from time.Time, days int) time.Time {
	office, err := d.hours()
	var due time.Time
	if err == nil {
		due, err = office.Statutory(casework.Clock{Start: from}, days)
	}
	if err != nil {
		d.log.Error("days counted without holidays", "error", err)
		return from.AddDate(0, 0, days)
	}
	return due
}

// workingDays is when so many working days are over.
func (d *desk) workingDays(from time.Time, days int) time.Time {
	office, err := d.hours()
	var due time.Time
	if err == nil {
		due, err = office.Target(casework.Clock{Start: from}, time.Duration(days)*office.Workday())
	}
	if err != nil {
		d.log.Error("days counted without holidays", "error", err)
		return from.AddDate(0, 0, days)
	}
	return due
}
