package secret

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrMissing says that data exist but the keys they were sealed with do not.
var ErrMissing = errors.New("the keys are missing although there are data sealed with them: restore the folder from the backup, " +
	"nothing else can open the callers' numbers")

const matchFile = "match.key"

// Load reads the keys from dir. When there are none and inUse is false, it makes
// them; inUse says that a journal or a database already exists, and then missing keys
// are ErrMissing. It refuses keys that others may read.
func Load(dir string, inUse bool) (*Keys, error) {
	seals, err := sealFiles(dir)
	if err != nil {
		return nil, fmt.Errorf("load keys: %w", err)
	}
	_, err = os.Stat(filepath.Join(dir, matchFile))
	haveMatch := err == nil
	switch {
	case haveMatch && len(seals) > 0:
		return read(dir, seals)
	case haveMatch || len(seals) > 0 || inUse:
		return nil, fmt.Errorf("load keys from %s: %w", dir, ErrMissing)
	}
	if err := create(dir); err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	return read(dir, map[uint32]string{1: "seal-1.key"})
}

// sealFiles finds seal-<number>.key.
func sealFiles(dir string) (map[uint32]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	found := map[uint32]string{}
	for _, entry := range entries {
		number, ok := strings.CutPrefix(strings.TrimSuffix(entry.Name(), ".key"), "seal-")
		if id, err := strconv.ParseUint(number, 10, 32); ok && err == nil && strings.HasSuffix(entry.Name(), ".key") {
			found[uint32(id)] = entry.Name()
		}
	}
	return found, nil
}

func read(dir string, seals map[uint32]string) (*Keys, error) {
	match, err := readKey(filepath.Join(dir, matchFile))
	if err != nil {
		return nil, fmt.Errorf("load keys: %w", err)
	}
	raw := map[uint32][]byte{}
	for id, name := range seals {
		if raw[id], err = readKey(filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("load keys: %w", err)
		}
	}
	return newKeys(match, raw)
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others (mode %04o): chmod 600 it", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("%s does not hold a key of %d hexadecimal digits", path, 2*keySize)
	}
	return key, nil
}

// create makes both keys in a folder of another name, which then takes the place of
// dir: a crash at any moment leaves either no key or both.
func create(dir string) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(parent, ".keys-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(fresh) }() // gone already when all went well
	for _, name := range []string{"seal-1.key", matchFile} {
		if err := writeKey(filepath.Join(fresh, name)); err != nil {
			return err
		}
	}
	if err := syncFolder(fresh); err != nil {
		return err
	}
	// Removing takes only an empty folder: nothing is ever destroyed here.
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return err
	}
	return syncFolder(parent)
}

func writeKey(path string) error {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails: the runtime ends the process instead
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(hex.EncodeToString(key) + "\n")
	return errors.Join(err, file.Sync(), file.Close())
}

func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
