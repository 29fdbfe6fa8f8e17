package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// built is the page as Vite made it of the folder web: `make web`.
//
//go:embed all:web/dist
var built embed.FS

// page serves the built files from memory, compressed once.
type page struct{ files map[string]file }

type file struct {
	media  string
	tag    string // of the content, for the entity tag
	plain  []byte
	zipped []byte // nil when it would not be smaller
	fixed  bool   // its name changes with its content
}

func newPage() (*page, error) {
	p := &page{files: map[string]file{}}
	root, err := fs.Sub(built, "web/dist")
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		p.files["/"+name], err = newFile(name, b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	p.files["/"] = p.files["/index.html"]
	return p, nil
}

// mediaType is what a browser is told of a file of the page. The tables of the machine are not asked: they differ, and
// reading them costs more memory than all else of the page.
func mediaType(extension string) string {
	switch extension {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return "text/plain; charset=utf-8"
}

func newFile(name string, b []byte) (file, error) {
	sum := sha256.Sum256(b)
	f := file{
		media: mediaType(path.Ext(name)), tag: hex.EncodeToString(sum[:12]), plain: b,
		fixed: strings.HasPrefix(name, "assets/"),
	}
	var small bytes.Buffer
	z, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return f, err
	}
	_, _ = z.Write(b) // into memory
	if err := z.Close(); err != nil {
		return f, err
	}
	if small.Len() < len(b) {
		f.zipped = small.Bytes()
	}
	return f, nil
}

// ServeHTTP serves one file. What is not there is 404, also for the page: it has one address.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := p.files[r.URL.Path]
	switch {
	case !ok:
		refuse(w, refusal(notFound))
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, refusal(wrongMethod))
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.media)
	h.Set("Vary", "Accept-Encoding")
	if f.fixed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	content, tag := f.plain, f.tag
	if f.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		content, tag = f.zipped, f.tag+"-z"
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
