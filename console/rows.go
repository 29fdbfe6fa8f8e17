package console

// The rows of the floor, as described in API.md. Moments are RFC 3339 with milliseconds; rates are from 0 to 1 and null
// when there was nobody to serve.
type (
	floorRow struct {
		Calls   int     `json:"calls"`   // going on, all
		Menu    int     `json:"menu"`    // of them, in no queue yet
		Talking int     `json:"talking"` // counselors in a call
		Now     figures `json:"now"`
		Today   figures `json:"today"`
		Open    *int    `json:"messages_open,omitempty"` // absent when nobody counts them
		Due     *int    `json:"messages_due,omitempty"`
	}
	queueRow struct {
		Name      string    `json:"name,omitempty"`
		Order     int       `json:"order"`
		Minors    bool      `json:"minors,omitempty"`
		Open      bool      `json:"open"`
		Waiting   int       `json:"waiting"`
		Protected int       `json:"protected,omitempty"`
		Longest   string    `json:"longest,omitempty"` // since when the longest wait goes on
		Ready     int       `json:"ready"`
		Staff     int       `json:"staff"`
		Callbacks callbacks `json:"callbacks"`
		Promise   *promise  `json:"promise,omitempty"`
		Now       figures   `json:"now"`
		Today     figures   `json:"today"`
		Refused   int       `json:"refused,omitempty"`
	}
	callbacks struct {
		Pending int `json:"pending"`
		Due     int `json:"due"`
		Working int `json:"working"`
	}
	promise struct {
		Within float64 `json:"within"` // seconds
		Target float64 `json:"target"` // from 0 to 1
	}
	figures struct {
		Offered    int      `json:"offered"`
		Answered   int      `json:"answered"`
		Abandoned  int      `json:"abandoned"`
		Short      int      `json:"short"`
		CalledBack int      `json:"callbacks"`
		Messages   int      `json:"messages"`
		Diverted   int      `json:"diverted"`
		Reached    *float64 `json:"reached"`
		Speed      *float64 `json:"asa"`   // seconds until answered, on average
		Level      *float64 `json:"level"` // answered within the promised time, of all but those who left at once
	}
	agentRow struct {
		State     string  `json:"state"`
		Since     string  `json:"since"`
		Site      string  `json:"site"`
		Device    string  `json:"device"`
		Queue     string  `json:"queue,omitempty"`
		Calls     int     `json:"calls"`
		Talk      float64 `json:"talk"` // seconds today
		Name      string  `json:"name,omitempty"`
		Extension string  `json:"extension,omitempty"`
		Reason    string  `json:"reason,omitempty"` // of a break
		Contact   string  `json:"contact,omitempty"`
	}
	callerRow struct {
		Queue     string `json:"queue"`
		Position  int    `json:"position"` // 0 while a phone rings
		Since     string `json:"since"`
		Protected bool   `json:"protected,omitempty"`
		Danger    bool   `json:"danger,omitempty"`
		Lost      bool   `json:"lost,omitempty"`
	}
	alarmRow struct {
		Kind      string `json:"kind"`
		Since     string `json:"since"`
		Queue     string `json:"queue,omitempty"`
		Agent     string `json:"agent,omitempty"` // key
		Name      string `json:"name,omitempty"`
		Extension string `json:"extension,omitempty"`
		Contact   string `json:"contact,omitempty"`
	}
	partyRow struct {
		Contact string `json:"contact"`
		Leg     int    `json:"leg"`
		Role    string `json:"role"`
		Agent   string `json:"agent,omitempty"` // key
		Name    string `json:"name,omitempty"`
		Guest   bool   `json:"guest,omitempty"`
		Muted   bool   `json:"muted,omitempty"`
		Apart   bool   `json:"apart,omitempty"`
	}
	listenerRow struct {
		Agent   string `json:"agent"` // key of the supervisor
		Contact string `json:"contact"`
		Mode    Mode   `json:"mode"`
		Since   string `json:"since"`
	}
)
