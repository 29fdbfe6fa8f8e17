package main

import (
	"embed"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"hotline/media/wav"
)

//go:embed flows/*.yaml
var flows embed.FS

// writeEdition makes the folder of call flows that lies over the shipped ones: the lines that are measured and their
// words, which are tones.
func writeEdition(dir string) error {
	if err := os.CopyFS(dir, flows); err != nil {
		return fmt.Errorf("write flows: %w", err)
	}
	words := map[string]time.Duration{"B-WORDS": 3 * time.Minute, "B-BYE": 200 * time.Millisecond}
	catalogue := ""
	for id, length := range words {
		catalogue += fmt.Sprintf("%s: {zh-CN: %q, yue: %q, en: %q}\n", id, id, id, id)
		sound := warble(length)
		for _, language := range []string{"zh-CN", "yue", "en"} {
			if err := write(filepath.Join(dir, "audio", language, id+".wav"), sound); err != nil {
				return err
			}
		}
	}
	return write(filepath.Join(dir, "prompts", "bench.yaml"), []byte(catalogue))
}

// warble is a sound that is never the same for long, as speech is.
func warble(length time.Duration) []byte {
	const rate = 8000
	data := make([]byte, 0, 2*int(length.Seconds()*rate))
	for i := range int(length.Seconds() * rate) {
		at := float64(i) / rate
		v := uint16(int16(6000 * math.Sin(2*math.Pi*(300+100*math.Sin(at))*at))) //nolint:gosec // in range
		data = append(data, byte(v), byte(v>>8))
	}
	return wav.File{Header: wav.Header{Format: wav.PCM, Channels: 1, Rate: rate}, Data: data}.Encode()
}

func write(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	if err := os.WriteFile(path, b, fs.FileMode(0o644)); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}
