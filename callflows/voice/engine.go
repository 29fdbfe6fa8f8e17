package voice

import (
	"context"

	"hotline/callflows/voice/sound"
)

// Engine turns words into sound. The caller has spelled numbers out and put
// pinyin or jyutping where a character has several readings.
type Engine interface {
	// Name says who speaks, with the version: the same name and words give the
	// same sound.
	Name() string
	// Setting is what besides the words decides how a language sounds.
	Setting(lang string) string
	// Speak says the words of one language.
	Speak(ctx context.Context, lang, words string) (sound.Sound, error)
}
