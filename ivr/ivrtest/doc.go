// Package ivrtest runs call flows without a telephone: written calls on a
// clock of their own, so that a wait of twenty minutes costs microseconds.
//
// A script is one call, told in the order it happens:
//
//	about a wage caller who speaks Cantonese
//	at 2026-11-23 10:00
//	given caller language yue
//	dial 12348
//	hear P-GREET P-NOTICE
//	hear P-MENU
//	press 1
//	expect queue labour
//	wait 40s
//	serve
//	hear P-SV-1
//	press 1
//	silence
//	expect outcome hangup
//
// Words that are not listed may be heard too; those listed must be heard in
// their order, before the next thing the caller does. README.md of the scripts
// lists every line a script may have.
package ivrtest
