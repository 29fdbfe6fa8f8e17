// Package console is the HTTP face of the hotline: the operators' endpoints (metrics, health, profiles) and the web
// application for counselors, supervisors and managers.
//
//	browser ── request ──► guard ──► routes ──► handlers        guard.go, routes.go
//	                       host, origin, session, csrf, right
//	router ── event ──► hub ── frames ──► one stream per tab    hub.go, stream.go
//	                    what changed, once for all who see the same
//
// The page is built by Vite from the folder web and embedded from web/dist, which is committed: `go build` needs no
// Node, and the tests build it again and compare. What the page may ask is listed in routes.go and described in API.md.
//
// Nobody sees a caller's number here: no interface of this package hands one out. Names of counselors are seen by those
// whose role needs them (rights.go); everybody else gets the same floor without names.
package console
