package voice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hotline/callflows/voice/sound"
)

// ErrNoEngine says that the speech engine is not installed.
var ErrNoEngine = errors.New("espeak-ng is not installed (on Debian: apt-get install espeak-ng)")

// Espeak is the espeak-ng program.
type Espeak struct {
	path    string
	version string
}

// speaking is a voice and its speed in words a minute.
type speaking struct {
	voice string
	speed int
}

// voiceOf picks the voice of a language. The plain voice "cmn" of espeak-ng 1.51
// reads characters as English letter names; "cmn-latn-pinyin" reads them right,
// and pinyin among them. The jyutping voice does the same for Cantonese. Letters
// by themselves are said as in English.
func voiceOf(lang, words string) speaking {
	switch {
	case lang == "en":
		return speaking{"en-us", 155}
	case strings.Trim(words, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
		return speaking{"en-us", 140}
	case lang == "yue":
		return speaking{"yue-latn-jyutping", 155}
	default:
		return speaking{"cmn-latn-pinyin", 180}
	}
}

var versionPattern = regexp.MustCompile(`text-to-speech: (\S+)`)

// patience is how long the engine may take for one stretch of words; a second is
// plenty.
const patience = 30 * time.Second

// NewEspeak finds the program and makes sure that it reads Chinese characters.
func NewEspeak(ctx context.Context) (*Espeak, error) {
	path, err := exec.LookPath("espeak-ng")
	if err != nil {
		return nil, ErrNoEngine
	}
	e := &Espeak{path: path}
	out, err := e.run(ctx, "", "--version")
	if err != nil {
		return nil, err
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return nil, fmt.Errorf("espeak-ng tells no version: %q", out)
	}
	e.version = string(m[1])
	for lang, words := range map[string]string{"zh-CN": "您好", "yue": "你好"} {
		phonemes, err := e.Phonemes(ctx, lang, words)
		if err != nil {
			return nil, err
		}
		if strings.Contains(phonemes, "(en)") {
			return nil, fmt.Errorf("espeak-ng %s reads %s as English: %s", e.version, words, phonemes)
		}
	}
	return e, nil
}

// Name is "espeak-ng" and the version.
func (e *Espeak) Name() string { return "espeak-ng " + e.version }

// Setting names the voices and speeds of a language.
func (e *Espeak) Setting(lang string) string {
	return fmt.Sprint(voiceOf(lang, "a"), voiceOf(lang, "A"))
}

// Speak says the words.
func (e *Espeak) Speak(ctx context.Context, lang, words string) (sound.Sound, error) {
	v := voiceOf(lang, words)
	// Amplitude 60 of 100 leaves room: louder settings clip within the engine.
	out, err := e.run(ctx, words, "-v", v.voice, "-s", strconv.Itoa(v.speed), "-a", "60", "--stdin", "--stdout")
	if err != nil {
		return sound.Sound{}, err
	}
	s, err := sound.Decode(bytes.NewReader(out))
	if err != nil {
		return sound.Sound{}, fmt.Errorf("speak with %s: %w", v.voice, err)
	}
	return s, nil
}

// Phonemes is how the engine reads the words, in its own notation.
func (e *Espeak) Phonemes(ctx context.Context, lang, words string) (string, error) {
	out, err := e.run(ctx, words, "-v", voiceOf(lang, words).voice, "-q", "-x", "--stdin")
	return strings.TrimSpace(string(out)), err
}

// run runs the program with the words on its standard input, where no word can be
// taken for an option.
func (e *Espeak) run(ctx context.Context, words string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, e.path, args...)
	cmd.Stdin = strings.NewReader(words)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("run espeak-ng: %w: %s", err, strings.TrimSpace(errs.String()))
	}
	return out, nil
}
