package erlang

import (
	"math"
	"time"
)

// negligible is the probability at which the line is taken to be no longer.
const negligible = 1e-14

// Patience is Erlang A: what callers meet who give up after a time that is random with the given mean. It has an answer
// for every number of agents from 1, overloaded or not.
func (l Load) Patience(agents int, within, mean time.Duration) Service {
	blocked := Blocked(l.Erlangs(), agents)
	if blocked < negligible {
		return Service{Level: 1, Occupancy: l.Erlangs() / float64(agents)}
	}
	p := palm{
		n: float64(agents), arrivals: l.Calls / 3600, serves: 1 / l.Handle.Seconds(), leaves: 1 / mean.Seconds(),
		upTo: 1 / blocked,
	}
	p.walk(within.Seconds())
	total := p.upTo + p.beyond
	inLine := p.line / total // mean number of callers in line
	return Service{
		Delayed:   p.delayed / total,
		Level:     1 - p.delayed/total + p.inTime/total,
		Abandoned: p.leaves * inLine / p.arrivals,
		Wait:      time.Duration(inLine / p.arrivals * float64(time.Second)),
		Occupancy: (l.Calls/3600 - p.leaves*inLine) / (p.n * p.serves),
	}
}

// palm is the birth and death process of callers in the system. States are weighed against the one in which every agent
// is busy and nobody waits.
type palm struct {
	n                        float64
	arrivals, serves, leaves float64 // a second
	upTo                     float64 // weight of the states up to that one: the inverse of Erlang B
	delayed                  float64 // weight of the states in which a caller who arrives has to wait
	beyond                   float64 // weight of the states with a line
	line                     float64 // the same, each times the length of the line
	inTime                   float64 // of delayed: answered within the time asked for
}

// heavy is the weight at which all are scaled down, before they leave the range of a float64.
const heavy = 1e200

// walk goes through the lengths of the line until they are negligible.
func (p *palm) walk(within float64) {
	c := p.n * p.serves / p.leaves
	weight, inTime, x := 1.0, 1.0, math.Exp(-p.leaves*within)
	for j := 0.0; ; j++ {
		p.delayed += weight
		p.line += j * weight
		if inTime > negligible { // the longer the line, the less
			inTime = answered(c, j, x)
			p.inTime += weight * inTime
		}
		if j > 0 {
			p.beyond += weight
		}
		ratio := p.arrivals / (p.n*p.serves + (j+1)*p.leaves)
		if weight *= ratio; ratio < 1 && weight < negligible*p.delayed {
			return
		}
		if weight > heavy {
			weight /= heavy
			p.scale(1 / heavy)
		}
	}
}

func (p *palm) scale(by float64) {
	p.upTo *= by
	p.delayed *= by
	p.beyond *= by
	p.line *= by
	p.inTime *= by
}

// answered is the probability that a caller who finds j others in line is answered within t, x being exp(-leaves t).
//
// The line ahead shrinks by one after times with rates leaves*(c+j), ..., leaves*c. Their sum V has the law of
// -ln(X)/leaves with X from the beta distribution of c and j+1, and a caller has patience for V with probability X.
func answered(c, j, x float64) float64 {
	return c / (c + j + 1) * (1 - regularBeta(c+1, j+1, x))
}

// regularBeta is the regularised incomplete beta function of a and b at x.
func regularBeta(a, b, x float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	if x > (a+1)/(a+b+2) { // the fraction converges fast below the mean only
		return 1 - regularBeta(b, a, 1-x)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a
	return front / betaFraction(a, b, x)
}

// betaFraction is the continued fraction of the incomplete beta function (NIST DLMF 8.17.22), evaluated from the front by
// the method of Lentz.
func betaFraction(a, b, x float64) float64 {
	const least, precise, most = 1e-300, 1e-15, 10_000
	f, c, d := 1.0, 1.0, 0.0
	for i := 1; i < most; i++ {
		m := float64(i / 2)
		var step float64
		if i%2 == 0 {
			step = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		} else {
			step = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = 1 / awayFromZero(1+step*d, least)
		c = awayFromZero(1+step/c, least)
		f *= c * d
		if math.Abs(c*d-1) < precise {
			break
		}
	}
	return f
}

func awayFromZero(v, least float64) float64 {
	if math.Abs(v) < least {
		return least
	}
	return v
}
