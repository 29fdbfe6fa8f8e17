package media

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain also serves as the program that TestKill kills.
func TestMain(m *testing.M) {
	if path := os.Getenv("MEDIA_TEST_RECORD"); path != "" {
		recordForEver(path)
	}
	goleak.VerifyTestMain(m)
}
