package voice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// ErrLacking says that some lines have no sound, or a stale one; what they are
// has been written.
var ErrLacking = errors.New("prompts without sound")

// WriteList writes one row a line: language, name, state, length, speaker, text.
func (s *Studio) WriteList(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "LANG\tNAME\tSTATE\tSECONDS\tSPEAKER\tTEXT")
	for _, st := range s.Statuses() {
		length, speaker := "", st.Entry.Speaker
		if st.Entry.Seconds > 0 {
			length = fmt.Sprintf("%.1f", st.Entry.Seconds)
		}
		if st.State == Recorded && speaker == "" {
			speaker = "(not imported)"
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", st.Line.Lang, st.Line.Name, st.State, length, speaker, st.Line.Text)
	}
	return tw.Flush()
}

// WriteMissing writes the lines without a sound or with a stale one, and the
// command that mends them. It returns ErrLacking when there are any.
func (s *Studio) WriteMissing(w io.Writer) error {
	lacking := s.Lacking()
	for _, st := range lacking {
		fmt.Fprintln(w, st)
	}
	if len(lacking) == 0 {
		fmt.Fprintf(w, "all %d prompts have their sound\n", len(s.book.lines))
		return nil
	}
	fmt.Fprintf(w, "%d of %d lack their sound. Render them with: hotline prompts render\n", len(lacking), len(s.book.lines))
	return fmt.Errorf("%w: %d", ErrLacking, len(lacking))
}

// WriteRender renders what is due, or the named lines, and tells of each.
func (s *Studio) WriteRender(ctx context.Context, w io.Writer, engine Engine, names []string) error {
	count, total := 0, time.Duration(0)
	err := s.Render(ctx, engine, names, func(st Status) {
		count++
		total += time.Duration(st.Entry.Seconds * float64(time.Second))
		fmt.Fprintf(w, "%-28s %5.1f s  %s\n", st.Line.Key(), st.Entry.Seconds, st.Line.Text)
	})
	fmt.Fprintf(w, "%d rendered by %s, %s in all\n", count, engine.Name(), total.Round(time.Second))
	return err
}

// WriteImport takes a recording in and tells what became of it.
func (s *Studio) WriteImport(ctx context.Context, w io.Writer, r Recording) error {
	st, err := s.Import(ctx, r)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s is now spoken by %s, %.1f s: %s\n", st.Line.Key(), st.Entry.Speaker, st.Entry.Seconds, st.Line.Text)
	return nil
}
