//go:build ignore

// Gen composes the music and renders the prompts that lack their sound into
// ../audio. It is for working on the shipped prompts; a centre uses hotline
// prompts render.
package main

import (
	"context"
	"log"
	"os"

	"hotline/callflows/voice"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	studio, err := voice.Open(voice.Config{Prompts: os.DirFS("../prompts"), Dir: "../audio"})
	if err != nil {
		return err
	}
	if err := studio.Compose(); err != nil {
		return err
	}
	engine, err := voice.NewEspeak(ctx)
	if err != nil {
		return err
	}
	if err := studio.WriteRender(ctx, os.Stdout, engine, os.Args[1:]); err != nil {
		return err
	}
	if _, err := studio.Prune(); err != nil {
		return err
	}
	return studio.WriteMissing(os.Stdout)
}
