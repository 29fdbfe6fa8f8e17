package main_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	program "hotline/cmd/hotline"
	"hotline/store"
	"hotline/store/event"
	"hotline/store/phone"
	"hotline/store/storetest"
)

const textSecret = "a secret of the gateway"

// gateway takes text messages, and answers each try with the next of its statuses, at last with the last one.
type gateway struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	bodies   []map[string]any
	forged   int
}

func openGateway(t *testing.T, statuses ...int) *gateway {
	t.Helper()
	g := &gateway{statuses: statuses}
	g.Server = httptest.NewServer(http.HandlerFunc(g.take))
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) take(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte(textSecret))
	mac.Write([]byte(r.Header.Get("X-Hotline-Time") + "." + string(body)))
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil || r.Header.Get("X-Hotline-Signature") != "sha256="+hex.EncodeToString(mac.Sum(nil)) ||
		r.Header.Get("Idempotency-Key") != m["id"] {
		g.forged++
	}
	g.bodies = append(g.bodies, m)
	status := g.statuses[0]
	if len(g.statuses) > 1 {
		g.statuses = g.statuses[1:]
	}
	if status == http.StatusFound {
		w.Header().Set("Location", "/elsewhere")
	}
	w.WriteHeader(status)
}

// Text messages reach the gateway, signed, at least once; they wait while it is away, and fail when it will never take them.
func TestTextMessagesReachTheGateway(t *testing.T) {
	for name, tt := range map[string]struct {
		statuses []int
		age      time.Duration
		tries    int
		want     string
	}{
		"taken at once":       {[]int{200}, 0, 1, "sent"},
		"away at first":       {[]int{503, 429, 401, 202}, 0, 4, "sent"},
		"never taken":         {[]int{422}, 0, 1, "failed"},
		"sent elsewhere":      {[]int{302, 200}, 0, 2, "sent"},
		"of the day before":   {[]int{200}, 25 * time.Hour, 0, "failed"},
		"of some minutes ago": {[]int{200}, 10 * time.Minute, 1, "sent"},
	} {
		t.Run(name, func(t *testing.T) {
			keys, url := storetest.Keys(t), postgres.URL(t)
			db, err := store.Open(t.Context(), store.Options{URL: url, Keys: keys})
			must(t, err)
			t.Cleanup(db.Close)
			g := openGateway(t, tt.statuses...)
			_, err = db.SendText(t.Context(), store.Text{
				Template: "article", Language: "yue", To: keys.Number(phone.Plan{Area: "20"}.Parse("13811112222"), "PAI"),
				Params: map[string]string{"article": "1077"}, Contact: event.NewID(time.Now()), At: time.Now().Add(-tt.age),
			})
			must(t, err)

			ctx, stop := context.WithCancel(t.Context())
			over := make(chan error, 1)
			go func() {
				over <- program.HandTexts(ctx, db, program.Texts{Gateway: g.URL, Secret: textSecret}, time.Millisecond)
			}()
			conn := storetest.Conn(t, url)
			status := ""
			await(t, "it is decided", func() bool {
				must(t, conn.QueryRow(t.Context(), `SELECT status FROM messages`).Scan(&status))
				return status != "queued"
			})
			stop()
			<-over
			if status != tt.want || len(g.bodies) != tt.tries || g.forged != 0 {
				t.Errorf("%s after %d tries, %d forged; want %s after %d", status, len(g.bodies), g.forged, tt.want, tt.tries)
			}
			for _, m := range g.bodies {
				if m["to"] != "+8613811112222" || m["template"] != "article" || m["language"] != "yue" || m["params"].(map[string]any)["article"] != "1077" {
					t.Error("another message was handed over")
				}
			}
		})
	}
}

func TestTheGatewayOfTheConfiguration(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	writeText(t, secret, textSecret+"\n")
	short := filepath.Join(t.TempDir(), "short")
	writeText(t, short, "short")
	for text, want := range map[string]string{
		"https://gateway.example/texts " + secret: "",
		"http://127.0.0.1:9999/texts " + secret:   "",
		"http://gateway.example/texts " + secret:  "without https only on the loopback range",
		"gateway.example " + secret:               "is no URL",
		"https://gateway.example/texts " + short:  "16 characters or more",
		"https://gateway.example/texts ":          "16 characters or more",
	} {
		url, file, _ := strings.Cut(text, " ")
		_, err := program.LoadConfig(func(name string) string {
			return map[string]string{"HOTLINE_TEXTS_GATEWAY": url, "HOTLINE_TEXTS_SECRET_FILE": file}[name]
		})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), textSecret) {
			t.Errorf("%s: the secret stands in the error", url)
		}
	}
}
