package main_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/media/tone"
)

// keying presses a key once a second, so many times, and stays: whatever is read, an answer comes after its last word.
func keying(key string, times int) string {
	return strings.Repeat("wait 1s, press "+key+", ", times) + "stay"
}

// caseOf is the number of a contact's case.
func (c centre) caseOf(contact string) string {
	c.t.Helper()
	return c.sql(`SELECT k.no FROM cases k JOIN contacts c ON c.case_id = k.id WHERE c.id = $1::uuid`, contact)[0][0].(string)
}

// TestACounselorReadsWhatIsPrepared has staff prepare a pledge, a referral, a closing sum and a refusal for a case, a
// counselor key their codes in the caller's next talk, and the caller answer each by key.
func TestACounselorReadsWhatIsPrepared(t *testing.T) {
	t.Parallel()
	c := openCentre(t)
	const number = "13822334455"
	<-c.call(t, number, "12348", "wait 1200ms, press 1, wait 500ms") // Mandarin from now on
	no := c.caseOf(c.filed("12348", 1)[0].id)
	c.command(t, 0, "desk", "pledge", no, "GROUP-MIGRANT-WORKER")
	c.command(t, 0, "desk", "refer", no, "12333")
	c.command(t, 0, "desk", "outcome", no, "12000.50")
	c.command(t, 0, "desk", "lack", no, "DOC-WAGES", "DOC-IDENTITY")
	c.command(t, 1, "desk", "lack", no, "DOC-FACTS") // all is told at once, and once
	if said := c.command(t, 0, "desk", "apply", no); !strings.HasPrefix(said, "promised by 20") || !strings.Contains(said, "by law until 20") {
		t.Errorf("an application is promised as %q", said)
	}
	for _, wrong := range [][]string{
		{"desk", "pledge", no, "GROUP-NOBODY"},
		{"desk", "refer", no, "99999"},
		{"desk", "outcome", no, "12,000"},
		{"desk", "pledge", "GZ-2026-LA-999999-9", "GROUP-ELDER"},
	} {
		c.command(t, 1, wrong...)
	}

	c.seatWith(t, phone.Config{Extension: "8001", Password: c.passwordOf(t, "8001"), Tone: staffHz, Answering: phone.Answering{
		Script: steps(t, "wait 500ms, press *54, wait 4s, press *51, wait 6s, press *52, wait 6s, press *53, wait 3s, press *54, wait 5s, press *51, wait 1s"),
	}})
	call := c.call(t, number, "12348", "wait 600ms, press 0, "+keying("1", 40))
	await(t, "the application is told as received", func() bool {
		return c.count(`SELECT count(*) FROM call_events WHERE kind = 'decided' AND data ->> 'flow' = 'application' AND data ->> 'about' = 'received'`) == 1
	})
	c.command(t, 0, "desk", "decide", no, "--refuse", "REASON-INCOME")
	c.command(t, 1, "desk", "decide", no)
	if said := c.command(t, 0, "desk", "calls"); !strings.Contains(said, "decision  "+no) || !strings.Contains(said, "key *54") {
		t.Error("nobody is told to call the applicant")
	}
	<-call
	if said := c.command(t, 0, "desk", "calls"); said != "" {
		t.Error("the applicant heard it, and is to be called again")
	}
	contact, prompts := c.heard(t, "12348", 2)
	heard := strings.Join(prompts, "\n")
	for _, id := range []string{"P-APP-DONE zh-CN", "P-RIGHT zh-CN", "P-COMMIT-1 zh-CN", "P-COMMIT-4 zh-CN", "P-REF zh-CN", "P-REF-OK zh-CN", "P-OUTCOME zh-CN", "P-REFUSE zh-CN", "P-FILED zh-CN"} {
		if strings.Count(heard, id) != 1 {
			t.Errorf("the caller heard %s %d times", id, strings.Count(heard, id))
		}
	}
	for what, query := range map[string]string{
		"a pledge":     `SELECT count(*) FROM commitments WHERE state = 'agreed' AND contact_id = $1::uuid`,
		"its proof":    `SELECT count(*) FROM consents WHERE purpose = 'commitment' AND given = 'yes' AND keyed = '1' AND octet_length(text_sha256) = 32 AND recording_id IS NOT NULL AND offset_ms > 0 AND lang = 'zh-CN' AND contact_id = $1::uuid`,
		"a referral":   `SELECT count(*) FROM referrals t JOIN requests r ON r.reference = t.reference AND r.kind = 'referral' AND r.due_at = t.due_at WHERE t.state = 'sent' AND t.contact_id = $1::uuid`,
		"a sum":        `SELECT count(*) FROM case_outcomes WHERE state = 'right' AND received_cents = 1200050 AND contact_id = $1::uuid`,
		"an objection": `SELECT count(*) FROM applications a JOIN requests r ON r.case_id = a.case_id AND r.kind = 'objection' WHERE a.objected_at IS NOT NULL AND a.told_in = $1::uuid`,
		"decisions":    `SELECT count(*) / 5 FROM call_events WHERE kind = 'decided' AND contact_id = $1::uuid`,
	} {
		if n := c.count(query, contact); n != 1 {
			t.Errorf("%s is in the database %d times", what, n)
		}
	}
	if tapes := c.tapes(contact); len(tapes) != 1 {
		t.Errorf("%d recordings", len(tapes))
	}
	if strings.Contains(c.log.String(), number) {
		t.Error("the number stands in the log")
	}
}

// TestAMediationByPhone has both sides of a mediation dial in with their digits, the mediator let the second in, and both
// agree to a term and hear that it is settled.
func TestAMediationByPhone(t *testing.T) {
	t.Parallel()
	c := openCentre(t)
	<-c.call(t, "13822334466", "12348", "wait 1200ms, press 1, wait 500ms")
	no := c.caseOf(c.filed("12348", 1)[0].id)
	c.command(t, 0, "desk", "line", "12341", "mediation", "--name", "调解", "--queue", "mediation")
	c.command(t, 1, "desk", "line", "12342", "commitment", "--name", "x")
	c.command(t, 1, "desk", "line", "12342", "12355", "--name", "x", "--queue", "minors")
	said := strings.Fields(c.command(t, 0, "desk", "mediation", no, time.Now().Add(time.Hour).In(time.FixedZone("", 8*60*60)).Format("2006-01-02 15:04")))
	one, two := said[4], said[len(said)-1]
	term := filepath.Join(t.TempDir(), "term.wav")
	writeText(t, term, string(encode(tone.Sine(600, -15, 900*time.Millisecond))))
	c.command(t, 0, "desk", "term", no, "1", "三月一日前付清一万二千元。", "--sound", term, "--speaker", "mediator")

	c.seatWith(t, phone.Config{Extension: "8004", Password: c.passwordOf(t, "8004"), Tone: staffHz, Answering: phone.Answering{
		Script: steps(t, "wait 5s, press *580, wait 2s, press *581, wait 7s, press *582, wait 4s"),
	}})
	await(t, "the line", func() bool { return (<-c.call(t, "13822334488", "12341", "wait 100ms")).Status == 200 })
	dial := func(number, code string) <-chan phone.Report {
		return c.call(t, number, "12341", fmt.Sprintf("wait 1500ms, press %s, wait 500ms, %s", code, keying("1", 40)))
	}
	first := dial("13822334466", one)
	await(t, "the first side is served", func() bool {
		return c.count(`SELECT count(*) FROM call_events WHERE kind = 'connected' AND data ->> 'extension' = '8004'`) == 1
	})
	second := dial("13822334477", two)
	<-first
	<-second
	c.filed("12341", 3)
	for what, query := range map[string]string{
		"sides that came": `SELECT count(DISTINCT party_id) FROM mediation_attendances`,
		"sides agreed":    `SELECT count(DISTINCT party_id) FROM mediation_answers WHERE answer = 'agreed'`,
		"their proof":     `SELECT count(DISTINCT contact_id) FROM consents WHERE purpose = 'settlement_term' AND given = 'yes'`,
		"recordings":      `SELECT count(*) FROM recordings WHERE class = 'mediation' AND duration_ms > 5000`,
		"told the end":    `SELECT count(DISTINCT contact_id) FROM call_events WHERE kind = 'prompted' AND data ->> 'prompt' = 'P-MED-END'`,
	} {
		if n := c.count(query); n != 2 {
			t.Errorf("%s: %d, want both", what, n)
		}
	}
	if n := c.count(`SELECT count(*) FROM mediations WHERE status = 'settled' AND confirm_by - ended_at BETWEEN interval '29 days' AND interval '41 days'`); n != 1 {
		t.Errorf("%d mediations are settled", n)
	}
}
