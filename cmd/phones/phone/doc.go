// Package phone is a telephone without a person: it registers, calls, presses keys, talks with a tone of its own,
// answers, and says what happened. Its far end may be any SIP server.
package phone
