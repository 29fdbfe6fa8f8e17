package switchboard

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"hotline/sip"
)

// Whatever is done in whatever order, leave to hang up is given when nobody holds the caller or the caller's line is over, and
// never else; the caller is called back when held and safe, and never else.
func TestGrip(t *testing.T) {
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 1))
		var g grip
		line, drop := context.WithCancel(t.Context())
		held, unsafe, dropped := false, false, false
		for range 1 + random.IntN(12) {
			switch random.IntN(6) {
			case 0, 1:
				if first := g.hold("8001"); first == held {
					t.Fatalf("seed %d: held %v, holding again is %v", seed, held, first)
				}
				held = true
			case 2:
				if was := g.release(); was != held {
					t.Fatalf("seed %d: released %v, held %v", seed, was, held)
				}
				held = false
			case 3:
				unsafe = random.IntN(2) == 0
				g.hush(unsafe)
			case 4:
				drop()
				dropped = true
			}
			leave, ok := g.farewell(line)
			if want := !held || dropped; ok != want || leave.given != want {
				t.Fatalf("seed %d: held %v, dropped %v: leave %v", seed, held, dropped, ok)
			}
			if g.holds() != held || g.recalls() != (held && !unsafe) {
				t.Fatalf("seed %d: held %v, unsafe %v: holds %v, recalls %v", seed, held, unsafe, g.holds(), g.recalls())
			}
		}
		drop()
	}
}

// Without leave nothing is hung up: the leg is not even looked at.
func TestNoLeaveNoHangUp(t *testing.T) {
	callerLeg{}.hangUp(t.Context(), farewell{}, sip.NormalClearing())
	callerLeg{}.drop(t.Context(), farewell{}, sip.NormalClearing())
}

// Nobody goes around the grip: the leg inside the caller's is hung up in its own file alone, a leave is made by the grip alone,
// and no call hangs up on its own dialog.
func TestTheGripIsAskedEverywhere(t *testing.T) {
	files := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatalf("no code found: %v", err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || name == "grip.go" {
			continue
		}
		p, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(p, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if id, ok := n.Type.(*ast.Ident); ok && id.Name == "farewell" && len(n.Elts) > 0 {
					t.Errorf("%s: a leave to hang up that no grip gave", files.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				path := written(n)
				for _, way := range []string{"caller.Leg.hangUp", "caller.Leg.part", "caller.dialog.Hangup", "c.dialog.Hangup", "near.dialog.Hangup", "o.near.hangUp"} {
					if strings.HasSuffix(path, way) {
						t.Errorf("%s: %s goes around the grip", files.Position(n.Pos()), path)
					}
				}
			}
			return true
		})
	}
}

// written is a chain of names as it stands in the source.
func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return written(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	default:
		return ""
	}
}
