package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"hotline/store/secret"
)

// ErrDenied says that login and password do not fit, and no more than that.
var ErrDenied = errors.New("login or password is wrong")

// HA1 are the digest secrets of a SIP account in one realm (RFC 7616, 3.4.2).
type HA1 struct {
	Realm  string
	MD5    string
	SHA256 string
}

// SetSIPPassword sets the password of an extension's phone, kept as its two digest
// secrets, sealed. The error is ErrNotFound for an unknown extension.
func (db *DB) SetSIPPassword(ctx context.Context, actor, extension, realm, password string) error {
	return say("set SIP password", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		return db.setSIPPassword(ctx, tx, extension, realm, password)
	}))
}

func (db *DB) setSIPPassword(ctx context.Context, tx pgx.Tx, extension, realm, password string) error {
	md5, sha256 := secret.HA1(extension, realm, password)
	tag, err := tx.Exec(ctx, `UPDATE staff SET sip_realm = $2, ha1_md5_enc = $3, ha1_sha256_enc = $4 WHERE extension = $1`, extension, realm,
		db.opt.Keys.Seal(secret.PurposeHA1, []byte(md5)), db.opt.Keys.Seal(secret.PurposeHA1, []byte(sha256)))
	if err := oneRow(tag.RowsAffected(), err); err != nil {
		return err
	}
	return audit(ctx, tx, "staff.sip_password", "staff:"+extension, nil)
}

// SetConsolePassword sets the password to the console. The error is ErrNotFound for
// an unknown login.
func (db *DB) SetConsolePassword(ctx context.Context, actor, login, password string) error {
	hash := secret.HashPassword(password) // slow by design: not in the transaction
	return say("set console password", db.inTx(ctx, actor, func(tx pgx.Tx) error {
		return setConsolePassword(ctx, tx, login, hash)
	}))
}

func setConsolePassword(ctx context.Context, tx pgx.Tx, login, hash string) error {
	tag, err := tx.Exec(ctx, `UPDATE staff SET password_hash = $2 WHERE login = $1`, login, hash)
	if err := oneRow(tag.RowsAffected(), err); err != nil {
		return err
	}
	return audit(ctx, tx, "staff.console_password", "login:"+login, nil)
}

// Authenticate gives the active member of staff with this login and password. The
// error is ErrDenied alike, and after the same time, for an unknown login, a wrong
// password and a member who may not work.
func (db *DB) Authenticate(ctx context.Context, login, password string) (Staff, error) {
	var hash, extension string
	err := db.pool.QueryRow(ctx, `SELECT password_hash, extension FROM staff WHERE login = $1 AND status = 'active' AND password_hash IS NOT NULL`, login).
		Scan(&hash, &extension)
	known := err == nil
	if errors.Is(err, pgx.ErrNoRows) {
		hash, err = nobodysHash, nil
	}
	if err != nil {
		return Staff{}, say("authenticate", err)
	}
	if fits := secret.VerifyPassword(hash, password); !fits || !known {
		return Staff{}, fmt.Errorf("authenticate: %w", ErrDenied)
	}
	return db.StaffByExtension(ctx, extension)
}

// nobodysHash costs as much to verify as any other, and no password is known to fit.
const nobodysHash = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// openHA1 opens the sealed secrets of an account; nil when it has none.
func (db *DB) openHA1(realm *string, md5, sha256 []byte) (*HA1, error) {
	if realm == nil || md5 == nil || sha256 == nil {
		return nil, nil
	}
	forMD5, err := db.opt.Keys.Open(secret.PurposeHA1, md5)
	if err != nil {
		return nil, err
	}
	forSHA256, err := db.opt.Keys.Open(secret.PurposeHA1, sha256)
	if err != nil {
		return nil, err
	}
	return &HA1{Realm: *realm, MD5: string(forMD5), SHA256: string(forSHA256)}, nil
}
