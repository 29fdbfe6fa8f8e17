package main

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hotline/callflows"
	"hotline/ivr"
)

// The service answers in a year whose holidays are not published yet, and says loudly that they lack.
func TestAMissingYearKeepsNobodyOut(t *testing.T) {
	known, unknown := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), time.Date(2036, 6, 1, 9, 0, 0, 0, time.UTC)
	if _, lacking, err := loadEdition(callflows.Files, known); lacking != nil || err != nil {
		t.Errorf("in a year that is entered: %v, %v", lacking, err)
	}
	e, lacking, err := loadEdition(callflows.Files, unknown)
	if err != nil || lacking == nil || !strings.Contains(lacking.Error(), "2036") {
		t.Fatalf("in a year that is not: %v, %v", lacking, err)
	}
	if _, ok := e.Flow("12348"); !ok {
		t.Error("no flow answers 12348")
	}
	broken := ivr.Overlay(fstest.MapFS{"flows/12348.yaml": {Data: []byte("flow: 12348\n")}}, callflows.Files)
	if e, _, err := loadEdition(broken, unknown); err == nil || e != nil {
		t.Errorf("a broken flow is in force: %v", err)
	}
}
