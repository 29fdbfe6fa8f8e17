package digest

// Tallies returns how many records are kept.
func Tallies(f *Failures) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.tally)
}
