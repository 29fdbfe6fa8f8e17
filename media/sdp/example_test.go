package sdp_test

import (
	"fmt"
	"net/netip"

	"hotline/media/sdp"
)

func ExampleExchange_Answer() {
	x := sdp.NewExchange(sdp.Local{Address: netip.MustParseAddr("198.51.100.7"), Port: 20000})
	_, agreed, err := x.Answer([]byte("v=0\r\no=phone 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n" +
		"m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"))
	fmt.Println(agreed.Codec, agreed.RTP, agreed.Events, err)
	// Output: PCMU 192.0.2.1:4000 101 <nil>
}
