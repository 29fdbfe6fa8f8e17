package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a file. They are far above what a person writes and far below what
// would cost a second or a hundred megabytes to read.
const (
	MaxBytes  = 256 << 10 // size of one file
	MaxDepth  = 16        // maps and lists within one another
	maxNested = 64        // brackets or dashes opened on one line, before parsing
)

// Open reads a file of a file system, at most MaxBytes of it.
func Open(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return text, nil
}

// Parse reads one YAML document. The error, when there is one, is a *Fault.
func Parse(name string, text []byte) (root *Node, err error) {
	if fault := refuse(name, text); fault != nil {
		return nil, fault
	}
	defer func() {
		if p := recover(); p != nil {
			root, err = nil, &Fault{Position: Position{File: name}, Text: "this file cannot be read as YAML"}
		}
	}()
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, syntax(name, err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, &Fault{Position: Position{File: name}, Text: fmt.Sprintf("one YAML document is needed, here are %d", written(file))}
	}
	r := reader{name: name}
	root = r.node(file.Docs[0].Body, 1)
	if r.fault != nil {
		return nil, r.fault
	}
	return root, nil
}

func written(file *ast.File) int {
	n := 0
	for _, doc := range file.Docs {
		if doc.Body != nil {
			n++
		}
	}
	return n
}

// refuse looks at the bytes before the parser does, in one pass.
func refuse(name string, text []byte) *Fault {
	if len(text) > MaxBytes {
		return &Fault{Position: Position{File: name}, Text: fmt.Sprintf("the file is larger than %d KiB", MaxBytes>>10)}
	}
	if !utf8.Valid(text) {
		line, column := 1, 1
		for len(text) > 0 {
			r, size := utf8.DecodeRune(text)
			if r == utf8.RuneError && size == 1 {
				break
			}
			column++
			if r == '\n' {
				line, column = line+1, 1
			}
			text = text[size:]
		}
		return &Fault{Position: Position{name, line, column}, Text: "the file is not UTF-8 text"}
	}
	if line := nested(text); line > 0 {
		return &Fault{Position: Position{name, line, 1}, Text: fmt.Sprintf("more than %d brackets or dashes are open here", maxNested)}
	}
	return nil
}

// nested finds a line that opens too many brackets, dashes or question marks,
// or the line where too many brackets are open at once. Quotes are not
// understood: words hold few brackets, and in pairs.
func nested(text []byte) int {
	open := 0
	for i, line := range bytes.Split(text, []byte{'\n'}) {
		open += bytes.Count(line, []byte{'['}) + bytes.Count(line, []byte{'{'})
		if open > maxNested || bytes.Count(line, []byte("- ")) > maxNested || bytes.Count(line, []byte("? ")) > maxNested {
			return i + 1
		}
		open = max(0, open-bytes.Count(line, []byte{']'})-bytes.Count(line, []byte{'}'}))
	}
	return 0
}

func syntax(name string, err error) *Fault {
	f := &Fault{Position: Position{File: name}, Text: "this is not YAML"}
	var at interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if errors.As(err, &at) {
		f.Text = at.GetMessage()
		if tk := at.GetToken(); tk != nil && tk.Position != nil {
			f.Line, f.Column = tk.Position.Line, tk.Position.Column
		}
	}
	return f
}
