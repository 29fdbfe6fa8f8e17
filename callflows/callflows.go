// Package callflows holds what callers hear: flows, words, calendars and
// written calls, as plain files that people who own the words can change.
package callflows

import "embed"

// Files are the flows, prompts with their audio, calendars, rules and written
// calls the product ships, as ivr.Load reads them.
//
//go:embed audio flows prompts/*.yaml calendars scripts centre.yaml rules.yaml
var Files embed.FS
