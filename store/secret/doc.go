// Package secret keeps what may not stand in clear: callers' numbers and names are
// sealed with AES-256-GCM and found again by a keyed hash (HMAC-SHA-256); passwords
// are hashed with argon2id.
//
// The keys are files of mode 0600 in one folder. Without them the sealed data are
// lost for ever, so they are made only once, for a new installation, and a missing
// key is an error as soon as there are data. The folder belongs in the backup, apart
// from the backup of the database.
package secret
