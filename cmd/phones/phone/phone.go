package phone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/media"
	"hotline/media/sdp"
	"hotline/sip"
)

// Config is what a Phone is made of.
type Config struct {
	// Listen is the host:port of its SIP; "127.0.0.1:0" when empty.
	Listen string
	// Server is the SIP server: host[:port][;transport=udp|tcp].
	Server string
	// Extension and Password are its account, when it registers or is challenged.
	Extension, Password string
	// Number is shown as the caller; empty is an anonymous caller.
	Number string
	// Tone is the frequency in Hz it talks with, 0 for silence.
	Tone float64
	// Answering is what it does about calls to it.
	Answering Answering
	// Log is told what happens; silent when nil.
	Log *slog.Logger
}

// Answering is how a phone takes calls.
type Answering struct {
	// After is how long it rings.
	After time.Duration
	// Script is what it does then; it hangs up after the last step.
	Script Script
	// Refuse is a status to refuse with instead, such as 486; 0 to answer.
	Refuse int
	// Mute answers and then sends nothing at all, as a phone whose network died.
	Mute bool
	// Record is a folder that gets a WAV of what is heard in each call; empty for none.
	Record string
	// Told is called when a call is over; it must not block.
	Told func(Report)
}

// Report is how a call went, as this phone saw it.
type Report struct {
	Answered time.Time // zero when it never was
	Ended    time.Time
	Status   int    // of the refusal; 200 when answered
	Ending   string // why it ended
	Keys     string // heard from the other side
	File     string // what was heard, when recorded
	Stats    media.Stats
}

// Phone is one telephone.
type Phone struct {
	Config
	ua    *sip.UA
	audio *media.Engine
	calls sync.WaitGroup
}

// New makes a telephone; Run makes it work.
func New(c Config) (*Phone, error) {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	p := &Phone{Config: c}
	host, err := netip.ParseAddrPort(c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	metrics := prometheus.NewRegistry()
	if p.audio, err = media.New(media.Config{Address: host.Addr(), Planes: 1}, c.Log, metrics); err != nil {
		return nil, err
	}
	anybody := sip.Trunk{Name: "anybody", Addresses: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}}
	p.ua, err = sip.New(sip.Config{Listen: []string{c.Listen}, Product: "hotline-phone", Trunks: []sip.Trunk{anybody}}, p, c.Log, metrics)
	return p, err
}

// Listen binds the phone's sockets.
func (p *Phone) Listen(ctx context.Context) error { return p.ua.Listen(ctx) }

// Addr is where the phone is.
func (p *Phone) Addr() netip.AddrPort { return p.ua.Addr() }

// Run serves until the context ends.
func (p *Phone) Run(ctx context.Context) error {
	audio, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	playing := make(chan error, 1)
	go func() { playing <- p.audio.Run(audio) }()
	err := p.ua.Run(ctx)
	p.calls.Wait()
	stop()
	return errors.Join(err, <-playing)
}

// Register registers the phone's extension until Close of what is returned.
func (p *Phone) Register(ctx context.Context, expires time.Duration) (*sip.Registered, error) {
	return p.ua.Register(ctx, sip.Registration{Server: p.Server, User: p.Extension, Password: p.Password, Expires: expires})
}

// Call dials a number and follows the script; the call ends with it, or when the other side hangs up.
func (p *Phone) Call(ctx context.Context, number string, s Script) (Report, error) {
	p.calls.Add(1)
	defer p.calls.Done()
	audio, err := p.audio.Open(nil)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = audio.Close() }()
	terms := sdp.NewExchange(audio.Local())
	dialog, err := p.ua.Invite(ctx, sip.Invite{
		To: sip.URI("sip:" + number + "@" + p.Server), Offer: terms.Offer(sdp.SendRecv),
		From: sip.Caller{Number: p.Number, Anonymous: p.Number == ""}, Credentials: p.credentials(),
	})
	if err != nil {
		return refused(err), err
	}
	l := &line{Phone: p, dialog: dialog, audio: audio, terms: terms}
	if err := l.TakeAnswer(dialog.Answered()); err != nil {
		return Report{}, errors.Join(err, dialog.Hangup(ctx, sip.NormalClearing()))
	}
	return l.talk(ctx, s), nil
}

func (p *Phone) credentials() *sip.Credentials {
	if p.Extension == "" {
		return nil
	}
	return &sip.Credentials{Username: p.Extension, Password: p.Password}
}

func refused(err error) Report {
	r := Report{Ended: time.Now(), Ending: err.Error()}
	var status *sip.StatusError
	if errors.As(err, &status) {
		r.Status = status.Status
	}
	return r
}

// ServeCall answers a call as Answering says.
func (p *Phone) ServeCall(ctx context.Context, d *sip.Dialog) {
	p.calls.Add(1)
	defer p.calls.Done()
	report := p.serve(ctx, d)
	if p.Answering.Told != nil {
		p.Answering.Told(report)
	}
}

func (p *Phone) serve(ctx context.Context, d *sip.Dialog) Report {
	if p.Answering.Refuse != 0 {
		_ = d.Reject(&sip.StatusError{Status: p.Answering.Refuse})
		return Report{Ended: time.Now(), Status: p.Answering.Refuse}
	}
	audio, err := p.audio.Open(nil)
	if err != nil {
		return refused(err)
	}
	defer func() { _ = audio.Close() }()
	l := &line{Phone: p, dialog: d, audio: audio, terms: sdp.NewExchange(audio.Local())}
	if err := l.answer(ctx); err != nil {
		return refused(err)
	}
	return l.talk(ctx, p.Answering.Script)
}
