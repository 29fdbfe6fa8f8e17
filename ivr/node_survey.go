package ivr

import (
	"context"
	"time"
)

// surveyNode asks a served caller how it was. It passes by without a word
// after danger, silence or abuse, on a private line, and on a minor's call
// unless the child agrees. Every silence ends it.
type surveyNode struct {
	Survey  label  `flow:"survey" doc:"the name under which answers are counted"`
	Agree   prompt `flow:"agree,optional" doc:"asks 1 to be asked, 2 not; a minor is asked nothing without it"`
	Score   prompt `flow:"score,optional" doc:"1 very satisfied to 5 very dissatisfied, 0 skips"`
	Solved  prompt `flow:"solved,optional" doc:"1 solved, 2 partly, 3 not"`
	Comment prompt `flow:"comment,optional" doc:"a spoken word after a bad answer"`
	Then    Way    `flow:"then" doc:"the next node, asked or not"`
}

// Stages of a survey.
const (
	surveyAgree = iota
	surveyScore
	surveySolved
	surveyComment
)

// maxComment is the longest spoken comment.
const maxComment = time.Minute

func (n *surveyNode) check(c *checker) {
	if c.flow.Protected() && n.Agree.text == "" {
		c.fault(`a survey in a minors' flow needs "agree"`)
	}
	if n.Score.text == "" && n.Solved.text == "" {
		c.fault(`a survey needs "score" or "solved"`)
	}
}

func (n *surveyNode) step(ctx context.Context, v *visit) (Way, error) {
	minor := v.state.marks.Has(Minor)
	if !v.state.marks.Survey() || minor && n.Agree.text == "" {
		return n.Then, nil
	}
	switch v.state.turn.stage {
	case surveyAgree:
		return n.one(ctx, v, inquiry{"agree", n.Agree, "12"}, func(k Key) Way {
			if k == '2' {
				return n.Then
			}
			v.note(Event{Kind: Answered, Name: "agree", Value: "yes"})
			return v.stage(surveyScore)
		})
	case surveyScore:
		return n.one(ctx, v, inquiry{"score", n.Score, "123450"}, func(k Key) Way {
			if k == '0' {
				return n.Then
			}
			return n.answered(v, "score", k, '4', surveySolved)
		})
	case surveySolved:
		return n.one(ctx, v, inquiry{"solved", n.Solved, "123"}, func(k Key) Way {
			return n.answered(v, "solved", k, '3', surveyComment)
		})
	default:
		return n.comment(ctx, v)
	}
}

// inquiry is one question of a survey.
type inquiry struct {
	name   string
	prompt prompt
	keys   string
}

// one asks a question, or passes it by when the survey has none. That it was
// asked is filed too: answers mean little without the share of those who gave
// one.
func (n *surveyNode) one(ctx context.Context, v *visit, q inquiry, then func(Key) Way) (Way, error) {
	if q.prompt.text == "" {
		return v.stage(v.state.turn.stage + 1), nil
	}
	if t := v.state.turn; t.silence+t.wrong+t.again == 0 {
		v.note(Event{Kind: Asked, Name: q.name})
	}
	key, way, err := v.ask(ctx, question{prompts: prompts{q.prompt}, keys: q.keys, silence: n.Then, wrong: n.Then, tries: 2})
	if err != nil || key == NoKey {
		return way, err
	}
	return then(key), nil
}

// answered files an answer; from bad on, a spoken word is asked for.
func (n *surveyNode) answered(v *visit, name string, key, bad Key, next int) Way {
	v.note(Event{Kind: Answered, Name: name, Value: key.String()})
	if key >= bad {
		v.memo("dissatisfied", Word("yes"))
	}
	return v.stage(next)
}

func (n *surveyNode) comment(ctx context.Context, v *visit) (Way, error) {
	if n.Comment.text == "" || v.recall("dissatisfied").Text() != "yes" {
		return n.Then, nil
	}
	v.note(Event{Kind: Asked, Name: "comment"})
	if err := v.play(ctx, prompts{n.Comment}, nil); err != nil {
		return Way{}, err
	}
	v.state.ahead = ""
	take, err := v.record(ctx, RecordRequest{Class: "comment", Limit: maxComment, Stop: AllKeys})
	if take.Voice >= enoughVoice {
		v.note(Event{Kind: Comment, Name: take.ID})
	}
	if err != nil && ctx.Err() == nil {
		v.note(Event{Kind: Unserved, Name: "recorder", Value: err.Error()})
		return n.Then, nil
	}
	return n.Then, err
}
