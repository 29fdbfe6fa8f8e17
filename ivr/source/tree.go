package source

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// reader turns the parser's tree into ours and stops at the first thing we do
// not take.
type reader struct {
	name  string
	fault *Fault
}

func (r *reader) refuse(at Position, format string, args ...any) {
	if r.fault == nil {
		r.fault = &Fault{Position: at, Text: fmt.Sprintf(format, args...)}
	}
}

func (r *reader) place(n ast.Node) Position {
	at := Position{File: r.name, Line: 1, Column: 1}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		at.Line, at.Column = tk.Position.Line, tk.Position.Column
	}
	return at
}

func (r *reader) node(n ast.Node, depth int) *Node {
	out := &Node{Position: r.place(n)}
	if depth > MaxDepth {
		r.refuse(out.Position, "maps and lists are nested deeper than %d", MaxDepth)
	}
	if r.fault != nil {
		return out
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		r.fields(out, n.Values, depth)
	case *ast.MappingValueNode:
		r.fields(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		out.Kind = List
		for _, item := range n.Values {
			out.Items = append(out.Items, r.node(item, depth+1))
		}
	default:
		out.Kind, out.Text = r.scalar(n)
	}
	return out
}

func (r *reader) fields(out *Node, values []*ast.MappingValueNode, depth int) {
	out.Kind = Map
	if len(values) > 0 {
		out.Position = r.place(values[0].Key)
	}
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		at := r.place(v.Key)
		kind, key := r.scalar(v.Key)
		if r.fault == nil && kind != Scalar {
			r.refuse(at, "a key must be a single word")
		}
		if seen[key] {
			r.refuse(at, "the key %q stands here twice", key)
		}
		if r.fault != nil {
			return
		}
		seen[key] = true
		out.Fields = append(out.Fields, Field{Key: key, At: at, Value: r.node(v.Value, depth+1)})
	}
}

// scalar takes the text as it was written: a reference "007" stays three
// characters long, and true is a word like another.
func (r *reader) scalar(n ast.Node) (Kind, string) {
	switch n := n.(type) {
	case *ast.NullNode:
		return Empty, ""
	case *ast.StringNode:
		return Scalar, n.Value
	case *ast.LiteralNode:
		return Scalar, n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return Scalar, n.GetToken().Value
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		r.refuse(r.place(n), "anchors, aliases and merges (&, *, <<) are not taken here; quote the text if it is one")
	case *ast.TagNode:
		r.refuse(r.place(n), "tags (!) are not taken here; quote the text if it is one")
	case *ast.DirectiveNode:
		r.refuse(r.place(n), "directives (%%) are not taken here")
	default:
		r.refuse(r.place(n), "%s is not taken here", n.Type().YAMLName())
	}
	return Scalar, ""
}
