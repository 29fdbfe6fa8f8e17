// Package switchboard is the story of a call, the only place where signalling, audio, call flows, queues and the
// journal meet.
//
//	sip.UA ── ServeCall ──► Call.run   answer, open the file, run the flow, close the file
//	                          │ ivr.Phone
//	                          ├─ Say, Input        speak.go, keys.go
//	                          ├─ Queue             queue.go ─► ring.go ─► talk.go
//	                          │                                   └─ circle.go   who is in the talk: supervise.go, conference.go, seats.go
//	                          │                    codes keyed in a talk: hands.go (pause.go, abuse.go, rooms.go)
//	                          │                    the call for help: panic.go, rally.go, redial.go, emergency.go; grip.go holds the caller
//	                          │                    the phone's transfer key: transfer.go, consult.go
//	                          │                    what is learnt of the caller by others: reclass.go
//	                          ├─ Record            message.go
//	                          └─ Note              note.go
//
// A call of a phone of the house goes to a colleague (house.go), outside (out.go), or is a code by which staff change
// their state (features.go). What colleagues' phones show of an extension is in lamps.go.
//
// A call is one blocking function on the goroutine that the user agent gave it. The caller's hanging up is the end
// of its context, with a cause; what is filed as the outcome is read from that cause in outcome.go and nowhere else.
// Facts go to the journal before anyone relies on them (file.go); nothing here waits for the database.
package switchboard
