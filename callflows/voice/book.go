package voice

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Langs lists the languages of the catalogue.
func Langs() []string { return []string{"zh-CN", "yue", "en"} }

// entry is one id of a prompt file.
type entry struct {
	ZhCN     string            `yaml:"zh-CN"`
	Yue      string            `yaml:"yue"`
	En       string            `yaml:"en"`
	Legal    bool              `yaml:"legal"`
	Whisper  bool              `yaml:"whisper"`
	SpokenBy string            `yaml:"spoken-by"`
	Vars     map[string]string `yaml:"vars"`
}

func (e entry) text(lang string) string {
	switch lang {
	case "yue":
		return e.Yue
	case "en":
		return e.En
	default:
		return e.ZhCN
	}
}

// Book is every text that must be heard, sorted by language and name.
type Book struct {
	lines []Line
	index map[string]int
}

// Read reads all prompt files at the root of a folder. The file decides the kind:
// parts.yaml holds parts, phrases.yaml phrases, clips.yaml clips, every other
// file prompts. The error holds every fault.
func Read(prompts fs.FS) (*Book, error) {
	names, err := fs.Glob(prompts, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("read prompts: %w", err)
	}
	b := &Book{index: map[string]int{}}
	var faults []error
	for _, name := range names {
		if err := b.read(prompts, name); err != nil {
			faults = append(faults, fmt.Errorf("read prompts: %s: %w", name, err))
		}
	}
	if len(names) == 0 {
		faults = append(faults, errors.New("read prompts: no prompt files here"))
	}
	slices.SortFunc(b.lines, func(x, y Line) int { return strings.Compare(x.Key(), y.Key()) })
	for i, l := range b.lines {
		if i > 0 && l.Key() == b.lines[i-1].Key() {
			faults = append(faults, fmt.Errorf("read prompts: %s is written twice", l.Key()))
		}
		b.index[l.Key()] = i
	}
	return b, errors.Join(faults...)
}

func (b *Book) read(prompts fs.FS, file string) error {
	raw, err := fs.ReadFile(prompts, file)
	if err != nil {
		return err
	}
	entries := map[string]entry{}
	if err := yaml.UnmarshalWithOptions(raw, &entries, yaml.Strict()); err != nil {
		return errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	kind, folder := kindOf(file)
	for _, id := range slices.Sorted(maps.Keys(entries)) {
		for _, lang := range Langs() {
			if text := strings.TrimSpace(entries[id].text(lang)); text != "" {
				b.lines = append(b.lines, lines(lang, folder+id, text, kind)...)
			}
		}
	}
	return nil
}

// kindOf tells what a prompt file holds, and the folder its sounds lie in.
func kindOf(file string) (Kind, string) {
	switch path.Base(file) {
	case "parts.yaml":
		return Part, "parts/"
	case "phrases.yaml":
		return Piece, ""
	case "clips.yaml":
		return Clip, ""
	default:
		return Whole, ""
	}
}

// Lines lists every sound that must exist, sorted by language and name.
func (b *Book) Lines() []Line { return slices.Clone(b.lines) }

// Find looks a line up by language and name. The error names the pieces when the
// name is a prompt spoken around values.
func (b *Book) Find(lang, name string) (Line, error) {
	if i, ok := b.index[lang+"/"+name]; ok {
		return b.lines[i], nil
	}
	var pieces []string
	for _, l := range b.lines {
		if l.Lang == lang && strings.HasPrefix(l.Name, name+".") {
			pieces = append(pieces, fmt.Sprintf("%s (%s)", l.Name, l.Text))
		}
	}
	if len(pieces) > 0 {
		return Line{}, fmt.Errorf("%s is spoken around values, in pieces: %s", name, strings.Join(pieces, ", "))
	}
	return Line{}, fmt.Errorf("no prompt %s in %s", name, lang)
}
