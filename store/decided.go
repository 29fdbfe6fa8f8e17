package store

import (
	"hotline/store/event"
)

var decidedCols = []col{ // table
	{"contact_id", tUUID},
	{"flow", tText},
	{"subject", tUUID},
	{"party", tUUID},
	{"outcome", tText},
	{"answer", tText},
	{"about", tText},
	{"reference", tText},
	{"due_at", tTime},
	{"at", tTime},
}

// takeDecided takes what a person made of something that was read out in a talk.
func (b *batch) takeDecided(f *fact, e *event.Decided) {
	r := b.out.decided
	r.id(f.contact)
	r.must(e.Flow)
	r.id(e.Subject)
	r.id(e.Party)
	r.must(e.Outcome)
	r.text(e.Answer)
	r.text(e.About)
	r.text(e.Reference)
	r.time(e.Due)
	r.time(f.at)
}

// decisions adds the statement that writes what people decided to the rows it is about. Of several in one batch the
// latest counts; what a fact refers to may be gone. An answer counts as soon as it was given, even if the person hung up
// before the flow had said its last word.
func (s *statements) decisions() {
	s.decided = over("decided", `WITH d AS (SELECT DISTINCT ON (n.flow, n.subject, n.party, n.about, CASE WHEN n.flow = 'article' THEN n.contact_id END) n.* FROM %s
			WHERE n.flow <> 'article' OR n.about IS NOT NULL
			ORDER BY n.flow, n.subject, n.party, n.about, CASE WHEN n.flow = 'article' THEN n.contact_id END, n.at DESC),
		commitment AS (UPDATE commitments t SET state = d.answer, contact_id = d.contact_id, decided_at = d.at FROM d
			WHERE d.flow = 'commitment' AND t.id = d.subject AND d.answer IN ('agreed', 'refused')),
		referral AS (UPDATE referrals t SET state = CASE WHEN d.reference IS NOT NULL THEN 'sent' ELSE 'refused' END, reference = d.reference,
				due_at = d.due_at, contact_id = d.contact_id, decided_at = d.at FROM d
			WHERE d.flow = 'referral' AND t.id = d.subject AND (d.reference IS NOT NULL OR d.answer = 'refused')),
		outcome AS (UPDATE case_outcomes t SET state = d.outcome, contact_id = d.contact_id, decided_at = d.at FROM d
			WHERE d.flow = 'outcome' AND t.id = d.subject AND d.outcome IN ('right', 'wrong')),
		refusal AS (UPDATE applications t SET told_at = coalesce(t.told_at, d.at), told_in = coalesce(t.told_in, d.contact_id),
				objected_at = CASE WHEN d.reference IS NOT NULL THEN d.at ELSE t.objected_at END FROM d
			WHERE d.flow IN ('refusal', 'application') AND t.case_id = d.subject AND t.decision IS NOT NULL AND (d.outcome IN ('told', 'objected', 'person') OR d.reference IS NOT NULL)),
		revisit AS (UPDATE revisit_calls t SET state = CASE WHEN d.outcome IN ('asked', 'declined') THEN d.outcome ELSE t.state END,
				tries = t.tries + 1, contact_id = d.contact_id, decided_at = d.at FROM d
			WHERE d.flow = 'revisit' AND t.id = d.subject AND t.state = 'open'),
		reminder AS (UPDATE appointments t SET status = 'confirmed' FROM d
			WHERE d.flow = 'reminder' AND t.id = d.subject AND d.outcome = 'comes' AND t.status = 'booked'),
		article AS (INSERT INTO contact_articles (contact_id, article, sent, at)
			SELECT d.contact_id, d.about, d.reference IS NOT NULL, d.at FROM d WHERE d.flow = 'article'
			ON CONFLICT (contact_id, article) DO UPDATE SET sent = contact_articles.sent OR EXCLUDED.sent),
		invited AS (UPDATE mediation_parties t SET answer = d.outcome, answered_at = d.at FROM d
			WHERE d.flow = 'mediation-invite' AND t.id = d.party AND d.outcome IN ('joins', 'other-time', 'refuses')),
		term AS (INSERT INTO mediation_answers (term_id, party_id, answer, contact_id, at)
			SELECT t.id, p.id, d.answer, d.contact_id, d.at FROM d JOIN mediation_terms t ON t.id = d.subject
				JOIN mediation_parties p ON p.id = d.party AND p.mediation_id = t.mediation_id
			WHERE d.flow = 'mediation-term' AND d.answer IN ('agreed', 'refused')
			ON CONFLICT (term_id, party_id) DO UPDATE SET answer = EXCLUDED.answer, contact_id = EXCLUDED.contact_id, at = EXCLUDED.at)
		UPDATE mediations t SET status = CASE WHEN d.about = 'agreed' THEN 'settled' ELSE 'not_settled' END,
				confirm_by = CASE WHEN d.about = 'agreed' THEN d.due_at END, ended_at = d.at
			FROM (SELECT DISTINCT ON (subject) * FROM d WHERE flow = 'mediation-end' ORDER BY subject, at DESC) d WHERE t.id = d.subject`, decidedCols)
}
