package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"hotline/callflows"
	"hotline/callflows/voice"
)

// promptsCommand is about the recordings callers hear.
type promptsCommand struct {
	Folder string `help:"Folder of the centre's own recordings (configuration key prompts)." short:"f" placeholder:"DIR"`

	List    promptsList    `cmd:"" help:"List every prompt and who speaks it."`
	Missing promptsMissing `cmd:"" help:"List prompts without a recording, or whose words have changed since."`
	Render  promptsRender  `cmd:"" help:"Render missing and stale prompts with espeak-ng."`
	Import  promptsImport  `cmd:"" help:"Take a human recording: WAV, or anything ffmpeg reads."`
	Ask     promptsAsk     `cmd:"" help:"Have a prompt recorded over the phone; prints the number to dial."`
	Takes   promptsTakes   `cmd:"" help:"List what is to be recorded over the phone, and what waits for approval."`
	Approve promptsApprove `cmd:"" help:"Put a recording made over the phone in force."`
	Reject  promptsReject  `cmd:"" help:"Refuse a recording made over the phone; it may be spoken again."`
}

// studio opens the words in force and the folder of recordings.
func (p promptsCommand) studio(w World, cli *commands) (*voice.Studio, error) {
	c, err := loadConfig(cli.Config, w.Getenv)
	if err != nil {
		return nil, err
	}
	if p.Folder == "" {
		p.Folder = c.Prompts
	}
	words, err := fs.Sub(c.shipped(), "prompts")
	if err != nil {
		return nil, err
	}
	audio, err := fs.Sub(callflows.Files, "audio")
	if err != nil {
		return nil, err
	}
	return voice.Open(voice.Config{Prompts: words, Shipped: audio, Dir: p.Folder})
}

var errNoFolder = errors.New("say where recordings go: --folder DIR, or configuration key prompts")

// writable is a studio that has somewhere to write to.
func (p promptsCommand) writable(w World, cli *commands) (*voice.Studio, error) {
	c, err := loadConfig(cli.Config, w.Getenv)
	if err != nil {
		return nil, err
	}
	if p.Folder == "" && c.Prompts == "" {
		return nil, errNoFolder
	}
	return p.studio(w, cli)
}

type promptsList struct{}

// Run lists all prompts.
func (promptsList) Run(w World, cli *commands) error {
	s, err := cli.Prompts.studio(w, cli)
	if err != nil {
		return err
	}
	return s.WriteList(w.Stdout)
}

type promptsMissing struct{}

// Run lists what cannot be heard, or not as written; the exit code tells whether there is any.
func (promptsMissing) Run(w World, cli *commands) error {
	s, err := cli.Prompts.studio(w, cli)
	if err != nil {
		return err
	}
	return s.WriteMissing(w.Stdout)
}

type promptsRender struct {
	Names []string `arg:"" optional:"" help:"Prompts, such as yue/P-GREET; all that are missing or stale when none is named."`
}

// Run renders prompts.
func (r promptsRender) Run(ctx context.Context, w World, cli *commands) error {
	s, err := cli.Prompts.writable(w, cli)
	if err != nil {
		return err
	}
	engine, err := voice.NewEspeak(ctx)
	if err != nil {
		return err
	}
	return s.WriteRender(ctx, w.Stdout, engine, r.Names)
}

type promptsImport struct {
	Name    string `arg:"" help:"Prompt, such as P-GREET."`
	File    string `arg:"" help:"Recording."`
	Lang    string `help:"Language." required:"" enum:"zh-CN,yue,en"`
	Speaker string `help:"Whose voice it is." required:""`
}

// Run imports one recording.
func (i promptsImport) Run(ctx context.Context, w World, cli *commands) error {
	s, err := cli.Prompts.writable(w, cli)
	if err != nil {
		return err
	}
	file, err := os.Open(i.File)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return s.WriteImport(ctx, w.Stdout, voice.Recording{Lang: i.Lang, Name: i.Name, Speaker: i.Speaker, Audio: file})
}
