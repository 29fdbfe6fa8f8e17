package store_test

import (
	"os"
	"testing"

	"hotline/store/storetest"
)

var pg storetest.Server

func TestMain(m *testing.M) { os.Exit(pg.Main(m)) }
