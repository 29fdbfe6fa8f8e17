package main_test

import (
	"flag"
	"os"
	"os/exec"
	"runtime"
	"testing"

	program "hotline/cmd/hotline"
	"hotline/store/storetest"
)

// postgres is the database server that houses without one of their own share.
var postgres storetest.Server

// asProgram makes this test binary the program itself: the same code as the one installed, with the race detector
// where the tests have it, and nothing to build.
const asProgram = "HOTLINE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		program.Main()
	}
	flag.Parse()
	// A test here mostly waits for telephones; and each telephone's audio keeps a processor's place while it sleeps.
	_ = flag.Set("test.parallel", "8")
	runtime.GOMAXPROCS(runtime.NumCPU() + 16)
	os.Exit(postgres.Main(m))
}

// requirePeer finds a program that a test drives. Where it is not installed the test is skipped, or fails when
// HOTLINE_TEST_REQUIRE is all.
func requirePeer(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, "%s is not installed", name)
	}
	return path
}

// missing ends a test that this machine cannot run.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("HOTLINE_TEST_REQUIRE") == "all" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
