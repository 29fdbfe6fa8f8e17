package prove

import (
	"context"
	"strings"
	"time"

	"hotline/ivr"
	"hotline/ivr/calendar"
)

// desk is the office, whose every answer is a choice.
func (w *world) desk() ivr.Desk {
	return ivr.Desk{
		Files: w, Hours: w, Cases: w, Facilities: w, Stations: w, Slots: w, Requests: office{w}, Duty: w, Callbacks: w, Clips: w,
	}
}

// ask chooses one of n answers of a source, or none at all for this step.
func (w *world) ask(source string, n int) (int, error) {
	if w.away[source] {
		return 0, errAway
	}
	pick := w.choose(n + 1)
	if pick == n {
		if w.away == nil {
			w.away = map[string]bool{}
		}
		w.away[source] = true
		w.tell("given ", source, " broken")
		return 0, errAway
	}
	return pick, nil
}

// File knows the caller as everything a caller can be known as.
func (w *world) File(context.Context, ivr.Caller, string) (ivr.File, error) {
	kinds := []ivr.File{
		{}, {Known: true}, {Known: true, Minor: true}, {Known: true, Blocked: true}, {Known: true, Facility: "F1"}, {Known: true, Slow: true},
	}
	names := []string{"unknown", "known", "minor", "blocked", "facility F1", "slow"}
	pick, err := w.ask("files", len(kinds))
	if err != nil {
		return ivr.File{}, err
	}
	w.factOf("caller", strings.Fields(names[pick])[0])
	if pick > 0 {
		w.tell("given caller ", names[pick])
	}
	return kinds[pick], nil
}

// Moment is open, closed or a holiday.
func (w *world) Moment(context.Context, string, time.Time) (calendar.Moment, error) {
	names := []string{"open", "closed", "holiday"}
	pick, err := w.ask("calendar", len(names))
	if err != nil {
		return calendar.Moment{}, err
	}
	w.factOf("hours", names[pick])
	if pick > 0 {
		w.fact("hours shut")
		w.tell("# the calendar says: ", names[pick])
	}
	next := monday().Add(24 * time.Hour)
	return calendar.Moment{Open: pick == 0, Holiday: pick == 2, Opens: next, Promise: next}, nil
}

func (w *world) finding(source string) (ivr.Finding, error) {
	pick, err := w.ask(source, 3)
	if err != nil {
		return ivr.Missing, err
	}
	w.tell("# ", source, ": ", []string{"not found", "found", "locked"}[pick])
	return ivr.Finding(pick), nil
}

// phrase is any phrase of the catalogue.
func (w *world) phrase() string {
	if w.any == "" {
		w.any = w.findPhrase()
	}
	return w.any
}

func (w *world) findPhrase() string {
	for _, id := range w.edition.Prompts().IDs() {
		if p, _ := w.edition.Prompts().Prompt(id); len(p.Vars) == 0 && w.sayable(id) {
			return id
		}
	}
	return ""
}

// Case is found, not found, or locked.
func (w *world) Case(context.Context, string, string, string) (ivr.CaseAnswer, error) {
	f, err := w.finding("cases")
	return ivr.CaseAnswer{Finding: f, ID: "A1", Status: w.phrase(), Place: w.phrase(), Due: monday()}, err
}

// Facility is found, not found, or locked.
func (w *world) Facility(context.Context, string, string) (ivr.FacilityAnswer, error) {
	f, err := w.finding("facilities")
	return ivr.FacilityAnswer{Finding: f, ID: "F1"}, err
}

// Station is there or not.
func (w *world) Station(context.Context, string) (ivr.Station, error) {
	pick, err := w.ask("stations", 2)
	return ivr.Station{Found: pick == 1, Name: w.phrase(), Hours: w.phrase()}, err
}

// Free lists none to three appointments.
func (w *world) Free(context.Context, string, string, time.Time, int) ([]ivr.Slot, error) {
	pick, err := w.ask("slots", 4)
	if err != nil {
		return nil, err
	}
	var slots []ivr.Slot
	for i := range pick {
		slots = append(slots, ivr.Slot{ID: "S", At: monday().Add(time.Duration(i) * time.Hour), Place: w.phrase()})
	}
	return slots, nil
}

// Take books the slot, or somebody was quicker.
func (w *world) Take(context.Context, string, ivr.Caller, string) (ivr.Booking, error) {
	pick, err := w.ask("slots", 2)
	if err == nil && pick == 1 {
		w.tell("# somebody is quicker for the appointment")
	}
	return ivr.Booking{Taken: pick == 1, Reference: "B1"}, err
}

// Promise keeps a callback, or a rule is against it.
func (w *world) Promise(context.Context, ivr.Callback) (ivr.Receipt, error) {
	return w.receipt("callbacks")
}

func (w *world) receipt(source string) (ivr.Receipt, error) {
	pick, err := w.ask(source, 2)
	if err == nil && pick == 1 {
		w.tell("# ", source, ": refused")
	}
	return ivr.Receipt{Refused: pick == 1, Reference: "R1", Due: monday()}, err
}

// Clip is there or not.
func (w *world) Clip(context.Context, string, ivr.Lang) (ivr.Clip, error) {
	pick, err := w.ask("clips", 2)
	if err != nil || pick == 1 {
		return ivr.Clip{}, err
	}
	return ivr.Clip{ID: w.phrase()}, nil
}

// office files requests; its method's name is taken by the callers' files.
type office struct{ *world }

// File keeps a request, or a rule is against it.
func (o office) File(context.Context, ivr.Request) (ivr.Receipt, error) { return o.receipt("requests") }
