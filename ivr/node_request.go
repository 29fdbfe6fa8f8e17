package ivr

import (
	"context"

	"hotline/ivr/source"
)

// requestNode files something the caller asks the office to do and gets its
// reference: papers by a link, a lawyer's presence, an application forwarded.
type requestNode struct {
	Request     label     `flow:"request" doc:"what is asked for"`
	Values      variables `flow:"values,optional" doc:"the variables that go with it"`
	Then        Way       `flow:"then" doc:"it is filed; {no} and {due} are filled"`
	Refused     Way       `flow:"refused" doc:"a rule is against it, such as no text messages to this number"`
	Unavailable Way       `flow:"unavailable" doc:"it cannot be filed now"`
}

// variables are a list of variables.
type variables []variable

func (vs *variables) read(r *reader, n *source.Node) {
	if n.Kind != source.List {
		r.faults.Add(n.Position, "a list of variables is needed, here is %v", n.Kind)
	}
	for _, item := range n.Items {
		var v variable
		v.read(r, item)
		*vs = append(*vs, v)
	}
}

func (vs *variables) shape() schema {
	return schema{"type": "array", "items": (&variable{}).shape()}
}

func (n *requestNode) gives() []declared { return []declared{{"no", TextSort}, {"due", TimeSort}} }

func (n *requestNode) step(ctx context.Context, v *visit) (Way, error) {
	receipt, ok, err := behind(ctx, v, "requests", func(ctx context.Context) (Receipt, error) {
		if v.call.Desk.Requests == nil {
			return Receipt{}, errAway
		}
		return v.call.Desk.Requests.File(ctx, n.filed(v))
	})
	switch {
	case err != nil || !ok:
		return n.Unavailable, err
	case receipt.Refused:
		return n.Refused, nil
	}
	v.assign("no", Text(receipt.Reference), false)
	v.assign("due", Instant(receipt.Due), false)
	v.note(Event{Kind: Requested, Name: n.Request.text, Value: receipt.Reference, Due: receipt.Due})
	return n.Then, nil
}

func (n *requestNode) filed(v *visit) Request {
	r := Request{Kind: n.Request.text, Caller: v.call.Caller, Marks: v.state.marks, Values: map[string]Value{}}
	for _, name := range n.Values {
		if value := v.state.vars[name.text]; value != (Value{}) {
			r.Values[name.text] = value
		}
	}
	return r
}
