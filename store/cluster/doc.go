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
// The server runs with fsync and synchronous_commit on, so that what people enter is
// kept when they are told so. Whoever can repeat its work after a crash, as the
// projector of the journal can, may turn synchronous_commit off for itself.
package cluster
