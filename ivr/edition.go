package ivr

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"hotline/ivr/calendar"
	"hotline/ivr/catalogue"
	"hotline/ivr/source"
)

// Edition is everything callers hear, as one thing: flows, words, calendars,
// the names of the centre, and which audio there is. It is loaded and checked
// whole and does not change afterwards.
type Edition struct {
	flows     map[string]*Flow
	prompts   *catalogue.Catalogue
	calendars calendar.Calendars
	centre    *Centre
	audio     Audio
	music     []string // names of hold music; nil when audio was not looked at
	hash      string
	whole     map[Lang]map[string]Saying // the prompts without values, composed
	seen      look                       // the folder as it was just before it was read
}

// Audio tells which recordings there are, by language and id. A nil Audio was
// not looked at.
type Audio map[Lang]map[string]bool

// Has tells whether a recording is there.
func (a Audio) Has(lang Lang, id string) bool { return a == nil || a[lang][id] }

// Folders and files of an edition.
const (
	flowsDir     = "flows"
	promptsDir   = "prompts"
	calendarsDir = "calendars"
	audioDir     = "audio"
	centreFile   = "centre.yaml"
)

// Load reads an edition from a folder with flows/, prompts/, calendars/,
// centre.yaml and, when there, audio/, and checks all of it: every fault comes
// back at once, and an edition with a fault is not to be used. Calendars must
// cover the time given and the month after it; with the zero time they need not:
// in a year nobody has entered an open node takes its unavailable way.
func Load(fsys fs.FS, now time.Time) (*Edition, error) {
	var r reader
	e := &Edition{flows: map[string]*Flow{}, centre: &Centre{}, seen: lookAt(fsys)}
	var err error
	e.prompts, err = catalogue.Load(fsys, promptsDir)
	r.faults.Take(promptsDir, err)
	e.calendars, err = calendar.Load(fsys, calendarsDir)
	r.faults.Take(calendarsDir, err)
	e.loadCentre(fsys, &r)
	e.audio = findAudio(fsys)
	e.music = findMusic(fsys)
	e.loadFlows(fsys, &r)
	e.hash = e.fingerprint()
	e.composeWhole()
	if r.faults.Len() == 0 {
		e.check(&r.faults, now)
	}
	return e, r.faults.Err()
}

func (e *Edition) loadCentre(fsys fs.FS, r *reader) {
	text, err := source.Open(fsys, centreFile)
	if err != nil {
		r.faults.Take(centreFile, err)
		return
	}
	root, err := source.Parse(centreFile, text)
	if err != nil {
		r.faults.Take(centreFile, err)
		return
	}
	e.centre = readCentre(root, &r.faults)
}

func (e *Edition) loadFlows(fsys fs.FS, r *reader) {
	files, _ := fs.Glob(fsys, path.Join(flowsDir, "*.yaml"))
	if len(files) == 0 {
		r.faults.Add(source.Position{File: flowsDir}, "there are no flows here")
	}
	for _, file := range files {
		text, err := source.Open(fsys, file)
		if err != nil {
			r.faults.Take(file, err)
			continue
		}
		f := parseFlow(file, text, r)
		if f == nil || f.Name() == "" {
			continue
		}
		if old := e.flows[f.Name()]; old != nil {
			r.faults.Add(f.Title.at, "flow %q stands here a second time; the first is at %v", f.Name(), old.Title.at)
			continue
		}
		f.edition = e
		e.flows[f.Name()] = f
	}
}

// fingerprint is the hash of all flows and of every word in them.
func (e *Edition) fingerprint() string {
	h := sha256.New()
	for _, name := range e.Flows() {
		h.Write([]byte(name + e.flows[name].hash))
	}
	for _, id := range e.prompts.IDs() {
		p, _ := e.prompts.Prompt(id)
		for _, lang := range langNames() {
			h.Write([]byte(id + lang + p.Text(Lang(lang))))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Flow finds a flow by its name.
func (e *Edition) Flow(name string) (*Flow, bool) {
	f, ok := e.flows[name]
	return f, ok
}

// Flows lists the names of the flows, sorted.
func (e *Edition) Flows() []string { return slices.Sorted(maps.Keys(e.flows)) }

// Prompts are the words.
func (e *Edition) Prompts() *catalogue.Catalogue { return e.prompts }

// Calendars are the working calendars.
func (e *Edition) Calendars() calendar.Calendars { return e.calendars }

// Centre are the queues and rosters the flows may name.
func (e *Edition) Centre() *Centre { return e.centre }

// Audio tells which recordings there are.
func (e *Edition) Audio() Audio { return e.audio }

// Hash identifies the edition: flows and words together, in hexadecimal.
func (e *Edition) Hash() string { return e.hash }

// findAudio lists audio/<lang>/**.wav by id: the path below the language without
// its ending. A human recording x.wav and a rendered x.tts.wav have one id.
func findAudio(fsys fs.FS) Audio {
	if _, err := fs.Stat(fsys, audioDir); err != nil {
		return nil
	}
	audio := Audio{}
	for _, lang := range langNames() {
		found := map[string]bool{}
		root := path.Join(audioDir, lang)
		_ = fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(name, ".wav") {
				id := strings.TrimSuffix(strings.TrimSuffix(name, ".wav"), ".tts")
				found[strings.TrimPrefix(id, root+"/")] = true
			}
			return nil
		})
		audio[Lang(lang)] = found
	}
	return audio
}

// findMusic lists audio/music/*.wav by name, when there is audio at all.
func findMusic(fsys fs.FS) []string {
	if _, err := fs.Stat(fsys, audioDir); err != nil {
		return nil
	}
	names := []string{}
	files, _ := fs.Glob(fsys, path.Join(audioDir, "music", "*.wav"))
	for _, file := range files {
		names = append(names, strings.TrimSuffix(path.Base(file), ".wav"))
	}
	return names
}
