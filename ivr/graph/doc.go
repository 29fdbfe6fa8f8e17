// Package graph draws call flows, for the people who own the words: as SVG to
// look at, and as Mermaid text to put into documents.
package graph
