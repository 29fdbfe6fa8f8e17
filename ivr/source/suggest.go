package source

import (
	"slices"
	"strconv"
	"strings"
)

// Suggest writes a hint: the known word nearest to what was written, or the
// known words when none is near and they are few. Long lists give no hint.
func Suggest(written string, known []string) string {
	best, distance := "", len([]rune(written))/2+1
	for _, word := range known {
		if d := apart(strings.ToLower(written), strings.ToLower(word)); d < distance {
			best, distance = word, d
		}
	}
	if best != "" {
		return "did you mean " + strconv.Quote(best) + "?"
	}
	if len(known) == 0 || len(known) > 24 {
		return ""
	}
	return "known: " + strings.Join(slices.Sorted(slices.Values(known)), ", ")
}

// apart is the number of single-letter changes between two words, a swap of
// neighbours counting as one (optimal string alignment).
func apart(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 64
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
