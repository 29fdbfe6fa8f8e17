package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"hotline/store/cluster"
	"hotline/store/secret"
)

// password is that of every counselor of a house that lives as long as a measurement.
const password = "a-password-for-measuring"

// furnish puts lines and counselors into the database of an open house. It speaks SQL, not the program's own code, so
// that houses can be made for other versions of it.
func (h *house) furnish(ctx context.Context) error {
	url, running := cluster.Running(h.path("data/postgres"))
	if !running {
		return errors.New("furnish: the database is not running")
	}
	keys, err := secret.Load(h.path("data/keys"), true)
	if err != nil {
		return fmt.Errorf("furnish: %w", err)
	}
	var sql strings.Builder
	sql.WriteString("BEGIN;\nUPDATE queues SET wrap_s = 0, ring_s = 60;\nUPDATE staff SET status = 'suspended';\n" +
		"INSERT INTO lines (number, name, flow, queue_id, record_policy) SELECT n, n, n, q.id, 'announced' FROM queues q, (VALUES ('12401'), ('12402')) v (n) WHERE q.code = 'general';\n")
	for i := range staff {
		extension := fmt.Sprint(7000 + i)
		md5, sha256 := secret.HA1(extension, "hotline", password)
		fmt.Fprintf(&sql, `INSERT INTO staff (extension, name, login, roles, languages, sip_realm, ha1_md5_enc, ha1_sha256_enc) VALUES ('%s', '%s', 'b%s', '{counselor}', '{zh-CN,yue,en}', 'hotline', '\x%x', '\x%x');`+"\n",
			extension, extension, extension, keys.Seal(secret.PurposeHA1, []byte(md5)), keys.Seal(secret.PurposeHA1, []byte(sha256)))
	}
	sql.WriteString("COMMIT;\n")
	psql := exec.CommandContext(ctx, "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", url) //nolint:gosec // our own database
	psql.Stdin = strings.NewReader(sql.String())
	if out, err := psql.CombinedOutput(); err != nil {
		return fmt.Errorf("furnish: %w: %s", err, out)
	}
	return nil
}
