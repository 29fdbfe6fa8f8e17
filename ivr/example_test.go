package ivr_test

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"
	"time"

	"hotline/ivr"
)

// screen is a phone that shows what is heard and presses one key.
type screen struct{ key string }

func (s *screen) Say(_ context.Context, y ivr.Saying) (ivr.Key, error) {
	fmt.Println("hear:", strings.TrimSpace(y.Text))
	return ivr.NoKey, nil
}

func (s *screen) Input(context.Context, ivr.InputRequest) (ivr.Input, error) {
	fmt.Println("press:", s.key)
	return ivr.Input{Keys: s.key, End: ivr.FullEnd}, nil
}

func (s *screen) Queue(_ context.Context, r ivr.QueueRequest) (ivr.QueueResult, error) {
	fmt.Println("talk with:", r.Queue)
	return ivr.QueueResult{Outcome: ivr.Served}, nil
}

func (s *screen) Record(context.Context, ivr.RecordRequest) (ivr.RecordResult, error) {
	return ivr.RecordResult{}, nil
}

func (s *screen) Note(ivr.Event) {}

func Example() {
	words := "P-MENU: {en: \"For wages, press 1.\"}\nP-BYE: {en: Goodbye.}\n"
	for _, id := range ivr.BuiltIn() {
		words += id + ": {zh-CN: x, yue: x, en: x}\n"
	}
	e, err := ivr.Load(fstest.MapFS{
		"centre.yaml":    {Data: []byte("queues: {labour: {}, general: {}}\n")},
		"prompts/p.yaml": {Data: []byte(words)},
		"flows/wages.yaml": {Data: []byte(`
flow: wages
use: line
languages: [en]
start: menu
person: person
goodbye: bye
nodes:
  menu: {menu: P-MENU, keys: {1: labour}, silence: person, wrong: person}
  labour: {queue: labour, served: bye, closed: bye}
  person: {queue: general, served: bye, closed: bye}
  bye: {hangup: P-BYE}
`)},
	}, time.Now())
	if err != nil {
		fmt.Println(err)
		return
	}
	flow, _ := e.Flow("wages")
	result, err := ivr.Run(context.Background(), flow, &screen{key: "1"}, ivr.Call{Line: "wages"})
	fmt.Println(result.Outcome, err)
	// Output:
	// hear: For wages, press 1.
	// press: 1
	// talk with: labour
	// hear: Goodbye.
	// hangup <nil>
}
