package store

import (
	"fmt"
	"strings"
)

// statement is one prepared statement of the projector.
type statement struct {
	name string
	sql  string
	oids []uint32
}

// over makes a statement whose parameters are the arrays of the given columns. %s in
// the text becomes the unnested rows, named n, each column under its name.
func over(name, sql string, cols []col) statement {
	s := statement{name: name}
	var params, names []string
	for i, c := range cols {
		s.oids = append(s.oids, c.kind.arrayID)
		params = append(params, fmt.Sprintf("$%d::%s[]", i+1, c.kind.name))
		names = append(names, c.name)
	}
	from := "unnest(" + strings.Join(params, ", ") + ") AS n(" + strings.Join(names, ", ") + ")"
	s.sql = fmt.Sprintf(sql, from)
	return s
}

// insert makes a statement that inserts rows as they are; tail is put behind it.
func insert(table string, cols []col, tail string) statement {
	var names []string
	for _, c := range cols {
		names = append(names, c.name)
	}
	list := strings.Join(names, ", ")
	return over("insert_"+table, "INSERT INTO "+table+" ("+list+") SELECT "+list+" FROM %s "+tail, cols)
}

// The columns of each table as the projector fills them.
var (
	phoneCols = []col{ // table
		{"id", tUUID}, {"e164_hmac", tBytes}, {"e164_enc", tBytes}, {"line_kind", tText}, {"shared", tBool},
	}
	profileCols = []col{ // table
		{"id", tUUID}, {"phone_id", tUUID},
	}
	caseCols = []col{ // table
		{"id", tUUID}, {"no", tText}, {"sensitivity", tText}, {"profile_id", tUUID}, {"first_contact_id", tUUID}, {"opened_at", tTime},
	}
	// contactHead is known when a contact is opened and never changes.
	contactHead = []col{ // table
		{"id", tUUID},
		{"no", tText},
		{"channel", tText},
		{"line_id", tUUID},
		{"dialled", tText},
		{"case_id", tUUID},
		{"profile_id", tUUID},
		{"phone_id", tUUID},
		{"caller_kind", tText},
		{"caller_asserted", tText},
		{"trunk", tText},
		{"node", tText},
		{"boot_id", tUUID},
		{"external_id", tText},
		{"started_at", tTime},
	}
	// contactTail is what later facts add.
	contactTail = []col{ // table
		{"class", tText},
		{"risk_level", tText},
		{"lang", tText},
		{"flow", tText},
		{"flow_hash", tText},
		{"queue_id", tUUID},
		{"first_staff_id", tUUID},
		{"queued_at", tTime},
		{"answered_at", tTime},
		{"ended_at", tTime},
		{"wrap_done_at", tTime},
		{"wait_ms", tBig},
		{"talk_ms", tBig},
		{"hold_ms", tBig},
		{"wrap_ms", tBig},
		{"disposition", tText},
		{"outcome", tText},
		{"stage", tText},
		{"ended_by", tText},
		{"cause", tText},
		{"sip_code", tInt},
		{"q850", tInt},
	}
	legHead = []col{ // table
		{"contact_id", tUUID},
		{"leg", tInt},
		{"role", tText},
		{"dir", tText},
		{"sip_call_id", tText},
		{"extension", tText},
		{"staff_id", tUUID},
		{"trunk", tText},
		{"number_hmac", tBytes},
		{"number_enc", tBytes},
		{"setup_at", tTime},
	}
	legTail = []col{ // table
		{"ring_at", tTime},
		{"answer_at", tTime},
		{"bye_at", tTime},
		{"codec", tText},
		{"local_tag", tText},
		{"remote_tag", tText},
		{"ended_by", tText},
		{"sip_code", tInt},
		{"q850", tInt},
		{"cause", tText},
		{"mos", tReal},
		{"loss_pct", tReal},
		{"jitter_ms", tInt},
		{"rtt_ms", tInt},
		{"packets_sent", tBig},
		{"packets_received", tBig},
		{"packets_lost", tBig},
	}
	recordingHead = []col{ // table
		{"id", tUUID},
		{"contact_id", tUUID},
		{"class", tText},
		{"storage_key", tText},
		{"channels", tInt},
		{"tracks", tText},
		{"started_at", tTime},
	}
	recordingTail = []col{ // table
		{"gaps", tJSON},
		{"ended_at", tTime},
		{"bytes", tBig},
		{"duration_ms", tBig},
		{"sha256", tBytes},
		{"partial_reason", tText},
		{"repaired", tBool},
		{"state", tText},
	}
	eventCols = []col{ // table
		{"contact_id", tUUID}, {"journal", tInt}, {"seq", tBig}, {"at", tTime}, {"kind", tText}, {"data", tJSON},
	}
	voicemailCols = []col{ // table
		{"recording_id", tUUID}, {"contact_id", tUUID}, {"queue_id", tUUID}, {"kept_at", tTime}, {"promised_at", tTime},
	}
	surveyCols = []col{ // table
		{"contact_id", tUUID},
		{"channel", tText},
		{"score", tInt},
		{"solved", tInt},
		{"comment_recording_id", tUUID},
		{"asked_at", tTime},
		{"answered_at", tTime},
		{"skipped_reason", tText},
	}
	consentCols = []col{ // table
		{"contact_id", tUUID},
		{"purpose", tText},
		{"given", tText},
		{"legal_basis", tText},
		{"method", tText},
		{"keyed", tText},
		{"text_version", tText},
		{"text_sha256", tBytes},
		{"lang", tText},
		{"recording_id", tUUID},
		{"offset_ms", tBig},
		{"at", tTime},
	}
	staffStateCols = []col{ // table
		{"extension", tText}, {"staff_id", tUUID}, {"state", tText}, {"reason", tText}, {"contact_id", tUUID}, {"at", tTime},
	}
	runCols = []col{ // table
		{"boot_id", tUUID}, {"node", tText}, {"version", tText}, {"started_at", tTime}, {"stopped_at", tTime}, {"why", tText},
	}
	lossCols = []col{ // table
		{"journal_id", tUUID}, {"seq", tBig}, {"events", tBig}, {"reason", tText}, {"at", tTime},
	}
	rejectCols = []col{ // table
		{"journal_id", tUUID},
		{"seq", tBig},
		{"at", tTime},
		{"contact_id", tUUID},
		{"kind", tInt},
		{"kind_name", tText},
		{"payload", tBytes},
		{"error", tText},
	}
	requestCols = []col{ // table
		{"id", tUUID},
		{"reference", tText},
		{"kind", tText},
		{"contact_id", tUUID},
		{"facility", tText},
		{"case_id", tUUID},
		{"day", tTime},
		{"filed_at", tTime},
		{"due_at", tTime},
	}
	callbackCols = []col{ // table
		{"id", tUUID},
		{"reference", tText},
		{"contact_id", tUUID},
		{"phone_key", tBytes},
		{"phone_enc", tBytes},
		{"queue", tText},
		{"queue_id", tUUID},
		{"original_entered_at", tTime},
		{"promised_at", tTime},
		{"lang", tText},
		{"class", tText},
		{"neutral", tBool},
	}
	clipCols = []col{ // table
		{"clip", tText}, {"lang", tText}, {"day", tText}, {"whole", tInt},
	}
	tryCols = []col{ // table
		{"id", tUUID}, {"state", tText}, {"try", tInt}, {"next", tTime}, {"at", tTime},
	}
	langCols = []col{ // table
		{"contact_id", tUUID}, {"lang", tText},
	}
	moveCols = []col{ // table
		{"contact_id", tUUID}, {"from_case", tUUID}, {"to_case", tUUID}, {"reason", tText}, {"at", tTime},
	}
)
