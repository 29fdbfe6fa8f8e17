// Package calendar knows when a line is open.
//
// Holidays, as the State Council publishes them each November, are data: the
// statutory days off of a year and the weekend days worked instead. Calendars
// are data too: the hours of working days, rest days and holidays, with
// exceptions by date. A year nobody has entered is an error, never a guess.
//
//	holidays: china
//	years:
//	  2026:
//	    source: 国办发明电〔2025〕7号
//	    off: [2026-01-01..2026-01-03, ...]
//	    work: [2026-01-04, ...]
//
//	calendar: office
//	zone: Asia/Shanghai
//	holidays: china
//	promise: "12:00"
//	hours: {workday: ["08:30-12:00", "14:00-17:30"], sat: ["09:00-12:00"]}
//	days: {2026-12-24: ["08:30-12:00"], 2026-12-25: closed}
package calendar
