package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// seedWeeks is for how many weeks the demo centre offers appointments and has people on call.
const seedWeeks = 4

// seedPlaces makes what callers of the demo centre can ask for: places, appointments of
// the coming weeks, and a facility, whose PIN is to be set.
func seedPlaces(ctx context.Context, tx pgx.Tx, where *time.Location) error {
	districts := []string{"1", "2", "3", "4"}
	for _, p := range []Place{
		{Code: "centre", Name: "示例法律援助中心", Phrase: "PLACE-CENTRE", Hours: "HOURS-WORKDAYS", Districts: districts},
		{Code: "station", Name: "示例法律援助站", Phrase: "PLACE-NEAREST", Hours: "HOURS-WORKDAYS", WalkIn: true, Districts: districts},
	} {
		if err := savePlace(ctx, tx, p); err != nil {
			return err
		}
	}
	today := time.Now().In(where)
	for _, s := range []struct {
		Slots
		hours []int
	}{
		{Slots{Point: "centre", Kind: "advice", Minutes: 30, Seats: 2}, []int{9, 10, 11, 14, 15, 16}},
		{Slots{Point: "centre", Kind: "mediation", Minutes: 120, Seats: 1}, []int{9, 14}},
		{Slots{Point: "centre", Kind: "home", Minutes: 120, Seats: 1, Phrase: "PLACE-HOME"}, []int{14}},
	} {
		if _, err := addSlots(ctx, tx, s.Slots, workdays(today, seedWeeks*7, s.hours)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO facilities (code, name, kind, district) VALUES ('4401', '示例看守所', 'detention', '1')`)
	return err
}

// workdays lists the hours of the next days that are no Saturday or Sunday.
func workdays(today time.Time, days int, hours []int) (all []time.Time) {
	for n := 1; n <= days; n++ {
		day := today.AddDate(0, 0, n)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		for _, hour := range hours {
			all = append(all, time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, day.Location()))
		}
	}
	return all
}

// seedShifts puts the duty lawyer of the demo centre on call for its facility, at the seat, and the supervisor behind.
func seedShifts(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO shifts (staff_id, starts_at, ends_at, place, facility_id, backup_staff_id)
		SELECT l.id, now() + n * interval '7 days', now() + (n + 1) * interval '7 days', 'seat', f.id, b.id
		FROM staff l, staff b, facilities f, generate_series(0, $1 - 1) AS n WHERE l.extension = '8009' AND b.extension = '8010' AND f.code = '4401'`, seedWeeks)
	return err
}
