package acd

// Names that must not be mistaken for one another have types of their own. None of them ever holds a phone number.
type (
	// AgentID names a counselor, a duty lawyer or a supervisor.
	AgentID string
	// QueueID names a queue, such as "labour" or "minors".
	QueueID string
	// ContactID names the filed call or callback that a ticket stands for.
	ContactID string
	// PersonKey is the keyed hash by which the centre knows a caller again. Empty means the caller is unknown.
	PersonKey string
	// Qualification is something a person holds and a paper proves, such as "minors" or "labour".
	Qualification string
	// Language is a language tag, such as "zh-CN" or "yue".
	Language string
	// District is the part of the city that an agent knows best.
	District string
	// TicketID numbers the tickets of one Router from 1.
	TicketID uint64
)
