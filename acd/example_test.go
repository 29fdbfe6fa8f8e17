package acd_test

import (
	"context"
	"fmt"

	"hotline/acd"
)

// A call as the switchboard sees it: join, wait, ring, talk.
func Example() {
	router, err := acd.New(acd.Config{Queues: []acd.Queue{{Name: "minors", Must: acd.Qualified("minors"), Protected: true}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, who := range []acd.Agent{
		{ID: "8001", Device: acd.DeviceIdle, Skills: []acd.Skill{{Name: "labour"}}},
		{ID: "8002", Device: acd.DeviceIdle, Skills: []acd.Skill{{Name: "minors"}}},
	} {
		if err := router.SignIn(who); err != nil {
			fmt.Println(err)
			return
		}
	}
	ticket, err := router.Join(acd.Request{Queue: "minors", Contact: "C1", Claims: acd.Minor})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ticket.Leave(acd.Ending{Outcome: acd.Abandoned})
	offer, err := router.Wait(context.Background(), ticket)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("ring", offer.Agent)
	if err := offer.Accept(); err != nil {
		fmt.Println(err)
		return
	}
	offer.Finish()
	fmt.Println(router.Snapshot().Agents[1].State)
	// Output:
	// ring 8002
	// wrap-up
}
