package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"hotline/store"
)

// texter hands the text messages that callers asked for to the gateway of whoever sends them: one HTTP POST each, signed
// with a shared secret. A message is handed over at least once; its id tells the gateway which it has already.
type texter struct {
	db     *store.DB
	url    string
	secret []byte
	log    *slog.Logger
	every  time.Duration
	client *http.Client
}

// Times of the gateway.
const (
	textEvery   = 2 * time.Second
	textTimeout = 10 * time.Second
	textBackoff = 5 * time.Minute // the longest pause while the gateway is away
	textTooLate = 24 * time.Hour  // what was asked for yesterday helps nobody
	textBatch   = 50
)

func newTexter(db *store.DB, c Config, log *slog.Logger) *texter {
	return &texter{
		db: db, url: c.Texts.Gateway, secret: []byte(c.Texts.Secret), log: log, every: textEvery,
		// A redirect would carry numbers to where nobody has asked for them.
		client: &http.Client{Timeout: textTimeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// run hands messages over until the context ends. While the gateway or the database is away it asks less often.
func (t *texter) run(ctx context.Context) error {
	pause := t.every
	for {
		switch err := t.round(ctx); {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			t.log.Warn("text messages wait", "error", err, "again_in", pause.String())
			pause = min(2*pause, textBackoff)
		default:
			pause = t.every
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-timer.C:
		}
	}
}

// round hands over what waits. It stops at the first that the gateway could not take for now.
func (t *texter) round(ctx context.Context) error {
	list, err := t.db.QueuedTexts(ctx, textBatch)
	if err != nil {
		return err
	}
	for _, m := range list {
		if time.Since(m.FiledAt) > textTooLate {
			t.log.Error("text message not sent in a day", "message", m.ID.String())
			if err := t.db.TextDone(ctx, m.ID, false, nil); err != nil {
				return err
			}
			continue
		}
		sent, hash, err := t.hand(ctx, m)
		if err != nil {
			return err
		}
		if !sent {
			t.log.Error("text message refused by the gateway", "message", m.ID.String())
		}
		if err := t.db.TextDone(ctx, m.ID, sent, hash); err != nil {
			return err
		}
	}
	return nil
}

// handed is a text message as the gateway gets it.
type handed struct {
	ID        string            `json:"id"`
	To        string            `json:"to"`
	Template  string            `json:"template"`
	Language  string            `json:"language"`
	Neutral   bool              `json:"neutral"`
	Reference string            `json:"reference"`
	Params    map[string]string `json:"params"`
}

// hand posts one message. The error means that the gateway could not take it for now; false without one that it never will.
func (t *texter) hand(ctx context.Context, m store.Outgoing) (sent bool, hash []byte, err error) {
	body, err := json.Marshal(handed{m.ID.String(), m.To, m.Template, m.Language, m.Neutral, m.Reference, m.Params})
	if err != nil {
		return false, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return false, nil, err
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, t.secret)
	fmt.Fprintf(mac, "%s.%s", at, body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", m.ID.String())
	r.Header.Set("X-Hotline-Time", at)
	r.Header.Set("X-Hotline-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	answer, err := t.client.Do(r)
	if err != nil {
		return false, nil, errors.New("hand over text message: the gateway does not answer") // its text may hold the address
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16)) // so that the connection can be used again
	sum := sha256.Sum256(body)
	switch s := answer.StatusCode; {
	case s/100 == 2:
		return true, sum[:], nil
	case s == http.StatusBadRequest, s == http.StatusUnprocessableEntity, s == http.StatusNotAcceptable:
		return false, sum[:], nil
	default:
		return false, nil, fmt.Errorf("hand over text message: the gateway answers %d", s)
	}
}
