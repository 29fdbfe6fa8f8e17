package voice

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"hotline/callflows/voice/music"
)

// composer is who made the sounds that nobody speaks.
const composer = "hotline"

// Compose writes the hold music and the tones into the centre's folder.
func (s *Studio) Compose() error {
	files := music.Files()
	var faults []error
	for _, path := range slices.Sorted(maps.Keys(files)) {
		raw, err := files[path].Encode()
		if err == nil {
			err = s.keep(path, raw, Entry{Seconds: seconds(files[path].Duration()), Speaker: composer})
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("compose %s: %w", path, err))
		}
	}
	return errors.Join(append(faults, s.save())...)
}
