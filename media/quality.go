package media

import "time"

// Constants of ITU-T G.107 for G.711 on a line that is otherwise perfect: the rating without
// impairment, and the robustness to random loss (G.113 appendix I) with silence in place of what
// is lost.
const (
	bestRating = 93.2
	robustness = 4.3
)

// rating returns the transmission rating factor R of the E-model, simplified: only delay and loss
// impair it (ITU-T G.107 sections 7.4 and 7.5). loss is a fraction, delay mouth to ear.
func rating(loss float64, delay time.Duration) float64 {
	ms := float64(delay) / float64(time.Millisecond)
	impairment := 0.024 * ms
	if ms > 177.3 {
		impairment += 0.11 * (ms - 177.3)
	}
	percent := 100 * min(max(loss, 0), 1)
	return bestRating - impairment - 95*percent/(percent+robustness)
}

// mos turns a rating into a mean opinion score from 1 to 4.5 (ITU-T G.107 annex B).
func mos(r float64) float64 {
	switch {
	case r <= 6.5:
		return 1
	case r >= 100:
		return 4.5
	default:
		return 1 + 0.035*r + r*(r-60)*(100-r)*7e-6
	}
}

// score returns the mean opinion score of what is heard over a line. The delay is half the round
// trip, one packet, and a playout buffer of twice the jitter.
func score(loss float64, roundTrip, jitter time.Duration) float64 {
	return mos(rating(loss, roundTrip/2+20*time.Millisecond+2*jitter))
}
