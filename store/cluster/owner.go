package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// owner is who runs the server and owns its files.
type owner struct {
	uid, gid uint32
	name     string
	drop     bool // we are root and the server must not be
}

// findOwner decides who runs the server: the owner of existing data, else we
// ourselves, else (Postgres refuses to be root) the user postgres or nobody.
func findOwner(pgdata string) (owner, error) {
	us := owner{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid()), name: strconv.Itoa(os.Geteuid())}
	info, err := os.Stat(pgdata)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return owner{}, err
	}
	if err == nil {
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return owner{}, fmt.Errorf("owner of %s is not known", pgdata)
		}
		switch {
		case us.uid != 0 && stat.Uid != us.uid:
			return owner{}, fmt.Errorf("%s belongs to user %s: run the program as that user or as root", pgdata, userName(stat.Uid))
		case us.uid == 0 && stat.Uid != 0:
			return owner{uid: stat.Uid, gid: stat.Gid, name: userName(stat.Uid), drop: true}, nil
		}
	}
	if us.uid != 0 {
		return us, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil && uid != 0 {
			return owner{uid: uint32(uid), gid: uint32(gid), name: name, drop: true}, nil
		}
	}
	return owner{}, errors.New("postgres does not run as root, and there is no user postgres or nobody to run it")
}

func userName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}

// give makes a folder that only the owner may enter.
func (o owner) give(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	if o.drop {
		return os.Chown(dir, int(o.uid), int(o.gid))
	}
	return nil
}

// closedTo gives the first folder above dir that the owner may not pass through;
// empty when there is none.
func (o owner) closedTo(dir string) (string, error) {
	if !o.drop {
		return "", nil // it is our own access, and we got here
	}
	for up := filepath.Dir(dir); ; up = filepath.Dir(up) {
		info, err := os.Stat(up)
		if err != nil {
			return "", err
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		mode := info.Mode().Perm()
		switch {
		case !ok:
		case stat.Uid == o.uid:
			mode >>= 6
		case stat.Gid == o.gid:
			mode >>= 3
		}
		if mode&1 == 0 {
			return up, nil
		}
		if up == filepath.Dir(up) {
			return "", nil
		}
	}
}
