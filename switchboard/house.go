package switchboard

import (
	"context"
	"errors"

	"hotline/media"
	"hotline/media/sdp"
	"hotline/sip"
	"hotline/store/event"
)

// serveHouse serves a call from one extension to another: colleagues talking, no contact and no recording.
func (s *Service) serveHouse(ctx context.Context, d *sip.Dialog) {
	c := newCall(s, d, Line{Number: d.Called()})
	c.file.journal = nowhere{}
	near, err := c.pickUp()
	if err != nil {
		return
	}
	defer near.hangUp(ctx, sip.NormalClearing())
	far, err := s.openLeg(c.file, event.RoleStaff, near.audio)
	if err != nil {
		_ = d.Reject(&sip.StatusError{Status: 503})
		return
	}
	defer far.hangUp(ctx, sip.NormalClearing())
	far.dialog, err = s.ua.Invite(ctx, sip.Invite{
		To: sip.Extension(d.Called()), Offer: far.terms.Offer(sdp.SendRecv),
		From: sip.Caller{Number: d.Origin().Extension}, For: d,
		Progress: func(int, []byte) { _ = d.Ring() },
	})
	if err == nil {
		err = far.TakeAnswer(far.dialog.Answered())
	}
	if err != nil {
		refusal := &sip.StatusError{Status: 480}
		_ = errors.As(err, &refusal)
		_ = d.Reject(refusal)
		return
	}
	far.expect(false, far.dialog.Remote().Addr())
	far.serve()
	near.serve()
	if _, err := d.Answer(ctx, near.pending); err != nil {
		return
	}
	bridge, err := media.Connect(near.audio, far.audio)
	if err != nil {
		c.log.Error("not joined", "error", err)
		return
	}
	defer bridge.Close()
	select {
	case <-ctx.Done():
	case <-far.dialog.Context().Done():
	}
}
