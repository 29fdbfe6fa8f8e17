// Package source reads the YAML files that people who own the words of a
// hotline write: call flows, prompt catalogues, calendars, rules.
//
// It is strict where a mistake would be heard by a caller. A file becomes a
// small tree in which every key and value knows its line and column, so that
// each fault can be shown where it stands. Anchors, aliases, tags, merges,
// several documents and doubled keys are refused; so are files that are too
// large, too deep or not UTF-8, before they cost time or memory.
package source
