package event

// StaffState is what a counselor is doing.
type StaffState string

// The states of a counselor.
const (
	StaffOffline  StaffState = "offline"
	StaffReady    StaffState = "ready"
	StaffReserved StaffState = "reserved"
	StaffBusy     StaffState = "busy"
	StaffWrapUp   StaffState = "wrap_up"
	StaffBreak    StaffState = "break"
	StaffTraining StaffState = "training"
	StaffMobile   StaffState = "mobile_duty"
)

// StaffStates lists the states; their places are written in the journal.
func StaffStates() []StaffState {
	return []StaffState{
		StaffOffline, StaffReady, StaffReserved, StaffBusy, StaffWrapUp, StaffBreak, StaffTraining, StaffMobile,
	}
}

// StaffChanged says that a counselor's state changed. It belongs to a contact when
// a call was the reason.
type StaffChanged struct {
	Extension string
	State     StaffState
	Reason    string
}

// Kind is KindStaffChanged.
func (*StaffChanged) Kind() Kind { return KindStaffChanged }

func (e *StaffChanged) fields(c *codec) {
	c.text("extension", &e.Extension)
	choice(c, "state", &e.State, StaffStates())
	c.text("reason", &e.Reason)
}
