// Package cluster runs a private Postgres for one installation: made, started,
// watched and stopped with the program, reached by a Unix socket only.
//
// It lives in one folder: pgdata is the database, run holds the socket, lock keeps a
// second program out. The installed server binaries are used; nothing is downloaded.
//
// Run by root, the server drops to the owner of its data, at first the user postgres
// or nobody. When a folder above is closed to that user (the program was unpacked
// under /root, say), the server gets its two folders as open descriptors and works
// through /proc/self/fd: it sees nothing else of what is closed.
//
// # Durability
//
// The server runs with fsync and synchronous_commit on: what people enter, and the
// public numbers they are told, must be the same after a crash. The many small facts
// of calls do not pay for it one by one: the projector writes them in few transactions.
package cluster
