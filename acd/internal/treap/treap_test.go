package treap_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hotline/acd/internal/treap"
)

func less(a, b int) bool { return a < b }

// The tree is compared with a sorted slice through random insertions, removals and questions.
func TestTreeAgainstSortedSlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree, want := treap.New(less), []int{}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			item := rapid.IntRange(0, 50).Draw(t, "item")
			at, member := slices.BinarySearch(want, item)
			switch {
			case member:
				if !tree.Delete(item) {
					t.Fatalf("%d not found", item)
				}
				want = slices.Delete(want, at, at+1)
			case rapid.Bool().Draw(t, "insert"):
				tree.Insert(item)
				want = slices.Insert(want, at, item)
			case tree.Delete(item):
				t.Fatalf("%d removed but never a member", item)
			}
			if got := slices.Collect(tree.All); !slices.Equal(got, want) {
				t.Fatalf("members %v, want %v", got, want)
			}
			if tree.Len() != len(want) {
				t.Fatalf("len %d, want %d", tree.Len(), len(want))
			}
			at, _ = slices.BinarySearch(want, item)
			if got := tree.Rank(item); got != at {
				t.Fatalf("rank of %d is %d, want %d", item, got, at)
			}
		}
	})
}

func TestFirstStopsAtTheFirstAccepted(t *testing.T) {
	tree := treap.New(less)
	for i := range 100 {
		tree.Insert(i)
	}
	seen := 0
	got, ok := tree.First(func(i int) bool { seen++; return i >= 7 })
	if !ok || got != 7 || seen != 8 {
		t.Fatalf("got %d %v after looking at %d, want 7 after 8", got, ok, seen)
	}
	if _, ok := tree.First(func(int) bool { return false }); ok {
		t.Fatal("found what nothing accepts")
	}
}

func TestEmpty(t *testing.T) {
	tree := treap.New(less)
	if _, ok := tree.Min(); ok || tree.Len() != 0 || tree.Rank(3) != 0 || tree.Delete(3) {
		t.Fatal("an empty tree has a member")
	}
	tree.Insert(3)
	if got, ok := tree.Min(); !ok || got != 3 {
		t.Fatalf("min %d %v", got, ok)
	}
}

// Sorted input must not make a list of the tree.
func TestDepthStaysLogarithmic(t *testing.T) {
	compared := 0
	tree := treap.New(func(a, b int) bool { compared++; return a < b })
	const n = 1 << 16
	for i := range n {
		tree.Insert(i)
	}
	compared = 0
	for i := range 1000 {
		tree.Rank(i * (n / 1000))
	}
	if mean := compared / 1000; mean > 64 {
		t.Fatalf("%d comparisons a question among %d members", mean, n)
	}
}

func TestChurnDoesNotAllocate(t *testing.T) {
	tree := treap.New(less)
	for i := range 1000 {
		tree.Insert(i)
	}
	i := 0
	if n := testing.AllocsPerRun(1000, func() { tree.Delete(i); tree.Insert(i); i++ }); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}

func BenchmarkInsertDelete(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		b.Run(name(n), func(b *testing.B) {
			tree := treap.New(less)
			for i := range n {
				tree.Insert(i * 2)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				tree.Insert(i*2 + 1)
				tree.Delete(i*2 + 1)
				i = (i + 7919) % n
			}
		})
	}
}

func name(n int) string {
	return map[int]string{10: "10", 1_000: "1000", 100_000: "100000"}[n]
}
