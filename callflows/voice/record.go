package voice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"hotline/callflows/voice/sound"
)

// Recording is a person's sound of one line.
type Recording struct {
	Lang    string
	Name    string // as in Line.Name
	Speaker string // whose voice it is; not empty
	Audio   io.Reader
}

// longest is what a recording may last: no prompt needs more, and a forgotten
// microphone does.
const longest = 90 * time.Second

// limit is how much of a compressed recording is read.
const limit = 64 << 20

// Import makes a recording fit for the telephone and keeps it in the centre's
// folder, where it wins over every rendering. WAV is read here; anything else
// goes through ffmpeg when that is installed. A recording that is silent, clipped,
// too long or made of noise is refused with the reasons.
func (s *Studio) Import(ctx context.Context, r Recording) (Status, error) {
	l, err := s.book.Find(r.Lang, r.Name)
	if err != nil {
		return Status{}, fmt.Errorf("import: %w", err)
	}
	if strings.TrimSpace(r.Speaker) == "" {
		return Status{}, fmt.Errorf("import %s: say whose voice it is", l.Key())
	}
	taken, err := decode(ctx, r.Audio)
	if err != nil {
		return Status{}, fmt.Errorf("import %s: %w", l.Key(), err)
	}
	raw, length, err := master(l, taken)
	if err != nil {
		return Status{}, fmt.Errorf("import %s: %w", l.Key(), err)
	}
	e := Entry{Text: l.Hash(), Seconds: seconds(length), Speaker: strings.TrimSpace(r.Speaker)}
	if err := s.keep(l.recorded(), raw, e); err != nil {
		return Status{}, fmt.Errorf("import %s: %w", l.Key(), err)
	}
	if err := s.save(); err != nil {
		return Status{}, fmt.Errorf("import %s: %w", l.Key(), err)
	}
	return s.Status(l), nil
}

// master checks the recording as it came, makes it fit and checks it again.
func master(l Line, taken sound.Sound) ([]byte, time.Duration, error) {
	before := taken.Measure()
	if before.Ends.None {
		return nil, 0, errors.New("the recording is silent")
	}
	if before.Clipped > 0 {
		return nil, 0, fmt.Errorf("the recording is clipped in %d places: record again, further from the microphone or at a lower level", before.Clipped)
	}
	ready := taken.Master(l.finish())
	want := l.want()
	want.Longest = longest
	if faults := ready.Measure().Faults(want); len(faults) > 0 {
		return nil, 0, errors.New("the recording " + strings.Join(faults, ", "))
	}
	raw, err := ready.Encode()
	return raw, ready.Duration(), err
}

// decode reads WAV, or whatever ffmpeg makes WAV of.
func decode(ctx context.Context, r io.Reader) (sound.Sound, error) {
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return sound.Sound{}, fmt.Errorf("read recording: %w", err)
	}
	if len(raw) > limit {
		return sound.Sound{}, fmt.Errorf("read recording: larger than %d MB", limit>>20)
	}
	taken, err := sound.Decode(bytes.NewReader(raw))
	if !errors.Is(err, sound.ErrNotWAV) {
		return taken, err
	}
	path, lookErr := exec.LookPath("ffmpeg")
	if lookErr != nil {
		return taken, errors.New("not a WAV file, and ffmpeg, which reads others, is not installed")
	}
	return convert(ctx, path, raw)
}

// convert has ffmpeg write WAV. Only the data handed in is read: no file, no
// network.
func convert(ctx context.Context, path string, raw []byte) (sound.Sound, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "-nostdin", "-v", "error", "-protocol_whitelist", "pipe",
		"-t", "600", "-i", "pipe:0", "-vn", "-ac", "1", "-c:a", "pcm_s16le", "-f", "wav", "pipe:1")
	cmd.Stdin = bytes.NewReader(raw)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return sound.Sound{}, fmt.Errorf("run ffmpeg: %w: %s", err, firstLine(errs.String()))
	}
	return sound.Decode(bytes.NewReader(out))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
