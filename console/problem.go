package console

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"hotline/acd"
	"hotline/store"
)

// problem is the code of an error of the API (RFC 9457). The page has words for each; the list is closed and described
// in API.md.
type problem string

const (
	badRequest     problem = "bad_request"
	signedOut      problem = "signed_out"
	denied         problem = "denied"
	forbidden      problem = "forbidden"
	wrongOrigin    problem = "wrong_origin"
	wrongToken     problem = "wrong_token"
	privateCall    problem = "private_call"
	notFound       problem = "not_found"
	unknownQueue   problem = "unknown_queue"
	unknownAgent   problem = "unknown_agent"
	noCall         problem = "no_call"
	wrongMethod    problem = "wrong_method"
	callerBusy     problem = "caller_busy"
	noPhone        problem = "no_phone"
	noGuest        problem = "no_guest"
	notRecorded    problem = "not_recorded"
	locked         problem = "locked"
	protected      problem = "protected"
	notWarned      problem = "not_warned"
	callerGone     problem = "caller_gone"
	tooLarge       problem = "too_large"
	wrongMedia     problem = "wrong_media"
	wrongHost      problem = "wrong_host"
	tooManyTries   problem = "too_many_tries"
	tooManyStreams problem = "too_many_streams"
	internal       problem = "internal"
	away           problem = "away"
)

type meaning struct {
	status int
	title  string
}

// problems is the one table from code to status.
var problems = map[problem]meaning{ // table
	badRequest:     {http.StatusBadRequest, "the request cannot be understood"},
	signedOut:      {http.StatusUnauthorized, "sign in first"},
	denied:         {http.StatusUnauthorized, "login or password is wrong"},
	forbidden:      {http.StatusForbidden, "your role may not do this"},
	wrongOrigin:    {http.StatusForbidden, "the request comes from another page"},
	wrongToken:     {http.StatusForbidden, "the CSRF token is missing or belongs to another session"},
	privateCall:    {http.StatusForbidden, "nobody may listen to this call"},
	notFound:       {http.StatusNotFound, "there is no such thing"},
	unknownQueue:   {http.StatusNotFound, "there is no such queue"},
	unknownAgent:   {http.StatusNotFound, "nobody with this extension has signed in"},
	noCall:         {http.StatusNotFound, "there is no such call any more"},
	wrongMethod:    {http.StatusMethodNotAllowed, "this cannot be done here"},
	callerBusy:     {http.StatusConflict, "a phone is ringing for this caller, or the caller is talking"},
	noPhone:        {http.StatusConflict, "your phone did not answer"},
	noGuest:        {http.StatusConflict, "the colleague is not free, may not have this caller, or did not answer"},
	notRecorded:    {http.StatusConflict, "nothing of this call is recorded"},
	locked:         {http.StatusConflict, "the call is locked: nobody joins it"},
	protected:      {http.StatusConflict, "a child, or somebody in danger, is not sent away"},
	notWarned:      {http.StatusConflict, "the caller has not heard two warnings yet"},
	callerGone:     {http.StatusGone, "the caller has left the line"},
	tooLarge:       {http.StatusRequestEntityTooLarge, "the request is too large"},
	wrongMedia:     {http.StatusUnsupportedMediaType, "the body must be application/json"},
	wrongHost:      {http.StatusMisdirectedRequest, "the console is not known by this name"},
	tooManyTries:   {http.StatusTooManyRequests, "too many failed sign-ins"},
	tooManyStreams: {http.StatusServiceUnavailable, "too many live streams"},
	internal:       {http.StatusInternalServerError, "something went wrong on our side"},
	away:           {http.StatusServiceUnavailable, "the database is away"},
}

// refusalError is a problem that a handler returns, with how long it will last when that is known.
type refusalError struct {
	problem problem
	after   time.Duration
}

// Error names the problem.
func (e *refusalError) Error() string { return string(e.problem) }

// refusal makes an error of a problem.
func refusal(p problem) error { return &refusalError{problem: p} }

// translations is the one table from errors of others to problems.
var translations = []struct { // table
	err error
	is  problem
}{
	{store.ErrDenied, denied},
	{acd.ErrUnknownTicket, callerGone},
	{acd.ErrOver, callerGone},
	{acd.ErrInUse, callerBusy},
	{acd.ErrUnknownQueue, unknownQueue},
	{acd.ErrUnknownAgent, unknownAgent},
	{ErrNoCall, noCall},
	{ErrPrivate, privateCall},
	{ErrNoPhone, noPhone},
	{ErrNoGuest, noGuest},
	{ErrNotRecorded, notRecorded},
	{ErrLocked, locked},
	{ErrProtected, protected},
	{ErrNotWarned, notWarned},
}

// asProblem finds what an error means to who asked; internal when nobody has said.
func asProblem(err error) problem {
	var refused *refusalError
	if errors.As(err, &refused) {
		return refused.problem
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge
	}
	for _, t := range translations {
		if errors.Is(err, t.err) {
			return t.is
		}
	}
	return internal
}

// body is a problem as sent (RFC 9457, 3.1).
type body struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	After  int    `json:"retry_after,omitempty"` // seconds
}

// refuse answers with what an error means. The error's own words stay on our side.
func refuse(w http.ResponseWriter, err error) {
	p := asProblem(err)
	m := problems[p]
	b := body{Type: "urn:hotline:problem:" + string(p), Title: m.title, Status: m.status, Code: string(p)}
	var refused *refusalError
	if errors.As(err, &refused) && refused.after > 0 {
		b.After = int(math.Ceil(refused.after.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(b.After))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(m.status)
	_ = json.NewEncoder(w).Encode(b) // who asked may have gone
}
