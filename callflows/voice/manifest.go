package voice

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// manifestName is the file beside the sounds that says what they speak.
const manifestName = "manifest.json"

// Entry is what is known of one sound file.
type Entry struct {
	Text    string  `json:"text,omitempty"` // SHA-256 of the text it speaks
	Said    string  `json:"said,omitempty"` // SHA-256 of what the engine was given, and how; rendered sounds only
	File    string  `json:"file"`           // SHA-256 of the file
	Seconds float64 `json:"seconds"`
	Speaker string  `json:"speaker"`
}

// manifest maps a file's path below the audio folder to its entry.
type manifest map[string]Entry

// readManifest reads the manifest of a folder; none there is an empty one.
func readManifest(audio fs.FS) (manifest, error) {
	raw, err := fs.ReadFile(audio, manifestName)
	if errors.Is(err, fs.ErrNotExist) {
		return manifest{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", manifestName, err)
	}
	m := manifest{}
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("read %s: %w", manifestName, err)
	}
	return m, nil
}

// encode writes one entry a line, sorted, so that changes can be read and merged.
func (m manifest) encode() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("{")
	for i, path := range slices.Sorted(maps.Keys(m)) {
		line, err := json.Marshal(m[path])
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", manifestName, err)
		}
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, "\n  %q: %s", path, line)
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

// save writes the manifest into a folder.
func (m manifest) save(dir string) error {
	raw, err := m.encode()
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, manifestName), raw)
}

// writeFile writes a file whole or not at all.
func writeFile(path string, raw []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write sound: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write sound: %w", err)
	}
	_, err = tmp.Write(raw)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write sound: %w", errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}

// seconds rounds a length for the manifest.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
