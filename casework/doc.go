// Package casework holds the rules of legal aid as pure functions: what they say depends on their arguments alone, so a
// promise can be computed again years later and comes out the same.
//
// The clocks count from the moment an application is complete. What callers are told is Promise, what the centre sets
// itself is Target, what the law gives is Statutory:
//
//	complete ──► Promise    close of business on the first working day after that day
//	         ──► Target     420 minutes of business hours later
//	         ──► Statutory  so many calendar days later, moved past rest days and holidays to a close of business
//
// While the body waits for papers a clock is stopped. Promise starts again on the day it resumes, Target keeps the
// minutes used, Statutory the days.
package casework
