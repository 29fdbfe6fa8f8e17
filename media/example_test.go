package media_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hotline/media"
	"hotline/media/sdp"
)

// A call is answered and hears a prompt.
func Example() {
	engine, err := media.New(media.Config{}, slog.Default(), prometheus.NewRegistry())
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- engine.Run(ctx) }()

	session, err := engine.Open(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	offer := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
	_, agreed, err := sdp.NewExchange(session.Local()).Answer([]byte(offer))
	if err == nil {
		err = session.Apply(agreed)
	}
	if err == nil {
		err = session.Play(ctx, media.Playlist{Prompts: []*media.Prompt{media.Tone(440, -10, 100*time.Millisecond)}})
	}
	fmt.Println(agreed.Codec, agreed.RTP == netip.MustParseAddrPort("127.0.0.1:40000"), session.Stats().Sent > 0, err)
	_ = session.Close()
	cancel()
	fmt.Println(<-done)
	// Output:
	// PCMA true true <nil>
	// <nil>
}
