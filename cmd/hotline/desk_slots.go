package main

import (
	"context"
	"errors"
	"time"

	"hotline/ivr"
	"hotline/store"
	"hotline/store/event"
)

type slots struct{ window }

// Free implements ivr.Slots.
func (s slots) Free(ctx context.Context, kind, district string, after time.Time, limit int) ([]ivr.Slot, error) {
	list, err := s.db.FreeSlots(ctx, store.Wish{Kind: kind, District: district, After: after}, limit)
	free := make([]ivr.Slot, len(list))
	for i, f := range list {
		free[i] = ivr.Slot{ID: f.ID.String(), At: f.At, Place: f.Place}
	}
	return free, err
}

// Take implements ivr.Slots. The reference and the code that change the appointment go to the caller's mobile, where that
// is allowed.
func (s slots) Take(ctx context.Context, slot string, _ ivr.Caller, moves string) (ivr.Booking, error) {
	taking := store.Taking{Caller: s.Caller, Contact: s.Contact, Language: string(s.Language()), At: time.Now()}
	var err error
	if taking.Slot, err = event.ParseID(slot); err != nil {
		return ivr.Booking{}, err
	}
	if moves != "" {
		if taking.Moves, err = event.ParseID(moves); err != nil {
			return ivr.Booking{}, err
		}
	}
	made, err := s.db.TakeSlot(ctx, taking)
	switch {
	case errors.Is(err, store.ErrTaken), errors.Is(err, store.ErrNotFound) && moves == "":
		return ivr.Booking{Taken: true}, nil
	case err != nil:
		return ivr.Booking{}, err
	}
	if s.texts {
		_, _ = s.db.SendText(ctx, store.Text{ // the appointment stands without it
			Template: "appointment", Language: string(s.Language()), To: s.Caller, Contact: s.Contact, At: taking.At,
			Params: map[string]string{"reference": made.Reference, "code": made.Code},
		})
	}
	return ivr.Booking{Reference: made.Reference}, nil
}
