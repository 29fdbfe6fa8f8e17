package voice

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"

	"hotline/callflows/voice/sound"
)

// Audit opens the sound of every line and lists what is wrong: missing, stale,
// not as the manifest says, or unfit for the telephone. It reads and measures
// everything, which takes seconds.
func (s *Studio) Audit() []error {
	var faults []error
	for _, st := range s.Statuses() {
		if err := st.audit(); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}

func (st Status) audit() error {
	if st.State <= Stale {
		return fmt.Errorf("%s is %s", st.Line.Key(), st.State)
	}
	raw, err := fs.ReadFile(st.files, st.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", st.Path, err)
	}
	if st.Entry.File != "" && st.Entry.File != hash(raw) {
		return fmt.Errorf("%s is not the file the manifest knows", st.Path)
	}
	if st.Line.silent() {
		return nil
	}
	if faults := check(raw, st.Line.want()); len(faults) > 0 {
		return fmt.Errorf("%s %s", st.Path, strings.Join(faults, ", "))
	}
	return nil
}

// check lists what is wrong with a file as the telephone's sound.
func check(raw []byte, w sound.Want) []string {
	if len(raw) < 23 || raw[20] != 6 || raw[22] != 1 {
		return []string{"is not mono A-law WAV"}
	}
	s, err := sound.Decode(bytes.NewReader(raw))
	if err != nil {
		return []string{err.Error()}
	}
	return s.Measure().Faults(w)
}
