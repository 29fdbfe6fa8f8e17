//go:build race

package acd

const raceDetector = true
