// Package simulate runs days of calls through the same acd.Router that serves the centre, on a clock of its own, so that a
// manager can ask what two more counselors from six o'clock would change. A million calls take some seconds.
//
// Arrivals come at random by the half-hour, or from a list of real calls; callers have patience, calls have lengths, and
// counselors work in shifts. Everything random about a call is drawn when it arrives and from the stream it belongs to, so
// that two plans with the same seed see the same callers and differ by what was changed alone.
package simulate
