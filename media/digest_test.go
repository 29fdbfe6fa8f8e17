package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
)

// A file of any length has the hash of all its bytes.
func TestDigest(t *testing.T) {
	all := make([]byte, 2*longRead)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range all {
		all[i] = byte(r.Uint32())
	}
	for _, n := range []int{0, 1, shortRead - 1, shortRead, shortRead + 1, 5 * shortRead, longRead, longRead + shortRead, 2 * longRead} {
		size, hash, err := digest(t.Context(), bytes.NewReader(all[:n]), make([]byte, shortRead))
		want := sha256.Sum256(all[:n])
		if err != nil || size != int64(n) || hash != hex.EncodeToString(want[:]) {
			t.Errorf("%d bytes: %d, %s, %v", n, size, hash, err)
		}
	}
}

// Hashing ends with its context, and says why.
func TestDigestEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	stop(why)
	if _, _, err := digest(ctx, bytes.NewReader(make([]byte, longRead)), make([]byte, shortRead)); !errors.Is(err, why) {
		t.Errorf("error %v", err)
	}
}

func BenchmarkDigest(b *testing.B) {
	for _, n := range []int{1 << 10, 1 << 20} {
		b.Run(fmt.Sprint("bytes=", n), func(b *testing.B) {
			f := bytes.NewReader(make([]byte, n))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := digest(b.Context(), f, make([]byte, shortRead)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
