// Package acd brings callers and counselors together: queues, agents, matching, wrap-up, callbacks in line, duty and
// figures. It is memory, one mutex and time. It does no input or output and starts no goroutine.
//
// # A caller's way
//
//	t, err := router.Join(Request{Queue: "labour", Contact: id})   // a place in line, from here to Leave
//	defer t.Leave(Ending{Outcome: Abandoned})                      // what was counted before stands
//	for {
//		offer, err := router.Wait(ctx, t)                          // an agent is reserved, or why not
//		...                                                        // ring the phone until offer.Done()
//		if err := offer.Accept(); err != nil { continue }          // the claim; else Decline(why): the place is kept
//		...                                                        // talk
//		offer.Finish()                                             // wrap-up begins, the ticket is over
//	}
//
// A ticket stands in one of these places. Wait and a ring never cost the caller the place in line: that is given up by
// Leave and Finish alone.
//
//	                                        ring ends without a talk
//	                 .--------------------------------------------------------.
//	                 v                                                        |
//	Join -------> idle ---Wait---> waiting ---agent reserved---> ringing -----'
//	               ^ |                |                             |
//	               | |                '--context, closed, ...--.    '--Accept--> talking ---Finish---> over
//	               | '<----------------------------------------'                    |
//	               '------------- Lost: first of the class, marked -----------------'
//
// A callback is a ticket too, whose caller has hung up. Outside its times it is parked instead of waiting.
//
// # An agent's states
//
// The state is one enum, State, with one table of what may follow, in agent.go.
//
//	                          .----- ring ends without a talk (the cause decides on a pause) -----.
//	                          v                                                                   |
//	Offline --SignIn--> Ready ---match---> Reserved --------------------------------------------'
//	   ^                  ^ |                 |  several misses in a row
//	   |                  | |                 |------------------------------> Break
//	   |                  | '--Engage--.      '--Accept--.
//	   |                  |            v                 v
//	   |                  |           Busy <------------'
//	   |                  |            |
//	   |                  |            '--Finish--> WrapUp --time, EndWrap--.
//	   |                  '------------------------------------------------'
//	   '-- SignOut from every state; from Busy after the call.
//
// Break and Ready lead to each other by Break and Ready; Break asked for during a call follows the wrap-up. A Ready agent
// is rung only while the device is known to be idle and no pause is on. What is known of the device confirms a state and
// never makes one: unknown is unavailable.
//
// # Who is matched with whom
//
// What an agent must fulfil is a Must, a type without an operation that takes anything away. What the caller would like is
// a Prefer, kept for the times of Relaxing. The ladder of a Queue opens other skills and sites step by step; it changes
// neither of the two.
//
// There is one order of callers, the function before: protected classes, then those who lost their counselor in mid-call,
// then arrival less a head start of ten seconds a point. The order of two callers never changes by waiting, so it is kept
// in trees and not computed again.
//
// Callers who ask for the same wait in one lane; an agent knows the lanes it fits. Between two operations no caller waits
// in a lane in which an agent is free who may serve it. An event is about one caller or one agent, and restores that by
// looking at one lane's agents or at the first callers of one agent's lanes: nothing is ever scanned, and nothing polls.
//
// # Threads
//
// Every method may be called from any goroutine. The Observer hears all events one at a time and in order, on goroutines
// that called the Router, after they have let go of the mutex; it may call the Router.
package acd
