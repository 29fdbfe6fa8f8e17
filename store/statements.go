package store

import (
	"slices"
	"strings"
)

// statements are all the projector needs, prepared once for each connection.
type statements struct {
	begin, commit, position, claim, directory        statement
	known, callers, raises, serials                  statement
	phones, profiles, cases, contacts, changes       statement
	legs, legChanges, events                         statement
	recordings, recordingChanges, recordingClasses   statement
	voicemails, surveys, consents, staffStates, runs statement
	losses, rejects, resolve, rejected               statement
	sensitivity, move, moves, merges, languages      statement
	requests, callbacks, clips, tries, decided       statement
}

// openCase finds the newest open case of a phone's callers within the given
// sensitivities: of the profile, or of a person known by the number.
func openCase(sensitivities, phone string) string {
	const one = "SELECT k.id, k.opened_at FROM cases k WHERE k.status <> 'closed' AND k.sensitivity IN "
	return "(SELECT x.id FROM (" +
		one + sensitivities + " AND k.profile_id = f.id UNION ALL " +
		one + sensitivities + " AND k.person_id = f.person_id UNION ALL " +
		one + sensitivities + " AND k.person_id IN (SELECT pp.person_id FROM person_phones pp WHERE pp.phone_id = " + phone + ")" +
		") x ORDER BY x.opened_at DESC, x.id LIMIT 1)"
}

const (
	ordinaryOnly = "('normal', 'restricted')"
	minorsOnly   = "('minors')"
)

func newStatements() *statements {
	s := &statements{
		begin:  statement{name: "begin", sql: "BEGIN"},
		commit: statement{name: "commit", sql: "COMMIT"},
		position: statement{
			"position", `SELECT no, position, applied FROM journals WHERE id = $1`,
			[]uint32{tUUID.oid},
		},
		claim: statement{
			"claim", `UPDATE journals SET position = $3, applied = applied + $4, updated_at = now() WHERE id = $1 AND position = $2`,
			[]uint32{tUUID.oid, tBig.oid, tBig.oid, tBig.oid},
		},
		directory: statement{name: "directory", sql: `SELECT 'line', number, id, minors, case_code FROM lines
			UNION ALL SELECT 'queue', code, id, minors, '' FROM queues
			UNION ALL SELECT 'staff', extension, id, false, '' FROM staff`},
		known: over("known", `SELECT n.id FROM %s JOIN contacts c ON c.id = n.id`, []col{{"id", tUUID}}),
		// The order of the locks is the same for every node, so that nodes do not wait
		// for each other in a circle.
		callers: over("callers", `SELECT p.e164_hmac, p.id, p.shared, f.id, `+openCase(ordinaryOnly, "p.id")+`, `+openCase(minorsOnly, "p.id")+`
			FROM phones p LEFT JOIN profiles f ON f.phone_id = p.id
			WHERE p.e164_hmac IN (SELECT n.hmac FROM %s) ORDER BY p.e164_hmac FOR UPDATE OF p`, []col{{"hmac", tBytes}}),
		raises: over("raises", `SELECT c.id, c.case_id, f.id, k.sensitivity IN ('minors', 'sealed'),
			k.first_contact_id = c.id AND k.kind = 'inquiry' AND NOT EXISTS (SELECT FROM contacts o WHERE o.case_id = k.id AND o.id <> c.id),
			`+openCase(minorsOnly, "f.phone_id")+`
			FROM contacts c JOIN cases k ON k.id = c.case_id LEFT JOIN profiles f ON f.id = c.profile_id
			WHERE c.id IN (SELECT n.id FROM %s) ORDER BY c.id FOR UPDATE OF c`, []col{{"id", tUUID}}),
		serials: over("serials", `INSERT INTO serials (scope, last) SELECT scope, many FROM %s
			ON CONFLICT (scope) DO UPDATE SET last = serials.last + EXCLUDED.last RETURNING scope, last`,
			[]col{{"scope", tText}, {"many", tBig}}),
		phones:   insert("phones", phoneCols, ""),
		profiles: insert("profiles", profileCols, ""),
		cases:    insert("cases", caseCols, ""),
		contacts: insert("contacts", slices.Concat(contactHead, contactTail), ""),
		legs:     insert("call_legs", slices.Concat(legHead, legTail), ""),
		events:   insert("call_events", eventCols, ""),
	}
	s.moreStatements()
	s.promises()
	s.decisions()
	return s
}

// moreStatements adds those that change what is there, and the less frequent ones.
func (s *statements) moreStatements() {
	s.changes = over("changes", `UPDATE contacts c SET
		class = coalesce(n.class, CASE WHEN n.minor AND c.class = 'ordinary' THEN 'minor' ELSE c.class END),
		risk_level = coalesce(n.risk_level, c.risk_level), lang = coalesce(n.lang, c.lang),
		flow = coalesce(c.flow, n.flow), flow_hash = CASE WHEN c.flow IS NULL THEN n.flow_hash ELSE c.flow_hash END,
		queue_id = coalesce(n.queue_id, c.queue_id), first_staff_id = coalesce(c.first_staff_id, n.first_staff_id),
		queued_at = coalesce(c.queued_at, n.queued_at), answered_at = coalesce(c.answered_at, n.answered_at),
		ended_at = coalesce(c.ended_at, n.ended_at), wrap_done_at = coalesce(n.wrap_done_at, c.wrap_done_at),
		wait_ms = coalesce(c.wait_ms, n.wait_ms), talk_ms = c.talk_ms + n.talk_ms, hold_ms = c.hold_ms + n.hold_ms,
		wrap_ms = c.wrap_ms + n.wrap_ms, disposition = coalesce(n.disposition, c.disposition),
		outcome = coalesce(c.outcome, n.outcome), stage = coalesce(c.stage, n.stage), ended_by = coalesce(c.ended_by, n.ended_by),
		cause = coalesce(c.cause, n.cause), sip_code = coalesce(c.sip_code, n.sip_code), q850 = coalesce(c.q850, n.q850), updated_at = now()
		FROM %s WHERE c.id = n.id`, changeCols())
	s.legChanges = over("leg_changes", `UPDATE call_legs l SET
		ring_at = coalesce(l.ring_at, n.ring_at), answer_at = coalesce(l.answer_at, n.answer_at), bye_at = coalesce(l.bye_at, n.bye_at),
		codec = coalesce(n.codec, l.codec), local_tag = coalesce(n.local_tag, l.local_tag), remote_tag = coalesce(n.remote_tag, l.remote_tag),
		ended_by = coalesce(l.ended_by, n.ended_by), sip_code = coalesce(l.sip_code, n.sip_code), q850 = coalesce(l.q850, n.q850),
		cause = coalesce(l.cause, n.cause), mos = coalesce(n.mos, l.mos), loss_pct = coalesce(n.loss_pct, l.loss_pct),
		jitter_ms = coalesce(n.jitter_ms, l.jitter_ms), rtt_ms = coalesce(n.rtt_ms, l.rtt_ms),
		packets_sent = coalesce(n.packets_sent, l.packets_sent), packets_received = coalesce(n.packets_received, l.packets_received),
		packets_lost = coalesce(n.packets_lost, l.packets_lost)
		FROM %s WHERE l.contact_id = n.contact_id AND l.leg = n.leg`, legChangeCols())
	s.recordings = insertRecordings()
	s.recordingChanges = over("recording_changes", `UPDATE recordings r SET
		gaps = r.gaps || n.gaps, ended_at = coalesce(r.ended_at, n.ended_at), bytes = coalesce(n.bytes, r.bytes),
		duration_ms = coalesce(n.duration_ms, r.duration_ms), sha256 = coalesce(n.sha256, r.sha256),
		partial_reason = coalesce(n.partial_reason, r.partial_reason), repaired = r.repaired OR n.repaired,
		state = CASE WHEN r.state = 'writing' THEN n.state ELSE r.state END
		FROM %s WHERE r.id = n.id`, recordingChangeCols())
	s.recordingClasses = over("recording_classes", `UPDATE recordings r SET class = n.class FROM %s
		WHERE r.contact_id = n.contact_id AND (r.class = 'advice' OR r.class = 'minors' AND n.class = 'crisis')`,
		[]col{{"contact_id", tUUID}, {"class", tText}})
	s.voicemails = insert("voicemails", voicemailCols, "")
	s.surveys = insert("surveys", surveyCols, `ON CONFLICT (contact_id) DO UPDATE SET
		channel = coalesce(surveys.channel, EXCLUDED.channel), score = coalesce(EXCLUDED.score, surveys.score),
		solved = coalesce(EXCLUDED.solved, surveys.solved),
		comment_recording_id = coalesce(EXCLUDED.comment_recording_id, surveys.comment_recording_id),
		asked_at = coalesce(surveys.asked_at, EXCLUDED.asked_at), answered_at = coalesce(surveys.answered_at, EXCLUDED.answered_at),
		skipped_reason = coalesce(EXCLUDED.skipped_reason, surveys.skipped_reason)`)
	s.consents = insert("consents", consentCols, "")
	s.staffStates = insert("staff_states", staffStateCols, "")
	s.runs = insert("node_runs", runCols, `ON CONFLICT (boot_id) DO UPDATE SET stopped_at = EXCLUDED.stopped_at, why = EXCLUDED.why`)
	s.losses = insert("journal_losses", lossCols, "ON CONFLICT DO NOTHING")
	s.rejects = insert("journal_rejects", rejectCols,
		"ON CONFLICT (journal_id, seq) DO UPDATE SET tries = journal_rejects.tries + 1, error = EXCLUDED.error")
	s.resolve = statement{
		"resolve", `UPDATE journal_rejects SET resolved_at = now() WHERE journal_id = $1 AND seq = $2`,
		[]uint32{tUUID.oid, tBig.oid},
	}
	s.rejected = statement{"rejected", `SELECT seq, at, contact_id, kind, payload FROM journal_rejects
		WHERE journal_id = $1 AND resolved_at IS NULL ORDER BY seq LIMIT 10000`, []uint32{tUUID.oid}}
	s.filing()
}

// filing adds those by which contacts and cases come together.
func (s *statements) filing() {
	s.sensitivity = over("sensitivity", `UPDATE cases k SET sensitivity = 'minors' FROM %s WHERE k.id = n.id`, []col{{"id", tUUID}})
	s.move = over("move", `UPDATE contacts c SET case_id = n.to_case, updated_at = now() FROM %s WHERE c.id = n.contact_id`, moveCols)
	s.moves = insert("contact_moves", moveCols, "")
	// An inquiry that nobody is left in goes on as the one its contacts went to.
	s.merges = over("merges", `UPDATE cases k SET status = 'closed', closed_at = now(), close_reason = 'merged', parent_case_id = n.to_case
		FROM %s WHERE k.id = n.from_case AND k.kind = 'inquiry' AND k.status <> 'closed'
		AND NOT EXISTS (SELECT FROM contacts c WHERE c.case_id = k.id)`, moveCols)
	s.languages = over("languages", `UPDATE profiles f SET lang = n.lang, updated_at = now()
		FROM %s JOIN contacts c ON c.id = n.contact_id WHERE f.id = c.profile_id`, langCols)
}

// insertRecordings protects a recording by what is known of its contact, whatever it
// was called when it began.
func insertRecordings() statement {
	s := insert("recordings", slices.Concat(recordingHead, recordingTail), "LEFT JOIN contacts c ON c.id = n.contact_id")
	head, tail, _ := strings.Cut(s.sql, " SELECT ")
	list, from, _ := strings.Cut(tail, " FROM ")
	names := strings.Split(list, ", ")
	for i, name := range names {
		names[i] = "n." + name
	}
	names[slices.Index(names, "n.class")] = `CASE WHEN n.class = 'advice' AND c.class = 'minor' THEN 'minors'
		WHEN n.class IN ('advice', 'minors') AND c.class = 'danger' THEN 'crisis' ELSE n.class END`
	s.sql = head + " SELECT " + strings.Join(names, ", ") + " FROM " + from
	return s
}

func changeCols() []col {
	return slices.Concat([]col{{"id", tUUID}, {"minor", tBool}}, contactTail)
}

func legChangeCols() []col {
	return slices.Concat([]col{{"contact_id", tUUID}, {"leg", tInt}}, legTail)
}

func recordingChangeCols() []col {
	return slices.Concat([]col{{"id", tUUID}}, recordingTail)
}

// all lists every statement, to be prepared.
func (s *statements) all() []*statement {
	return []*statement{
		&s.begin, &s.commit, &s.position, &s.claim, &s.directory, &s.known, &s.callers, &s.raises, &s.serials,
		&s.phones, &s.profiles, &s.cases, &s.contacts, &s.changes, &s.legs, &s.legChanges, &s.events,
		&s.recordings, &s.recordingChanges, &s.recordingClasses, &s.voicemails, &s.surveys, &s.consents, &s.staffStates, &s.runs,
		&s.losses, &s.rejects, &s.resolve, &s.rejected, &s.sensitivity, &s.move, &s.moves, &s.merges, &s.languages,
		&s.requests, &s.callbacks, &s.clips, &s.tries, &s.decided,
	}
}
