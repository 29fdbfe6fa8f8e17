// Package treap is an ordered set that knows the rank of each member: a binary search tree kept in balance by
// pseudo-random priorities. Every operation costs O(log n), and a tree that has shrunk grows again without allocating.
package treap

// Tree is an ordered set. Its order is the function given to New, which must be a strict total order that does not
// change while the items it compares are members. A Tree is not safe for concurrent use.
type Tree[T any] struct {
	less  func(a, b T) bool
	root  *node[T]
	spare *node[T] // removed nodes, linked by right
	seed  uint64
}

type node[T any] struct {
	item        T
	weight      uint64 // a parent is at least as heavy as its children
	size        int
	left, right *node[T]
}

// New makes an empty tree ordered by less.
func New[T any](less func(a, b T) bool) *Tree[T] {
	return &Tree[T]{less: less, seed: 0x9e3779b97f4a7c15}
}

// Len is the number of members.
func (t *Tree[T]) Len() int { return t.root.len() }

func (n *node[T]) len() int {
	if n == nil {
		return 0
	}
	return n.size
}

// Insert adds item; it must not be a member already.
func (t *Tree[T]) Insert(item T) {
	n := t.take()
	n.item, n.size, n.weight = item, 1, t.random()
	t.root = t.insert(t.root, n)
}

func (t *Tree[T]) insert(at, n *node[T]) *node[T] {
	if at == nil {
		return n
	}
	if n.weight > at.weight {
		n.left, n.right = t.split(at, n.item)
		n.count()
		return n
	}
	if t.less(n.item, at.item) {
		at.left = t.insert(at.left, n)
	} else {
		at.right = t.insert(at.right, n)
	}
	at.size++
	return at
}

// split parts the subtree at into what stands before item and what does not.
func (t *Tree[T]) split(at *node[T], item T) (before, after *node[T]) {
	if at == nil {
		return nil, nil
	}
	if t.less(at.item, item) {
		at.right, after = t.split(at.right, item)
		at.count()
		return at, after
	}
	before, at.left = t.split(at.left, item)
	at.count()
	return before, at
}

// Delete removes item and says whether it was a member.
func (t *Tree[T]) Delete(item T) bool {
	size := t.Len()
	t.root = t.remove(t.root, item)
	return t.Len() < size
}

func (t *Tree[T]) remove(at *node[T], item T) *node[T] {
	switch {
	case at == nil:
		return nil
	case t.less(item, at.item):
		at.left = t.remove(at.left, item)
	case t.less(at.item, item):
		at.right = t.remove(at.right, item)
	default:
		rest := merge(at.left, at.right)
		t.give(at)
		return rest
	}
	at.count()
	return at
}

// merge joins two subtrees, all of a before all of b.
func merge[T any](a, b *node[T]) *node[T] {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.weight >= b.weight:
		a.right = merge(a.right, b)
		a.count()
		return a
	default:
		b.left = merge(a, b.left)
		b.count()
		return b
	}
}

// First returns the first member that accept takes. It looks at no member behind that one.
func (t *Tree[T]) First(accept func(T) bool) (T, bool) {
	if n := t.root.first(accept); n != nil {
		return n.item, true
	}
	var none T
	return none, false
}

func (n *node[T]) first(accept func(T) bool) *node[T] {
	for n != nil {
		if found := n.left.first(accept); found != nil {
			return found
		}
		if accept(n.item) {
			return n
		}
		n = n.right
	}
	return nil
}

// Min returns the first member.
func (t *Tree[T]) Min() (T, bool) {
	n := t.root
	if n == nil {
		var none T
		return none, false
	}
	for n.left != nil {
		n = n.left
	}
	return n.item, true
}

// Rank is the number of members before item, whether or not item is a member.
func (t *Tree[T]) Rank(item T) int {
	rank := 0
	for n := t.root; n != nil; {
		if t.less(n.item, item) {
			rank += n.left.len() + 1
			n = n.right
		} else {
			n = n.left
		}
	}
	return rank
}

// All yields the members in order. The tree must not change meanwhile.
func (t *Tree[T]) All(yield func(T) bool) {
	t.root.first(func(item T) bool { return !yield(item) })
}

func (n *node[T]) count() { n.size = n.left.len() + n.right.len() + 1 }

// random is the next value of SplitMix64; the sequence is the same for every tree, so runs can be repeated.
func (t *Tree[T]) random() uint64 {
	t.seed += 0x9e3779b97f4a7c15
	z := t.seed
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (t *Tree[T]) take() *node[T] {
	n := t.spare
	if n == nil {
		return new(node[T])
	}
	t.spare, n.right = n.right, nil
	return n
}

func (t *Tree[T]) give(n *node[T]) {
	*n = node[T]{right: t.spare}
	t.spare = n
}
