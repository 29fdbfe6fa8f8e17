// Package console is the HTTP face of the hotline: the operators' endpoints (metrics, health, profiles) and the web
// application for counselors, supervisors and managers.
package console
