package main

import (
	"context"
	"os"
	"strings"
	"time"

	"hotline/callflows/voice"
	"hotline/store"
	"hotline/store/event"
)

type deskTerm struct {
	Case    string `arg:"" help:"Case number."`
	Number  int    `arg:"" help:"Number of the term; one of that number is put in other words, and both sides are asked anew."`
	Words   string `arg:"" help:"The term."`
	Lang    string `help:"Language it is written in." enum:"zh-CN,yue,en" default:"zh-CN"`
	Sound   string `help:"Recording of somebody who reads it; espeak-ng reads it when empty." type:"existingfile"`
	Speaker string `help:"Whose voice it is."`
}

// Run writes a term with the sound that reads it. Both sides hear it as it is written, whatever language the line speaks.
func (d deskTerm) Run(ctx context.Context, w World, cli *commands) error {
	studio, err := cli.Prompts.writable(w, cli)
	if err != nil {
		return err
	}
	clip := "TERM-" + strings.ToUpper(event.NewID(time.Now()).String())
	if err := d.read(ctx, studio, clip); err != nil {
		return err
	}
	return withDatabase(ctx, w, cli, func(ctx context.Context, _ Config, db *store.DB) error {
		return db.SetTerm(ctx, actor(), d.Case, d.Number, d.Words, clip)
	})
}

// read makes the sound of a term, for callers of every language.
func (d deskTerm) read(ctx context.Context, studio *voice.Studio, clip string) error {
	if d.Sound == "" {
		engine, err := voice.NewEspeak(ctx)
		if err != nil {
			return err
		}
		return studio.RenderClip(ctx, engine, d.Lang, clip, d.Words)
	}
	file, err := os.Open(d.Sound)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return studio.ImportClip(ctx, d.Words, voice.Recording{Lang: d.Lang, Name: clip, Speaker: d.Speaker, Audio: file})
}
