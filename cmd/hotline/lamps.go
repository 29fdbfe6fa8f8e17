package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hotline/sip"
	"hotline/switchboard"
)

// showMessages lights the message lamps of all seats while kept messages wait for an answer.
func (p *program) showMessages(ctx context.Context) error {
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	known := true
	for {
		waiting, err := p.storage.db.Messages(ctx, time.Now())
		switch {
		case err == nil:
			for extension := range p.floor.office.now.Load().agents {
				p.floor.ua.Messages(extension, sip.Messages{New: waiting.Open})
			}
		case known && ctx.Err() == nil:
			p.log.Warn("messages not counted, lamps stay as they are", "error", err)
		}
		known = err == nil
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// setCodes changes what staff dial: sign_in=*41, or sign_in= for none. All are put in force together, so that two may
// change places.
func setCodes(c *Config, values []string) error {
	type change struct{ deed, code string }
	var changes []change
	codes := c.Codes
	for _, v := range values {
		deed, code, ok := strings.Cut(strings.TrimSpace(v), "=")
		if !ok {
			return fmt.Errorf("%q is not a deed and its code, such as sign_in=*41", v)
		}
		var err error
		if codes, err = codes.With(switchboard.Deed(deed), ""); err != nil {
			return err
		}
		changes = append(changes, change{deed, code})
	}
	for _, one := range changes {
		if codes[switchboard.Deed(one.deed)] != "" {
			return fmt.Errorf("%s is set twice", one.deed)
		}
		var err error
		if codes, err = codes.With(switchboard.Deed(one.deed), one.code); err != nil {
			return errors.Join(fmt.Errorf("%s=%s cannot be", one.deed, one.code), err)
		}
	}
	c.Codes = codes
	return nil
}

// deeds names the deeds that have a code.
func deeds() string {
	var names []string
	for _, d := range switchboard.Deeds() {
		names = append(names, string(d))
	}
	return strings.Join(names, ", ")
}
