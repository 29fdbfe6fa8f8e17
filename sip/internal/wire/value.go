package wire

// appendValue appends raw to dst as one line: folds become blanks, blanks at the
// ends go, and those around separators too where the form allows it. It reports
// false when a control character stands outside a quoted pair.
func appendValue(dst, raw []byte, f form) ([]byte, bool) {
	if f == plain {
		return appendPlain(dst, raw)
	}
	r := reader{dst: dst, start: len(dst), form: f, clean: true}
	for _, c := range raw {
		r.take(c)
	}
	return r.dst, r.clean
}

// reader is the state of reading one structured value.
type reader struct {
	dst             []byte
	start           int
	form            form
	quoted, escaped bool
	angle           bool
	blank           bool // blanks seen and not yet written
	fold            bool // among them a line end
	glued           bool // the last byte was a separator: blanks after it go
	clean           bool
}

func (r *reader) take(c byte) {
	switch {
	case r.escaped:
		r.escaped = false
		r.clean = r.clean && c != '\r' && c != '\n'
		r.dst = append(r.dst, c)
	case isBlank(c):
		r.space(c)
	case isControl(c):
		r.clean = false
	case r.quoted:
		r.flush()
		r.escaped = c == '\\'
		r.quoted = c != '"'
		r.dst = append(r.dst, c)
	default:
		r.bare(c)
	}
}

// space notes a blank. Inside quotes blanks count, a fold with all that is around
// it counts as one.
func (r *reader) space(c byte) {
	if r.quoted && r.blank && !r.fold && c != '\r' && c != '\n' {
		r.dst = append(r.dst, ' ')
	}
	r.blank = true
	r.fold = r.fold || c == '\r' || c == '\n'
}

func (r *reader) flush() {
	if r.blank && len(r.dst) > r.start && !r.glued {
		r.dst = append(r.dst, ' ')
	}
	r.blank, r.fold, r.glued = false, false, false
}

// bare takes a byte outside quotes.
func (r *reader) bare(c byte) {
	if !r.angle && r.separates(c) {
		r.blank, r.fold = false, false
		r.dst = append(r.dst, c)
		r.glued = true
		return
	}
	r.flush()
	r.dst = append(r.dst, c)
	switch c {
	case '"':
		r.quoted = true
	case '<':
		r.angle = true
	case '>':
		r.angle = false
	}
}

func (r *reader) separates(c byte) bool {
	switch c {
	case ';', '=', ',':
		return true
	case '/', ':':
		return r.form == hop
	}
	return false
}

// appendPlain undoes folds and trims; blanks inside stay as they are.
func appendPlain(dst, raw []byte) ([]byte, bool) {
	start, clean, fold := len(dst), true, false
	for i, c := range raw {
		switch {
		case c == '\r' || c == '\n':
			fold = true
			continue
		case fold && (c == ' ' || c == '\t'):
			continue
		case isControl(c) && c != '\t' && (i == 0 || raw[i-1] != '\\'):
			clean = false
		}
		if fold {
			dst = append(trimRight(dst, start), ' ')
			fold = false
		}
		if len(dst) == start && (c == ' ' || c == '\t') {
			continue
		}
		dst = append(dst, c)
	}
	return trimRight(dst, start), clean
}

func trimRight(b []byte, start int) []byte {
	for len(b) > start && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func isControl(c byte) bool { return c < 0x20 || c == 0x7f }
