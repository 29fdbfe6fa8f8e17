package switchboard

import (
	"context"
	"errors"

	"hotline/acd"
	"hotline/media"
	"hotline/media/sdp"
	"hotline/sip"
	"hotline/store/event"
)

// serveHouse serves a call from one extension to another: colleagues talking, no contact and no recording. Either may
// bring the other to a caller.
func (s *Service) serveHouse(ctx context.Context, d *sip.Dialog) {
	c := newCall(s, d, Line{Number: d.Called()})
	c.file.journal = nowhere{}
	near, err := c.pickUp()
	if err != nil {
		return
	}
	from, to := d.Origin().Extension, d.Called()
	near.lit(&s.lamps, from)
	free := s.inUse(from, to)
	asked := s.desks.asks(d)
	defer asked()
	far, err := s.callHouse(ctx, c, near)
	if err != nil {
		free()
		asked()
		refusal := &sip.StatusError{Status: 480}
		_ = errors.As(err, &refusal)
		_ = d.Reject(refusal)
		near.hangUp(ctx, sip.NormalClearing())
		return
	}
	asked()
	far.serve()
	near.serve()
	given := s.colleagues(ctx, c, near, far)
	free()
	if given != far {
		far.hangUp(ctx, sip.NormalClearing())
	}
	if given == near {
		<-ctx.Done() // the call belongs to this goroutine, wherever it was taken
		return
	}
	near.hangUp(ctx, sip.NormalClearing())
}

// callHouse rings the phone that is called.
func (s *Service) callHouse(ctx context.Context, c *Call, near *Leg) (*Leg, error) {
	far, err := s.openLeg(c.file, event.RoleStaff, near.audio)
	if err != nil {
		return nil, err
	}
	off := s.lamps.rings(c.dialog.Called())
	defer off()
	far.dialog, err = s.ua.Invite(ctx, sip.Invite{
		To: sip.Extension(c.dialog.Called()), Offer: far.terms.Offer(sdp.SendRecv),
		From: sip.Caller{Number: c.dialog.Origin().Extension}, For: c.dialog,
		Progress: func(int, []byte) { _ = c.dialog.Ring() },
	})
	if err == nil {
		err = far.TakeAnswer(far.dialog.Answered())
	}
	if err != nil {
		far.hangUp(ctx, sip.NormalClearing())
		return nil, err
	}
	far.lit(&s.lamps, c.dialog.Called())
	far.expect(false, far.dialog.Remote().Addr())
	return far, nil
}

// colleagues joins the two until one leaves, or until one of them was taken to a caller: that one is returned.
func (s *Service) colleagues(ctx context.Context, c *Call, near, far *Leg) (given *Leg) {
	called, calling := newVisit(far, c.dialog.Called()), newVisit(near, c.dialog.Origin().Extension)
	defer s.desks.receive(c.dialog, called)()
	defer s.desks.receive(far.dialog, calling)()
	if _, err := c.dialog.Answer(ctx, near.pending); err != nil {
		return nil
	}
	bridge, err := media.Connect(near.audio, far.audio)
	if err != nil {
		c.log.Error("not joined", "error", err)
		return nil
	}
	bridge.Music(media.Playlist{Prompts: []*media.Prompt{s.Prompts.Music("hold")}, Loop: true})
	select {
	case <-ctx.Done():
	case <-far.dialog.Context().Done():
	case <-called.taken:
	case <-calling.taken:
	}
	bridge.Close()
	for _, v := range []*visit{called, calling} {
		if v.isTaken() {
			v.other.dark()
			close(v.left)
			return v.other
		}
	}
	return nil
}

// inUse tells the router that phones are in a call that it knows nothing of, until the function returned is called.
func (s *Service) inUse(extensions ...string) (free func()) {
	for _, ext := range extensions {
		s.Router.SetDevice(acd.AgentID(ext), acd.DeviceInUse)
	}
	return func() {
		for _, ext := range extensions {
			if len(s.ua.Registrar().Contacts(ext)) > 0 {
				s.Router.SetDevice(acd.AgentID(ext), acd.DeviceIdle)
			}
		}
	}
}
