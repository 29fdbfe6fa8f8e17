package main_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/cmd/phones/phone"
	"hotline/store/event"
	phones "hotline/store/phone"
	"hotline/store/secret"
)

// TestAPromiseIsKept has a caller, who was promised a callback, be called when a counselor who may dial out is there: the
// counselor takes it by key, the caller answers and presses 1, and the two talk on a contact of its own.
func TestAPromiseIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t, plan{desks: 1})
	d := h.desks[0]
	far, err := phone.New(phone.Config{Tone: callerHz, Answering: phone.Answering{Script: steps(t, "wait 1s, press 1, wait 2s")}})
	must(t, err)
	must(t, far.Listen(t.Context()))
	living(t, far)
	file := filepath.Join(t.TempDir(), "hotline.yaml")
	writeText(t, file, fmt.Sprintf(`trunks: [{name: carrier, addresses: [127.0.0.1], servers: ["%s"], from: "02012348", prefixes: ["1"]}]`, far.Addr()))
	h.env["HOTLINE_CONFIG"], h.env["HOTLINE_SHOWN"] = file, d.line
	h.atNoon() // nobody is called back at night
	h.sql(`UPDATE staff SET dial_out = true WHERE extension = $1`, d.extension)
	h.start()

	const number = "13811445566"
	<-h.call(t, number, d.line, "wait 500ms") // in it the promise was made
	contact := h.filed(d.line, 1)[0].id
	keys, err := secret.Load(filepath.Join(h.data, "keys"), true)
	must(t, err)
	sealed, id := keys.Number(phones.Plan{}.Parse(number), "PAI"), event.NewID(time.Now())
	h.sql(`INSERT INTO callbacks (id, reference, contact_id, phone_key, phone_enc, queue, original_entered_at, promised_at, lang, class, neutral, status)
		VALUES ($1, '62820001230', $2::uuid, $3, $4, $5, now(), now(), 'zh-CN', 'ordinary', true, 'pending')`, [16]byte(id), contact, sealed.Key, sealed.Sealed, d.queue)
	h.seat(t, d.extension, phone.Answering{Script: steps(t, "wait 500ms, press 1, stay")})

	await(t, "the promise is kept", func() bool { return h.count(`SELECT count(*) FROM callbacks WHERE status = 'reached'`) == 1 })
	made := h.filed(d.line, 2)[1]
	if made.outcome != "answered" || len(made.tapes) != 1 {
		t.Errorf("the callback is filed as %+v", made)
	}
	if n := h.count(`SELECT count(*) FROM contacts WHERE id = $1::uuid AND channel = 'callback' AND case_id = (SELECT case_id FROM contacts WHERE id = $2::uuid)`, made.id, contact); n != 1 {
		t.Error("the callback does not stand under the case of the call it was promised in")
	}
	if strings.Contains(h.log.String(), number) {
		t.Error("the number stands in the log")
	}
}
