package load

import (
	"runtime"
	"testing"

	"go.uber.org/goleak"
)

// TestMain gives each fleet that runs at the same time a processor's place, since a fleet keeps its own while it sleeps.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(runtime.NumCPU() + 6)
	goleak.VerifyTestMain(m)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
