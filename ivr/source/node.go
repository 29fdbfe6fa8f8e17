package source

// Kind says what a Node is.
type Kind int

// The kinds of a Node. There is no other.
const (
	Empty  Kind = iota // a key without a value
	Scalar             // one word, number or text
	List
	Map
)

// String names the kind as a writer of flows would.
func (k Kind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a map"}[k]
}

// Node is one value of a file, with its place.
type Node struct {
	Position
	Kind   Kind
	Text   string  // of a Scalar: what was written, without its quotes
	Items  []*Node // of a List
	Fields []Field // of a Map, in the order written; keys are unique
}

// Field is a key of a Map with its value.
type Field struct {
	Key   string
	At    Position // of the key
	Value *Node
}

// Field finds a key of a Map, or nil.
func (n *Node) Field(key string) *Field {
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return &n.Fields[i]
		}
	}
	return nil
}
